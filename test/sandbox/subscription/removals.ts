import { scopeLocked } from './answers';
import { removeChild } from './children';
import type { Cloud, ResourceType } from './cloud';
import { refuseByEtag, refuseWhileBusy } from './conditions';
import { embeddingOf } from './embedded';
import type { FaultAnswer } from './faults';
import { placeOf, same } from './ids';
import type { ResourcePlace } from './ids';
import { acceptedHeaders, asyncHeaders } from './links';
import { lockOf } from './locks';
import { inState, raise } from './stamps';
import { resourceTypeOf } from './types/registry';
import type { Answer, Request, WireResource } from './wire';
import type { WriteResult } from './writes';

/** DELETE: 204 when there is nothing, at once or in the background otherwise, with everything below. */
export function remove(
  cloud: Cloud,
  request: Request,
  place: ResourcePlace,
  fault: FaultAnswer | undefined,
): WriteResult {
  const existing = cloud.read(place.id);
  if (existing === undefined) return { answer: { status: 204 } };
  const definition = resourceTypeOf(place.type);
  const refused = refuse(cloud, request, place, existing) ?? definition.refuseRemoval?.(existing, cloud);
  if (refused !== undefined) return { answer: refused };
  if (definition.remove === 'accepted') return removeLater(cloud, request, place, fault);
  const kind = embeddingOf(place.type);
  const kept = kind === undefined ? undefined : removeChild(cloud, place.id, kind);
  if (kept !== undefined) return { answer: kept };
  removeTree(cloud, place, definition);
  raise(cloud, request, place, { succeeded: true, existed: true });
  return { answer: { status: 200, ...(definition.removalShowsResource ? { body: existing } : {}) } };
}

function refuse(cloud: Cloud, request: Request, place: ResourcePlace, existing: WireResource): Answer | undefined {
  const locked = lockOf(place.id, 'delete', cloud);
  if (locked !== undefined) return scopeLocked(place.id, 'delete', locked);
  return refuseByEtag(request, existing) ?? refuseWhileBusy(place, existing);
}

function removeLater(
  cloud: Cloud,
  request: Request,
  place: ResourcePlace,
  fault: FaultAnswer | undefined,
): WriteResult {
  const definition = resourceTypeOf(place.type);
  const before = cloud.store.get(place.id);
  if (before !== undefined) cloud.store.set(inState(before, 'Deleting', definition));
  const operation = cloud.operations.start({
    ms: cloud.settings.operationMs,
    fault,
    finish: (error) => {
      if (error === undefined) removeTree(cloud, place, definition, request);
      else if (before !== undefined) cloud.store.set(inState(before, 'Failed', definition));
      raise(cloud, request, place, { succeeded: error === undefined, existed: true });
      return { status: isGroup(place) ? 200 : 204 };
    },
  });
  const write = { place, request, ...(before === undefined ? {} : { existing: before }) };
  const status = isGroup(place) ? {} : asyncHeaders(cloud, write, operation);
  return { answer: { status: 202, headers: { ...status, ...acceptedHeaders(cloud, write, operation) } }, operation };
}

const isGroup = (place: ResourcePlace): boolean => place.type === 'Microsoft.Resources/resourceGroups';

/** derived: ARM deletes the resources of a group one by one, so each raises an event; what a parent takes along does not. */
function removeTree(cloud: Cloud, place: ResourcePlace, definition: ResourceType, request?: Request): void {
  const resource = cloud.store.get(place.id);
  for (const { id } of cloud.store.below(place.id)) {
    const child = placeOf(id);
    const found = cloud.store.get(id);
    if (child.kind !== 'resource' || found === undefined) continue;
    cloud.store.remove(id);
    resourceTypeOf(child.type).removed?.(found, cloud);
    const alone = child.parent === undefined && same(child.scope, place.id);
    if (request !== undefined && alone) raise(cloud, request, child, { succeeded: true, existed: true });
  }
  cloud.store.remove(place.id);
  if (resource !== undefined) definition.removed?.(resource, cloud);
}
