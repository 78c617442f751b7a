import { badRequest, notFound } from './answers';
import type { Cloud } from './cloud';
import type { FaultAnswer } from './faults';
import { isAtOrBelow, key, placeOf, resourceGroupOf, same, subscriptionOf } from './ids';
import { retryAfter } from './links';
import type { StartedOperation } from './operations';
import type { Answer, Fields, Request } from './wire';
import { textOf } from './wire';
import type { WriteResult } from './writes';

/** The compliance that Azure Policy keeps. derived: nothing here evaluates policies, states are put in from outside. */
export interface PolicyStates {
  /** Replaces all states; throws for one without a `resourceId`. */
  set(states: readonly Fields[]): void;
  all(): readonly Fields[];
  /** Evaluations that were asked for, by their scope in lower case. */
  readonly scans: Map<string, StartedOperation>;
}

export function createPolicyStates(): PolicyStates {
  let kept: readonly Fields[] = [];
  return {
    set(states) {
      const lost = states.findIndex(({ resourceId }) => textOf(resourceId) === '');
      if (lost >= 0) throw new Error(`policyStates.set: state ${String(lost)} has no resourceId`);
      kept = structuredClone(states);
    },
    all: () => kept,
    scans: new Map(),
  };
}

/** What the fields of a policy state are called (Microsoft.PolicyInsights 2024-10-01, PolicyState). */
const fields = [
  'timestamp resourceId policyAssignmentId policyDefinitionId effectiveParameters isCompliant subscriptionId',
  'resourceType resourceLocation resourceGroup resourceTags policyAssignmentName policyAssignmentOwner',
  'policyAssignmentParameters policyAssignmentScope policyDefinitionName policyDefinitionAction',
  'policyDefinitionCategory policySetDefinitionId policySetDefinitionName policySetDefinitionOwner',
  'policySetDefinitionCategory policySetDefinitionParameters managementGroupIds policyDefinitionReferenceId',
  'complianceState policyDefinitionGroupNames policyDefinitionVersion policySetDefinitionVersion',
  'policyAssignmentVersion',
].flatMap((names) => names.split(' '));
const fieldOf = (name: string): string | undefined => fields.find((field) => same(field, name.trim()));

/**
 * POST of `queryResults` at a subscription, resource group or resource; undefined at any other scope.
 * derived: `$top` bounds the whole answer, not its pages; a page is as long as that of any list, Azure's has 1000.
 */
export function queryPolicyStates(cloud: Cloud, request: Request, scope: string): Answer | undefined {
  if (!isStateScope(scope)) return undefined;
  const { query } = request;
  const missing = refuseGroup(cloud, scope);
  if (missing !== undefined) return missing;
  const unknown = [...query.keys()].find((name) => name.startsWith('$') && !options.includes(name));
  if (unknown !== undefined) return invalid(unknown, query);
  const filter = filterOf(query.get('$filter'));
  if (filter === undefined) return invalid('$filter', query);
  const selected = selectedIn(query.get('$select'));
  if (selected === undefined) return invalid('$select', query);
  const top = Number(query.get('$top') ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(top) || top < 1) return invalid('$top', query);
  const found = cloud.policyStates.all().filter((state) => isIn(state, scope) && filter(state));
  return page(cloud, request, found.slice(0, top), selected);
}

const options = ['$filter', '$select', '$top', '$skiptoken'];

/** derived: the code; Policy Insights refuses a query option that it cannot read with 400. */
const invalid = (name: string, query: URLSearchParams): Answer =>
  badRequest('InvalidQueryParameter', `The simulated subscription does not know ${name}=${query.get(name) ?? ''}.`);

const isStateScope = (scope: string): boolean =>
  subscriptionOf(scope) !== undefined &&
  placeOf(scope).kind === 'resource' &&
  !/\/providers\/Microsoft\.Authorization\//i.test(scope);

/** derived: a resource that is gone has no states, a resource group that is gone is refused by ARM. */
function refuseGroup({ store }: Cloud, scope: string): Answer | undefined {
  const group = resourceGroupOf(scope);
  const exists = store.get(`/subscriptions/${subscriptionOf(scope) ?? ''}/resourceGroups/${group ?? ''}`) !== undefined;
  return group === undefined || exists ? undefined : notFound.resourceGroup(group);
}

function isIn({ resourceId }: Fields, scope: string): boolean {
  const isContainer = !/\/providers\//i.test(scope);
  return isContainer ? isAtOrBelow(textOf(resourceId), scope) : same(textOf(resourceId), scope);
}

/** derived: names and values are compared without regard to case. */
function filterOf(text: string | null): ((state: Fields) => boolean) | undefined {
  if (text === null || text.trim() === '') return () => true;
  const parts = text.split(/\s+and\s+/i).map((part) => {
    const [, name = '', value = ''] = /^\s*(\w+)\s+eq\s+'([^']*)'\s*$/i.exec(part) ?? [];
    const field = fieldOf(name);
    return field === undefined ? undefined : ({ field, value } as const);
  });
  if (parts.includes(undefined)) return undefined;
  return (state) => parts.every((part) => part !== undefined && same(textOf(state[part.field]), part.value));
}

/** All fields without `$select`; undefined when one is asked for that states do not have. */
function selectedIn(text: string | null): readonly string[] | 'all' | undefined {
  if (text === null || text.trim() === '') return 'all';
  const names = text.split(',').map(fieldOf);
  return names.includes(undefined) ? undefined : names.filter((name) => name !== undefined);
}

function page(cloud: Cloud, request: Request, states: readonly Fields[], selected: readonly string[] | 'all'): Answer {
  const { path, query } = request;
  const token = query.get('$skiptoken');
  const position = token === null ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d+$/.test(position)) return invalid('$skiptoken', query);
  const start = Number(position);
  const slice = states.slice(start, start + cloud.settings.pageSize);
  const next = new URLSearchParams(query);
  next.set('$skiptoken', Buffer.from(String(start + slice.length)).toString('base64url'));
  const context = `${cloud.origin}${path.replace(/\/latest\/queryResults$/i, '')}/$metadata#latest`;
  const isLast = start + slice.length >= states.length;
  const body = {
    '@odata.nextLink': isLast ? null : `${cloud.origin}${path}?${next.toString()}`,
    '@odata.context': context,
    '@odata.count': slice.length,
    value: slice.map((state) => ({
      '@odata.id': null,
      '@odata.context': `${context}/$entity`,
      ...Object.fromEntries(Object.entries(state).filter(([name]) => selected === 'all' || selected.includes(name))),
    })),
  };
  return { status: 200, body };
}

/**
 * POST of `triggerEvaluation` at a subscription or resource group; undefined at any other scope. A scope that is being
 * evaluated is not evaluated twice (Azure Policy: on-demand evaluation scan). derived: no state changes.
 */
export function triggerEvaluation(
  cloud: Cloud,
  { query }: Request,
  scope: string,
  fault: FaultAnswer | undefined,
): WriteResult | undefined {
  if (!isStateScope(scope) || /\/providers\//i.test(scope)) return undefined;
  const missing = refuseGroup(cloud, scope);
  if (missing !== undefined) return { answer: missing };
  const { scans } = cloud.policyStates;
  const running = scans.get(key(scope));
  const again = running !== undefined && cloud.operations.state(running.id)?.status === 'InProgress';
  const operation = again
    ? running
    : cloud.operations.start({ ms: cloud.settings.operationMs, fault, finish: () => ({ status: 200 }) });
  scans.set(key(scope), operation);
  const subscription = `${cloud.origin}/subscriptions/${subscriptionOf(scope) ?? ''}`;
  const path = `providers/Microsoft.PolicyInsights/asyncOperationResults/${operation.id}`;
  const Location = `${subscription}/${path}?api-version=${query.get('api-version') ?? ''}`;
  return { answer: { status: 202, headers: { Location, 'Retry-After': retryAfter(cloud) } }, operation };
}
