import type { Cloud } from './cloud';
import { childIn, childrenIn, embeddingOf } from './embedded';
import { placeOf, same } from './ids';
import { isVersionType, versionsOf } from './policy-versions';
import { resourceTypeOf } from './types/registry';
import type { WireResource } from './wire';

/** The resource as GET shows it. */
export function read(cloud: Cloud, id: string): WireResource | undefined {
  const place = placeOf(id);
  if (place.kind !== 'resource') return undefined;
  if (place.parent !== undefined && isVersionType(place.type)) {
    return versionsOf(cloud.store, place.parent).find((version) => same(version.id, id));
  }
  const kind = embeddingOf(place.type);
  if (kind === undefined || place.parent === undefined) return show(cloud, place.type, cloud.store.get(id));
  const parent = read(cloud, place.parent);
  return parent === undefined ? undefined : childIn(parent, kind, id);
}

export const exists = (cloud: Cloud, id: string): boolean => read(cloud, id) !== undefined;

export function show(cloud: Cloud, type: string, resource: WireResource | undefined): WireResource | undefined {
  return resource === undefined ? undefined : (resourceTypeOf(type).show?.(resource, cloud) ?? resource);
}

/** Everything of a type, as GET shows it. */
export function readAll(cloud: Cloud, type: string): readonly WireResource[] {
  const kind = embeddingOf(type);
  if (kind !== undefined) return readAll(cloud, kind.parentType).flatMap((parent) => childrenIn(parent, kind));
  return cloud.store.sorted(type).map((resource) => show(cloud, type, resource) ?? resource);
}
