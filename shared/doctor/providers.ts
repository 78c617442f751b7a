import { keyOf, nameOf, same, type Resource } from '../core/resource';
import { distinct, on, scopesIn, type Check, type Context, type Examination } from './check';
import type { Inventory } from '../core/inventory';

const topic = {
  id: 'providers',
  title: 'Resource providers are registered',
  wanted: 'every provider that is needed in the subscription is registered',
};

/** Why each is needed in every subscription that is kept. */
const reasons: Readonly<Record<string, string>> = {
  'Microsoft.Insights': 'Azure refuses flow logs without it, and the activity log is compared with the events',
  'Microsoft.Network': 'networks, watchers and flow logs',
  'Microsoft.Storage': 'storage accounts of flow logs',
  'Microsoft.EventGrid': 'events of the subscription',
  'Microsoft.OperationalInsights': 'workspaces of traffic analytics and of findings',
  'Microsoft.PolicyInsights': 'states of assigned policies',
  'Microsoft.ContainerService': 'clusters are judged',
};

/** Why more of them are needed where the app itself is. */
const ofTheApp: Readonly<Record<string, string>> = {
  'Microsoft.Web': 'the function app',
  'Microsoft.App': 'the function app on Flex Consumption',
  'Microsoft.ManagedIdentity': 'the identity of the app',
};

/** Every subscription may use these without registration (Azure Resource Manager: resource providers and types). */
const free = ['microsoft.authorization', 'microsoft.features', 'microsoft.management', 'microsoft.resources'];

export const providers: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => judged(scope, inventory, context));

interface Provider extends Resource {
  readonly namespace?: string;
  readonly registrationState?: string;
}

function judged(scope: string, inventory: Inventory, context: Context): Check {
  const answer = inventory.list('Microsoft.Resources/providers', scope);
  const conclude = on(topic, scope);
  if (answer.state === 'unread')
    return conclude.unknown(answer.reason, 'grant Microsoft.Resources/subscriptions/providers/read');
  const needed = neededIn(scope, context);
  const found = answer.value as readonly Provider[];
  const states = needed.map(
    ([namespace]) => found.find((one) => same(one.namespace, namespace))?.registrationState ?? 'not known to Azure',
  );
  const missing = needed.filter((_, index) => !same(states[index], 'Registered'));
  if (missing.length === 0) return conclude.ok(`${needed.length} providers are registered`);
  const named = needed.flatMap(([namespace, why], index) =>
    same(states[index], 'Registered') ? [] : [`${namespace} is ${states[index] ?? ''} (${why})`],
  );
  const commands = missing.map(
    ([namespace]) => `az provider register --namespace ${namespace} --subscription ${nameOf(scope)}`,
  );
  return conclude.wrong(named.join('; '), commands.join('; '));
}

/** Reading resources of a provider that is not registered is refused, so that controls would never know. */
function neededIn(scope: string, { controls, settings }: Context): readonly (readonly [string, string])[] {
  const isOwn = keyOf(settings.resourceGroupId).startsWith(`${keyOf(scope)}/`);
  const known = new Map(Object.entries(isOwn ? { ...reasons, ...ofTheApp } : reasons));
  const looked = controls.flatMap(({ subjects, reads }) => [...subjects, ...reads].map(namespaceOf));
  const others = distinct(looked).filter(
    (namespace) => !free.includes(keyOf(namespace)) && ![...known.keys()].some((one) => same(one, namespace)),
  );
  return [...known, ...others.map((namespace) => [namespace, 'its resources are judged'] as const)];
}

function namespaceOf(type: string): string {
  return type.split('/')[0] ?? '';
}
