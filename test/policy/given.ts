import { hopResolver } from '../../shared/policy/alias-hop';
import type { AliasResolver } from '../../shared/policy/aliases';
import { compile } from '../../shared/policy/compile';
import { evaluate, type Evaluation, type World } from '../../shared/policy/evaluate';
import type { Json, JsonObject } from '../../shared/policy/json';
import { readDefinition, type Definition } from '../../shared/policy/parse-definition';
import { sentenceOf } from '../../shared/policy/reasons';
import { prepare } from '../../shared/policy/subject';

/** A cluster as ARM sends it, shortened to what the tests look at. */
export const cluster = {
  id: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-app/providers/Microsoft.ContainerService/managedClusters/aks-1',
  name: 'aks-1',
  type: 'Microsoft.ContainerService/managedClusters',
  location: 'East US 2',
  tags: { Environment: 'Production', "owner's team": 'blue', 'cost.center': '42' },
  identity: { type: 'SystemAssigned' },
  properties: {
    enableRBAC: true,
    kubernetesVersion: '1.29.2',
    agentPoolProfiles: [
      { name: 'system', count: 3, enableEncryptionAtHost: true, availabilityZones: ['1', '2', '3'] },
      { name: 'user', count: 5, availabilityZones: [] },
    ],
    apiServerAccessProfile: { enablePrivateCluster: true },
  },
} satisfies JsonObject;

export const AKS = 'Microsoft.ContainerService/managedClusters';

/** The array of the documentation's page on arrays. */
export const arrays = {
  name: 'r1',
  type: 'Microsoft.Test/resourceType',
  location: 'eastus',
  properties: {
    stringArray: ['a', 'b', 'c'],
    objectArray: [
      { property: 'value1', nestedArray: [1, 2] },
      { property: 'value2', nestedArray: [3, 4] },
    ],
  },
} satisfies JsonObject;

export const context = {
  utcNow: '2026-03-01T12:00:00.0000000Z',
  resourceGroup: { name: 'rg-app', location: 'eastus2', tags: { env: 'prod' } },
  subscription: { subscriptionId: '11111111-1111-1111-1111-111111111111' },
  requestContext: { apiVersion: '2024-05-01' },
  policy: { assignmentId: '/a', definitionId: '/d', setDefinitionId: '', definitionReferenceId: '' },
} satisfies World;

export interface Options {
  readonly resource?: Json;
  readonly parameters?: Readonly<Record<string, Json>>;
  readonly aliases?: AliasResolver;
  readonly world?: World;
  readonly mode?: string;
  readonly then?: JsonObject;
  readonly declared?: JsonObject;
}

export function definitionOf(json: Json): Definition {
  const read = readDefinition(json);
  if (!read.ok) throw new Error(read.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  return read.definition;
}

/** What is wrong with a rule whose `if` is the condition. */
export function problemsOf(condition: Json, then: Json = { effect: 'audit' }): readonly string[] {
  const read = readDefinition({ mode: 'All', policyRule: { if: condition, then } });
  return read.ok ? [] : read.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** The evaluation of a rule on a resource, the cluster when none is given. */
export function judged(condition: Json, options: Options = {}): Evaluation {
  const { resource = cluster, parameters = {}, aliases = hopResolver, world = context, mode = 'All' } = options;
  const policyRule = { if: condition, then: options.then ?? { effect: 'audit' } };
  const definition = definitionOf({ mode, parameters: options.declared ?? {}, policyRule });
  const subject = prepare(resource);
  return evaluate(compile(definition, { resourceType: subject.type, aliases, parameters }), subject, world);
}

/** Whether a condition holds: the state says so, because the rule applies to every resource. */
export function holds(condition: Json, options: Options = {}): boolean | string {
  const result = judged({ allOf: [{ value: true, equals: true }, condition] }, options);
  if (result.state === 'unknown') return `${result.unknown.kind}: ${result.unknown.message}`;
  return result.state === 'nonCompliant';
}

/** The value of an expression, seen through a condition that never holds. */
export function valueOf(expression: string, options: Options = {}): Json | undefined {
  const result = judged({ value: `[createArray(${expression})]`, notEquals: 'x' }, options);
  if (result.state === 'unknown') return `${result.unknown.kind}: ${result.unknown.message}`;
  const [reason] = result.state === 'nonCompliant' ? result.reasons : [];
  return reason?.kind === 'condition' && Array.isArray(reason.found) ? (reason.found as Json[])[0] : undefined;
}

export const sentences = (evaluation: Evaluation): readonly string[] =>
  evaluation.state === 'nonCompliant' ? evaluation.reasons.map(sentenceOf) : [];
