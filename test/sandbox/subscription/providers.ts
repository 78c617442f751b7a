import { notFound, refusal } from './answers';
import { capabilitiesOf, isTracked } from './capabilities';
import type { Cloud } from './cloud';
import { embeddedIn } from './embedded';
import { key, same } from './ids';
import { page } from './paging';
import type { Answer, Request, WireResource } from './wire';

/** GET of one resource provider, or its registration: which types it has, and with `$expand` their aliases. */
export function answerProvider(cloud: Cloud, { query }: Request, scope: string, namespace: string): Answer {
  if (!isProviderScope(scope)) return notFound.page();
  const known = namespacesIn(cloud).find((one) => same(one, namespace));
  if (known === undefined) {
    return refusal(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  return { status: 200, body: provider(cloud, scope, known, expandsAliases(query)) };
}

export function answerProviders(cloud: Cloud, request: Request, scope: string): Answer {
  if (!isProviderScope(scope)) return notFound.page();
  const withAliases = expandsAliases(request.query);
  const items = namespacesIn(cloud).map((namespace) => ({ id: `${scope}/providers/${namespace}`, namespace }));
  return page(cloud, request, items, ({ namespace }) => provider(cloud, scope, namespace, withAliases));
}

type Expansion = 'aliases' | 'nothing';

const expandsAliases = (query: URLSearchParams): Expansion =>
  /(^|,)\s*resourceTypes\/aliases\s*(,|$)/i.test(query.get('$expand') ?? '') ? 'aliases' : 'nothing';

const isProviderScope = (scope: string): boolean => scope === '' || /^\/subscriptions\/[^/]+$/i.test(scope);

/**
 * Providers that are registered whether or not something of theirs exists, with a stable api-version of theirs.
 * derived: the real lists of api-versions are long and differ from type to type.
 */
const versions: Readonly<Record<string, string>> = {
  'Microsoft.App': '2025-01-01',
  'Microsoft.Authorization': '2022-04-01',
  'Microsoft.Compute': '2024-11-01',
  'Microsoft.ContainerRegistry': '2025-04-01',
  'Microsoft.ContainerService': '2025-05-01',
  'Microsoft.EventGrid': '2025-02-15',
  'Microsoft.Insights': '2023-03-11',
  'Microsoft.KeyVault': '2024-11-01',
  'Microsoft.Kubernetes': '2024-01-01',
  'Microsoft.KubernetesConfiguration': '2023-05-01',
  'Microsoft.ManagedIdentity': '2024-11-30',
  'Microsoft.Management': '2023-04-01',
  'Microsoft.Network': '2025-05-01',
  'Microsoft.OperationalInsights': '2025-07-01',
  'Microsoft.OperationsManagement': '2015-11-01',
  'Microsoft.PolicyInsights': '2024-10-01',
  'Microsoft.Resources': '2025-04-01',
  'Microsoft.Security': '2024-01-01',
  'Microsoft.SecurityInsights': '2025-09-01',
  'Microsoft.Storage': '2025-06-01',
  'Microsoft.Web': '2024-11-01',
};
const versionOfOthers = '2024-01-01';
const versionOf = new Map(Object.entries(versions).map(([namespace, version]) => [key(namespace), version]));

/** Providers that every subscription may use without registration (Azure resource providers and types). */
const free = ['microsoft.authorization', 'microsoft.management', 'microsoft.resources'];
/** derived: Azure names every region in which a type is offered. */
const regions = ['East US 2', 'Central US', 'West Europe', 'North Europe'];

const namespaceOf = (type: string): string => type.split('/')[0] ?? '';

/** In alphabetical order. */
const namespacesIn = (cloud: Cloud): readonly string[] =>
  distinct([...Object.keys(versions), ...typesIn(cloud).map(namespaceOf)]).toSorted((left, right) =>
    key(left) < key(right) ? -1 : 1,
  );

/** The types that exist and those whose aliases are known. */
const typesIn = ({ store, aliases }: Cloud): readonly string[] =>
  distinct([
    ...store.types().flatMap((type) => [type, ...embeddedIn(type)]),
    ...Array.from(aliases.values(), ({ type }) => type),
  ]);

/** Of names that differ in case alone, the first. */
function distinct(names: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  for (const name of names) if (!found.has(key(name))) found.set(key(name), name);
  return [...found.values()];
}

function provider(cloud: Cloud, scope: string, namespace: string, expansion: Expansion): WireResource {
  const types = typesIn(cloud).filter((type) => same(namespaceOf(type), namespace));
  return {
    id: `${scope}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    registrationPolicy: free.includes(key(namespace)) ? 'RegistrationFree' : 'RegistrationRequired',
    resourceTypes: types.map((type) => ({
      resourceType: type.slice(namespace.length + 1),
      locations: isTracked(type) ? regions : [],
      apiVersions: [versionOf.get(key(namespace)) ?? versionOfOthers],
      capabilities: capabilitiesOf(type),
      ...(expansion === 'aliases' && cloud.aliases.size > 0 ? { aliases: aliasesOf(cloud, type) } : {}),
    })),
  };
}

/** derived: no api-version has a path of its own, and nothing is told about what `modify` may change. */
function aliasesOf({ aliases }: Cloud, type: string): readonly unknown[] {
  const known = aliases.get(key(type));
  return Object.entries(known?.paths ?? {}).map(([alias, defaultPath]) => ({
    name: alias.includes('/') ? alias : `${known?.type ?? type}/${alias}`,
    paths: [],
    defaultPath,
  }));
}
