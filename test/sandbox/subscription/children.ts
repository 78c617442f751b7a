import { refusal } from './answers';
import type { Cloud, Write } from './cloud';
import { refuseWhileBusy } from './conditions';
import { withChild, withChildIds, withoutChild } from './embedded';
import type { Embedding } from './embedded';
import { placeOf } from './ids';
import { newEtag, raise } from './stamps';
import { completeSubnet, refuseRemovalOfSubnet, removeFlowLogsOf } from './types/network';
import { resourceTypeOf } from './types/registry';
import type { Answer, WireResource } from './wire';
import { fieldsOf, without } from './wire';

/** PUT of a child that lives in its parent's JSON. Done at once: only the parents' own writes are long-running here. */
export function putChild(cloud: Cloud, write: Write, kind: Embedding): Answer {
  const { place, body, existing, request } = write;
  if (kind.readOnly) return refusal(405, 'MethodNotAllowed', `${kind.type} cannot be written.`);
  const parent = cloud.store.get(place.parent ?? '');
  const busy = parent === undefined ? undefined : refuseWhileBusy({ ...place, type: kind.parentType }, parent);
  if (parent === undefined || busy !== undefined) return busy ?? refusal(404, 'NotFound', 'The parent does not exist.');
  const properties = { ...fieldsOf(body, 'properties'), provisioningState: 'Succeeded' };
  const child = completeChild({ ...without(body, 'etag'), id: place.id, name: place.name, properties }, kind);
  cloud.store.set({ ...withChildIds(withChild(parent, kind, child)), ...newEtag(resourceTypeOf(kind.parentType)) });
  raise(cloud, request, place, { succeeded: true, existed: existing !== undefined });
  return { status: existing === undefined ? 201 : 200, body: cloud.read(place.id) };
}

export function removeChild(cloud: Cloud, id: string, kind: Embedding): Answer | undefined {
  const place = placeOf(id);
  const parent = place.kind === 'resource' ? cloud.store.get(place.parent ?? '') : undefined;
  if (parent === undefined) return undefined;
  const refused = kind.list === 'subnets' ? refuseRemovalOfSubnet(id, cloud) : undefined;
  if (refused !== undefined) return refused;
  cloud.store.set({ ...withoutChild(parent, kind, id), ...newEtag(resourceTypeOf(kind.parentType)) });
  removeFlowLogsOf(id, cloud);
  return undefined;
}

function completeChild(child: WireResource, kind: Embedding): WireResource {
  if (kind.list === 'subnets') return { ...child, ...completeSubnet(child) };
  if (kind.list !== 'virtualNetworkPeerings') return child;
  return { ...child, properties: { peeringState: 'Initiated', ...child.properties } };
}
