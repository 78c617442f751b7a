import { randomUUID } from 'node:crypto';
import type { Cloud, ResourceType } from './cloud';
import type { ResourcePlace } from './ids';
import type { Request, WireResource } from './wire';

export const newEtag = (definition: ResourceType): { readonly etag?: string } =>
  definition.hasEtag ? { etag: `W/"${randomUUID()}"` } : {};

export function inState(resource: WireResource, state: string, definition: ResourceType): WireResource {
  if (!definition.hasProvisioningState) return resource;
  return { ...resource, properties: { ...resource.properties, provisioningState: state } };
}

export function raise(
  cloud: Cloud,
  request: Request,
  place: ResourcePlace,
  how: { readonly succeeded: boolean; readonly existed: boolean },
): void {
  const verb = request.method === 'DELETE' ? 'delete' : 'write';
  cloud.events.raise({ id: place.id, type: place.type, verb, request, ...how });
}
