import type { Cloud } from './cloud';
import { embeddingOf, withChild, withChildIds } from './embedded';
import { nameOf, placeOf, same, typeOf } from './ids';
import { newEtag } from './stamps';
import { resourceTypeOf } from './types/registry';
import type { WireResource } from './wire';

/** Stores resources as they are; children that live in a parent's JSON are put into it after all parents are there. */
export function seed(cloud: Cloud, resources: readonly WireResource[]): void {
  const isEmbedded = ({ id }: WireResource): boolean => embeddingOf(typeOf(id)) !== undefined;
  for (const resource of resources.filter((one) => !isEmbedded(one))) keep(cloud, asKept(resource));
  for (const resource of resources.filter(isEmbedded)) seedChild(cloud, resource);
}

function keep(cloud: Cloud, resource: WireResource): void {
  cloud.store.set(resource);
  if (same(typeOf(resource.id), 'Microsoft.Network/networkWatchers/flowLogs')) cloud.flows.noteSeeded(resource);
}

function seedChild(cloud: Cloud, child: WireResource): void {
  const place = placeOf(child.id);
  const kind = embeddingOf(typeOf(child.id));
  const parent = place.kind === 'resource' ? cloud.store.get(place.parent ?? '') : undefined;
  if (parent === undefined || kind === undefined) throw new Error(`seed: the parent of ${child.id} is not there`);
  cloud.store.set(withChildIds(withChild(parent, kind, { ...child, name: nameOf(child.id) })));
}

/** Subscriptions and tenants have neither name nor type in what ARM sends; everything else has both. */
function asKept(resource: WireResource): WireResource {
  const type = typeOf(resource.id);
  if (/^Microsoft\.Resources\/(subscriptions|tenants)$/.test(type)) return resource;
  const etag = resource.etag === undefined ? newEtag(resourceTypeOf(type)) : {};
  return withChildIds({
    ...resource,
    name: resource.name ?? nameOf(resource.id),
    type: resource.type ?? type,
    ...etag,
  });
}
