import { answerActivityLog } from './activity-log';
import { badRequest, notFound, refusal } from './answers';
import type { Cloud } from './cloud';
import { absent, absentPolicy } from './conditions';
import type { FaultAnswer } from './faults';
import { key, nameOf, placeOf, same, subscriptionOf } from './ids';
import type { CollectionPlace, ResourcePlace } from './ids';
import { list } from './lists';
import { queryWorkspace } from './log-query';
import { queryPolicyStates, triggerEvaluation } from './policy-states';
import { answerPermissions } from './permissions';
import { answerProvider, answerProviders } from './providers';
import { remove } from './removals';
import { groupOver, groupsAbove } from './scopes';
import { answerTags } from './tags';
import type { Answer, Request } from './wire';
import { patch, put } from './writes';
import type { WriteResult } from './writes';

/** Azure Resource Manager: one request, with the fault that its long-running operation shall have. */
export function arm(cloud: Cloud, request: Request, fault: FaultAnswer | undefined): WriteResult {
  const refused = refuseVersion(request) ?? refuseSubscription(cloud, request.path);
  if (refused !== undefined) return { answer: refused };
  const operation = operationIn(request.path);
  if (operation !== undefined) return { answer: answerOperation(cloud, operation, request) };
  const place = placeOf(request.path.replace(/\/resourceGroups(?=\/|$)/i, '/resourceGroups'));
  if (place.kind === 'nothing') return { answer: notFound.page() };
  if (place.kind === 'resource' && same(place.type, 'Microsoft.Resources/tags'))
    return { answer: answerTags(cloud, request, place) ?? notAllowed(request) };
  if (place.kind === 'resource') return answerResource(cloud, request, place, fault);
  if (request.method === 'POST' && place.kind === 'collection') return answerAction(cloud, request, place, fault);
  if (request.method !== 'GET') return { answer: notAllowed(request) };
  if (place.kind === 'provider') return { answer: answerProvider(cloud, request, place.scope, place.namespace) };
  return { answer: answerList(cloud, request, place) };
}

function answerList(cloud: Cloud, request: Request, place: CollectionPlace): Answer {
  switch (key(place.type)) {
    case 'microsoft.authorization/permissions':
      return answerPermissions(cloud, request, place.scope);
    case 'microsoft.resources/providers':
      return answerProviders(cloud, request, place.scope);
    case 'microsoft.insights/eventtypes/values':
      return answerActivityLog(cloud, request, place.scope);
    case 'microsoft.management/managementgroups/descendants':
      return answerDescendants(cloud, place.parent ?? '');
    case 'microsoft.operationalinsights/workspaces/query':
      return queryWorkspace(cloud, request, place.parent ?? '');
    default:
      return list(cloud, request, place);
  }
}

/** POST: the last segment of the path says what to do. */
function answerAction(
  cloud: Cloud,
  request: Request,
  { type, scope, parent = '' }: CollectionPlace,
  fault: FaultAnswer | undefined,
): WriteResult {
  const namespace = type.split('/')[0] ?? '';
  const states = 'Microsoft.PolicyInsights/policyStates';
  if (same(type, `${namespace}/register`)) return { answer: answerProvider(cloud, request, scope, namespace) };
  if (same(type, `${states}/queryResults`) && same(nameOf(parent), 'latest')) {
    return { answer: queryPolicyStates(cloud, request, scope) ?? notAllowed(request) };
  }
  if (same(type, `${states}/triggerEvaluation`) && same(nameOf(parent), 'latest')) {
    return triggerEvaluation(cloud, request, scope, fault) ?? { answer: notAllowed(request) };
  }
  return { answer: notAllowed(request) };
}

function refuseVersion({ query }: Request): Answer | undefined {
  const version = query.get('api-version');
  if (version === null || version === '') {
    return badRequest(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/.test(version)) return undefined;
  return badRequest('InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
}

function refuseSubscription(cloud: Cloud, path: string): Answer | undefined {
  const id = subscriptionOf(path);
  const known = id === undefined || cloud.settings.subscriptionIds.some((one) => same(one, id));
  return known ? undefined : notFound.subscription(id);
}

function answerResource(
  cloud: Cloud,
  request: Request,
  place: ResourcePlace,
  fault: FaultAnswer | undefined,
): WriteResult {
  switch (request.method) {
    case 'GET': {
      const resource = cloud.read(place.id);
      return { answer: resource === undefined ? absentIn(cloud, place) : { status: 200, body: resource } };
    }
    case 'HEAD':
      return { answer: { status: cloud.read(place.id) === undefined ? 404 : 204 } };
    case 'PUT':
      return put(cloud, request, place, fault);
    case 'PATCH':
      return { answer: patch(cloud, request, place) };
    case 'DELETE':
      return remove(cloud, request, place, fault);
    default:
      return { answer: notAllowed(request) };
  }
}

/** What is missing: the resource group before the parent before the resource itself. */
function absentIn(cloud: Cloud, place: ResourcePlace): Answer {
  const group = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(place.id);
  if (group !== null && cloud.store.get(group[0]) === undefined) return notFound.resourceGroup(group[1] ?? '');
  const policy = absentPolicy(place);
  if (policy !== undefined) return policy;
  if (place.parent !== undefined && cloud.read(place.parent) === undefined) {
    return notFound.parent('read', place.type, place.parent);
  }
  if (same(place.type, 'Microsoft.Storage/storageAccounts/managementPolicies')) {
    return refusal(404, 'ManagementPolicyNotFound', 'No ManagementPolicy found for the specified account.');
  }
  return absent(place);
}

const notAllowed = ({ method, path }: Request): Answer =>
  refusal(405, 'MethodNotAllowed', `The simulated subscription does not know ${method} ${path}.`);

interface OperationPath {
  readonly id: string;
  readonly kind: 'status' | 'result';
}

const locationOperation =
  /\/providers\/[^/]+\/locations\/[^/]+\/(operations|operationResults|asyncoperations)\/([^/]+)$/i;

/** Of a resource group, and of an evaluation of policies. */
const resultOperation =
  /^\/subscriptions\/[^/]+\/(?:operationresults|providers\/Microsoft\.PolicyInsights\/asyncOperationResults)\/([^/]+)$/i;

function operationIn(path: string): OperationPath | undefined {
  const [, kind = '', id] = locationOperation.exec(path) ?? [];
  if (id !== undefined) return { id, kind: key(kind) === 'operations' ? 'status' : 'result' };
  const other = resultOperation.exec(path)?.[1];
  return other === undefined ? undefined : { id: other, kind: 'result' };
}

function answerOperation(cloud: Cloud, { id, kind }: OperationPath, request: Request): Answer {
  const state = cloud.operations.state(id);
  if (state === undefined) return refusal(404, 'OperationNotFound', `The operation '${id}' was not found.`);
  const { status, error } = state;
  const running = status === 'InProgress';
  const seconds = String(Math.max(1, Math.round(cloud.settings.operationMs / 1_000)));
  const headers = running ? { 'Retry-After': seconds } : {};
  if (kind === 'status') {
    const failure = error === undefined ? {} : { error: { ...error, details: [] } };
    return { status: 200, headers, body: { status, ...failure } };
  }
  if (running) {
    const Location = `${cloud.origin}${request.path}?${request.query.toString()}`;
    return { status: 202, headers: { ...headers, Location } };
  }
  return error === undefined ? (state.result ?? { status: 200 }) : refusal(409, error.code, error.message);
}

function answerDescendants(cloud: Cloud, group: string): Answer {
  if (cloud.read(group) === undefined) {
    return refusal(404, 'NotFound', `The management group '${group}' could not be found.`);
  }
  return { status: 200, body: { value: descendantsOf(cloud, group).map((one) => descendant(cloud, one, group)) } };
}

/** Groups and subscriptions anywhere below a group. */
function descendantsOf({ settings, store }: Cloud, group: string): readonly string[] {
  const groups = store.sorted('Microsoft.Management/managementGroups').map(({ id }) => id);
  const all = [...groups, ...settings.subscriptionIds.map((name) => `/subscriptions/${name}`)];
  return all.filter((id) => !same(id, group) && groupsAbove(store, id).has(key(group)));
}

function descendant({ store }: Cloud, id: string, group: string): object {
  const isGroup = /\/managementGroups\//i.test(id);
  return {
    id,
    type: `Microsoft.Management/managementGroups${isGroup ? '' : '/subscriptions'}`,
    name: nameOf(id),
    properties: { displayName: nameOf(id), parent: { id: groupOver(store, id) ?? group } },
  };
}
