import { badRequest, notFound, scopeLocked } from './answers';
import type { Cloud } from './cloud';
import { nameOf, placeOf } from './ids';
import type { ResourcePlace } from './ids';
import { lockOf } from './locks';
import { raise } from './stamps';
import type { Answer, Request, WireResource } from './wire';
import { fieldsOf, textOf } from './wire';

type Tags = Readonly<Record<string, string>>;

const mostTags = 50;

/**
 * The tags of a resource or resource group as a resource of their own (Resource Manager: Tags). Undefined for a method
 * that is not known here.
 */
export function answerTags(cloud: Cloud, request: Request, place: ResourcePlace): Answer | undefined {
  const { method } = request;
  const resource = cloud.store.get(place.scope);
  if (method !== 'GET' && method !== 'PATCH') return undefined;
  if (resource === undefined) {
    const missing = placeOf(place.scope);
    return missing.kind === 'resource' ? notFound.resourceGroup(nameOf(place.scope)) : notFound.page();
  }
  return method === 'GET' ? shown(place, resource.tags) : merge(cloud, request, place, resource);
}

function shown(place: ResourcePlace, tags: Tags = {}): Answer {
  return {
    status: 200,
    body: { id: place.id, name: 'default', type: 'Microsoft.Resources/tags', properties: { tags } },
  };
}

function merge(cloud: Cloud, request: Request, place: ResourcePlace, resource: WireResource): Answer {
  const locked = lockOf(place.scope, 'write', cloud);
  if (locked !== undefined) return scopeLocked(place.id, 'write', locked);
  const operation = textOf(fieldsOf(request.body)['operation']);
  const given = fieldsOf(request.body, 'properties', 'tags') as Tags;
  const tags = tagsAfter(operation, (resource.tags ?? {}) as Tags, given);
  if (tags === undefined) return badRequest('InvalidTagOperation', `The tag operation '${operation}' is not valid.`);
  if (Object.keys(tags).length > mostTags)
    return badRequest('InvalidTagCount', `A resource has at most ${String(mostTags)} tags.`);
  cloud.store.set({ ...resource, tags });
  raise(cloud, request, place, { succeeded: true, existed: true });
  return shown(place, tags);
}

function tagsAfter(operation: string, before: Tags, given: Tags): Tags | undefined {
  switch (operation) {
    case 'Merge':
      return { ...before, ...given };
    case 'Replace':
      return given;
    case 'Delete':
      return Object.fromEntries(Object.entries(before).filter(([name]) => !(name in given)));
    default:
      return undefined;
  }
}
