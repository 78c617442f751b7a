import { PolicyClient, type PolicyClientOptionalParams } from '@azure/arm-policy';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { AzureError } from '../core/errors';
import type { Query } from '../core/inventory';
import type { Found, Read } from '../core/ports';
import { keyOf, nameOf, parseId, type Resource } from '../core/resource';
import { quickRetries, type Arm } from './arm-reader';
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
  return {
    read: async (query) => {
      const question = questionOf(query);
      if (question === undefined || query.kind === 'blobs' || query.kind === 'objects') return others.read(query);
      const readAt = now();
      const { subscriptionId } = parseId(query.kind === 'get' ? query.id : query.scope);
      return { query, readAt, result: { state: 'read', value: await answerTo(arm, subscriptionId, question) } };
    },
  };
}

interface Question {
  readonly many: boolean;
  readonly ask: (client: PolicyClient) => Promise<unknown>;
}

function questionOf(query: Query): Question | undefined {
  if (query.kind === 'list' && keyOf(query.type) === 'microsoft.authorization/policyassignments') {
    return { many: true, ask: (client) => drained(client.policyAssignments.list()) };
  }
  if (query.kind === 'list' && keyOf(query.type) === 'microsoft.authorization/policysetdefinitions') {
    // Azure's own are hundreds, and are read by id where they are assigned.
    return {
      many: true,
      ask: (client) => drained(client.policySetDefinitions.list({ filter: "policyType -eq 'Custom'" })),
    };
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
  return (client) => {
    const operations = /\/policySetDefinitions\//i.test(id) ? client.policySetDefinitions : client.policyDefinitions;
    if (group !== undefined) return operations.getAtManagementGroup(group, name);
    return parseId(id).subscriptionId === '' ? operations.getBuiltIn(name) : operations.get(name);
  };
}

function versionOf(id: string): Question['ask'] {
  const version = nameOf(id);
  const definition = parseId(id).parent ?? id;
  const group = managementGroupOf(id);
  return (client) => {
    const isSet = /\/policySetDefinitions\//i.test(id);
    const operations = isSet ? client.policySetDefinitionVersions : client.policyDefinitionVersions;
    if (group !== undefined) return operations.getAtManagementGroup(group, nameOf(definition), version);
    const builtIn = parseId(id).subscriptionId === '';
    return builtIn ? operations.getBuiltIn(nameOf(definition), version) : operations.get(nameOf(definition), version);
  };
}

function managementGroupOf(id: string): string | undefined {
  return /^\/providers\/Microsoft\.Management\/managementGroups\/([^/]+)\//i.exec(id)?.[1];
}

async function answerTo(arm: Arm, subscriptionId: string, { many, ask }: Question): Promise<Found> {
  const bodies: unknown[] = [];
  try {
    await ask(clientFor(arm, subscriptionId, bodies));
  } catch (error) {
    const refused = toAzureError(error);
    if (!many && refused instanceof AzureError && isAbsent(refused)) return undefined;
    throw refused;
  }
  if (!many) return bodies.at(-1) as Resource;
  return bodies.flatMap((body) => (body as { readonly value?: readonly Resource[] }).value ?? []);
}

/** A client for one question: what came over the wire is put into `bodies`, one for each page. */
function clientFor(
  { endpoint, tokenScope, credential, limits }: Arm,
  subscriptionId: string,
  bodies: unknown[],
): PolicyClient {
  const options: PolicyClientOptionalParams = {
    endpoint,
    credentials: { scopes: [tokenScope] },
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      ...[keeping(bodies), ...quickRetries].map((policy) => ({ policy, position: 'perCall' as const })),
      ...(limits === undefined ? [] : [{ policy: limits, position: 'perRetry' as const }]),
    ],
  };
  return subscriptionId === ''
    ? new PolicyClient(credential, options)
    : new PolicyClient(credential, subscriptionId, options);
}

function keeping(bodies: unknown[]): PipelinePolicy {
  return {
    name: 'keeping',
    sendRequest: async (request, next) => {
      const response = await next(request);
      if (response.status === 200) bodies.push(JSON.parse(response.bodyAsText ?? 'null'));
      return response;
    },
  };
}
