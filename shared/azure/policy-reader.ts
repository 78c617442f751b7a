import { PolicyClient } from '@azure/arm-policy';
import { AzureError } from '../core/errors';
import type { Query } from '../core/inventory';
import type { Found, Read } from '../core/ports';
import { keyOf, nameOf, parseId, type Resource } from '../core/resource';
import type { Arm } from './arm-reader';
import { isAbsent, toAzureError } from './refusal';

interface Reads {
  readonly read: (query: Query) => Promise<Read>;
}

/**
 * Reads assignments, definitions, initiatives and their versions through the SDK's client, which knows where each is
 * kept and follows every page, and answers the JSON that came over the wire: a rule has to be seen whole. Any other
 * question goes to `others`. Throws AzureError.
 */
export function policyReader(arm: Arm, now: () => string, others: Reads): Reads {
  const clients = new Map<string, PolicyClient>();
  return {
    read: async (query) => {
      const ask = questionOf(query);
      if (ask === undefined) return others.read(query);
      const readAt = now();
      const subscriptionId = parseId(query.kind === 'get' ? query.id : query.scope).subscriptionId;
      const client = clients.get(subscriptionId) ?? clientFor(arm, subscriptionId);
      clients.set(subscriptionId, client);
      return { query, readAt, result: { state: 'read', value: await answerTo(client, ask) } };
    },
  };
}

/** `tap` collects the bodies of the answers as they came. */
interface Tap {
  readonly onResponse: (response: { readonly bodyAsText?: string | null }) => void;
}
interface Question {
  readonly many: boolean;
  readonly ask: (client: PolicyClient, tap: Tap) => Promise<unknown>;
}

function questionOf(query: Query): Question | undefined {
  if (query.kind === 'list' && keyOf(query.type) === 'microsoft.authorization/policyassignments') {
    return { many: true, ask: (client, tap) => drained(client.policyAssignments.list(tap)) };
  }
  if (
    query.kind !== 'get' ||
    !/\/Microsoft\.Authorization\/policy(Set)?Definitions\/[^/]+(\/versions\/[^/]+)?$/i.test(query.id)
  )
    return undefined;
  const ask = /\/versions\//i.test(query.id) ? versionOf(query.id) : definitionOf(query.id);
  return { many: false, ask };
}

/** Without a filter: what applies to the subscription from management groups, to it, and to everything in it. */
async function drained(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const item of pages) void item;
}

function definitionOf(id: string): Question['ask'] {
  const name = nameOf(id);
  const group = managementGroupOf(id);
  return (client, tap) => {
    const operations = /\/policySetDefinitions\//i.test(id) ? client.policySetDefinitions : client.policyDefinitions;
    if (group !== undefined) return operations.getAtManagementGroup(group, name, tap);
    return parseId(id).subscriptionId === '' ? operations.getBuiltIn(name, tap) : operations.get(name, tap);
  };
}

function versionOf(id: string): Question['ask'] {
  const version = nameOf(id);
  const definition = parseId(id).parent ?? id;
  const group = managementGroupOf(id);
  return (client, tap) => {
    const isSet = /\/policySetDefinitions\//i.test(id);
    const operations = isSet ? client.policySetDefinitionVersions : client.policyDefinitionVersions;
    if (group !== undefined) return operations.getAtManagementGroup(group, nameOf(definition), version, tap);
    const builtIn = parseId(id).subscriptionId === '';
    return builtIn
      ? operations.getBuiltIn(nameOf(definition), version, tap)
      : operations.get(nameOf(definition), version, tap);
  };
}

function managementGroupOf(id: string): string | undefined {
  return /^\/providers\/Microsoft\.Management\/managementGroups\/([^/]+)\//i.exec(id)?.[1];
}

async function answerTo(client: PolicyClient, { many, ask }: Question): Promise<Found> {
  const bodies: unknown[] = [];
  try {
    await ask(client, { onResponse: ({ bodyAsText }) => void bodies.push(JSON.parse(bodyAsText ?? 'null')) });
  } catch (error) {
    const refused = toAzureError(error);
    if (!many && refused instanceof AzureError && isAbsent(refused)) return undefined;
    throw refused;
  }
  if (!many) return bodies.at(-1) as Resource;
  return bodies.flatMap((body) => (body as { readonly value?: readonly Resource[] }).value ?? []);
}

function clientFor({ endpoint, tokenScope, credential }: Arm, subscriptionId: string): PolicyClient {
  const options = {
    endpoint,
    credentials: { scopes: [tokenScope] },
    retryOptions: { maxRetries: 2, maxRetryDelayInMs: 2_000 },
  };
  return subscriptionId === ''
    ? new PolicyClient(credential, options)
    : new PolicyClient(credential, subscriptionId, options);
}
