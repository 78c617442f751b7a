import { busyNetwork, notFound, refusal } from './answers';
import type { Cloud } from './cloud';
import { key, nameOf, resourceGroupOf, same, subscriptionOf } from './ids';
import type { ResourcePlace } from './ids';
import type { Answer, Request, WireResource } from './wire';
import { textOf } from './wire';

/** Scope, resource group and parent have to be there before a resource can be. */
export function refusePlace(cloud: Cloud, place: ResourcePlace): Answer | undefined {
  const group = resourceGroupOf(place.id);
  if (group !== undefined) {
    const groupId = `/subscriptions/${subscriptionOf(place.id) ?? ''}/resourceGroups/${group}`;
    if (!same(groupId, place.id) && cloud.store.get(groupId) === undefined) return notFound.resourceGroup(group);
  }
  if (place.parent !== undefined && cloud.read(place.parent) === undefined) {
    return notFound.parent('write', place.type, place.parent);
  }
  const extended = place.scope.toLowerCase().includes('/providers/') && subscriptionOf(place.scope) !== undefined;
  if (extended && cloud.read(place.scope) === undefined) return notFound.parent('write', place.type, place.scope);
  return undefined;
}

/** derived: both answers are seen for writes that overlap; each provider is given the one reported most. */
export function refuseWhileBusy(place: ResourcePlace, existing: WireResource): Answer | undefined {
  const state = textOf(existing.properties?.['provisioningState']);
  if (!['Updating', 'Creating', 'Deleting'].includes(state)) return undefined;
  if (key(place.type).startsWith('microsoft.network/')) return busyNetwork('PutOperation', existing.id, 1);
  return refusal(409, 'OperationNotAllowed', `Another operation on ${existing.id} is in progress (${state}).`);
}

export function refuseByEtag(request: Request, existing: WireResource | undefined): Answer | undefined {
  const ifMatch = request.headers['if-match'];
  const ifNoneMatch = request.headers['if-none-match'];
  const exists = existing !== undefined;
  const failed =
    (ifNoneMatch === '*' && exists) ||
    (ifMatch === '*' && !exists) ||
    (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== existing?.etag);
  if (!failed) return undefined;
  return refusal(412, 'PreconditionFailed', 'The condition of the request (If-Match or If-None-Match) was not met.');
}

export function absent(place: ResourcePlace): Answer {
  const policy = absentPolicy(place);
  if (policy !== undefined) return policy;
  const group = resourceGroupOf(place.id);
  if (place.type === 'Microsoft.Resources/resourceGroups') return notFound.resourceGroup(place.name);
  if (place.type === 'Microsoft.Resources/subscriptions') return notFound.subscription(place.name);
  const at = place.id.toLowerCase().lastIndexOf('/providers/');
  return notFound.resource(place.id.slice(at + '/providers/'.length), group);
}

/** Azure Policy has codes of its own for what is not there. */
const policies: Readonly<Record<string, readonly [code: string, what: string]>> = {
  'microsoft.authorization/policydefinitions': ['PolicyDefinitionNotFound', 'policy definition'],
  'microsoft.authorization/policysetdefinitions': ['PolicySetDefinitionNotFound', 'policy set definition'],
  'microsoft.authorization/policyassignments': ['PolicyAssignmentNotFound', 'policy assignment'],
  'microsoft.authorization/policyexemptions': ['PolicyExemptionNotFound', 'policy exemption'],
};

/** derived: a version that is not there has the code of its definition. */
export function absentPolicy({ type, name, parent }: ResourcePlace): Answer | undefined {
  const [code, what] = policies[key(type.replace(/\/versions$/i, ''))] ?? [];
  if (code === undefined || what === undefined) return undefined;
  if (parent !== undefined) return refusal(404, code, `The ${what} '${nameOf(parent)}' has no version '${name}'.`);
  const missing = what === 'policy assignment' ? 'is not found' : 'could not be found';
  return refusal(404, code, `The ${what} '${name}' ${missing}.`);
}
