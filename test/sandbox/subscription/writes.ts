import { badRequest, refusal, scopeLocked } from './answers';
import type { Cloud, ResourceType, Write } from './cloud';
import { putChild } from './children';
import { absent, refuseByEtag, refusePlace, refuseWhileBusy } from './conditions';
import { embeddingOf } from './embedded';
import type { FaultAnswer } from './faults';
import { key, regionName, resourceGroupOf, sameRegion } from './ids';
import type { ResourcePlace } from './ids';
import { acceptedHeaders, asyncHeaders } from './links';
import { lockOf } from './locks';
import type { StartedOperation } from './operations';
import { inState, newEtag, raise } from './stamps';
import { resourceTypeOf } from './types/registry';
import type { Answer, Fields, Request, WireResource } from './wire';
import { fieldsOf, isFields, textOf, without } from './wire';

export interface WriteResult {
  readonly answer: Answer;
  /** The long-running operation that goes on after the answer. */
  readonly operation?: StartedOperation;
}

/** PUT: replaces the whole resource. */
export function put(cloud: Cloud, request: Request, place: ResourcePlace, fault: FaultAnswer | undefined): WriteResult {
  const { body } = request;
  if (!isFields(body)) {
    return {
      answer: badRequest('InvalidRequestContent', 'The request content was invalid and could not be deserialized.'),
    };
  }
  const existing = cloud.read(place.id);
  const write: Write = { place, body, existing, request };
  const definition = resourceTypeOf(place.type);
  const refused =
    refusePlace(cloud, place) ?? refuseState(write, cloud, definition) ?? definition.refuse?.(write, cloud);
  if (refused !== undefined) return { answer: refused };
  const kind = embeddingOf(place.type);
  if (kind !== undefined) return { answer: putChild(cloud, write, kind) };
  return store(cloud, write, definition, fault);
}

/** PATCH: tags are merged; types outside Microsoft.Network also take properties, by the rules of JSON merge patch. */
export function patch(cloud: Cloud, request: Request, place: ResourcePlace): Answer {
  const existing = cloud.store.get(place.id);
  if (existing === undefined) return absent(place);
  const locked = lockOf(place.id, 'write', cloud);
  if (locked !== undefined) return scopeLocked(place.id, 'write', locked);
  const stale = refuseByEtag(request, existing);
  if (stale !== undefined) return stale;
  const tags = mergePatch(existing.tags ?? {}, fieldsOf(request.body, 'tags')) as Record<string, string>;
  const tagsOnly = key(place.type).startsWith('microsoft.network/');
  const merged = tagsOnly ? existing : (mergePatch(existing, without(fieldsOf(request.body), 'tags')) as WireResource);
  const next: WireResource = { ...merged, tags, ...newEtag(resourceTypeOf(place.type)) };
  cloud.store.set(next);
  raise(cloud, request, place, { succeeded: true, existed: true });
  return { status: 200, body: cloud.read(place.id) };
}

function refuseState(write: Write, cloud: Cloud, definition: ResourceType): Answer | undefined {
  const { place, body, existing, request } = write;
  const locked = lockOf(place.id, 'write', cloud);
  if (locked !== undefined) return scopeLocked(place.id, 'write', locked);
  const stale = refuseByEtag(request, existing);
  if (stale !== undefined) return stale;
  if (existing === undefined) {
    const missing = definition.located === true && textOf(body['location']) === '';
    return missing
      ? badRequest('LocationRequired', 'The location property is required for this definition.')
      : undefined;
  }
  const moved = typeof body['location'] === 'string' && existing.location !== undefined;
  if (moved && !sameRegion(textOf(body['location']), existing.location)) return refuseMove(place, existing);
  return refuseWhileBusy(place, existing);
}

const refuseMove = (place: ResourcePlace, existing: WireResource): Answer =>
  refusal(
    409,
    'InvalidResourceLocation',
    `The resource '${place.name}' already exists in location '${existing.location ?? ''}' in resource group ` +
      `'${resourceGroupOf(place.id) ?? ''}'. A resource with the same name cannot be created in another location. ` +
      'Please select a new resource name.',
  );

function store(cloud: Cloud, write: Write, definition: ResourceType, fault: FaultAnswer | undefined): WriteResult {
  const { place, existing } = write;
  const created = existing === undefined;
  const runs = definition.put === 'operation' || (definition.put === 'accepted' && created);
  if (!runs && fault?.kind === 'operationFails') return { answer: refusal(409, fault.code, fault.message) };
  const resource = complete(cloud, write, definition);
  const status = created ? (definition.statuses?.created ?? 201) : (definition.statuses?.updated ?? 200);
  if (!runs) {
    cloud.store.set(inState(resource, 'Succeeded', definition));
    settle(cloud, write, definition, true);
    return { answer: { status, body: cloud.read(place.id) } };
  }
  const pendingState = created ? (definition.pendingState ?? 'Updating') : 'Updating';
  cloud.store.set(inState(resource, pendingState, definition));
  const body = cloud.read(place.id);
  const operation = cloud.operations.start({
    ms: cloud.settings.operationMs,
    fault,
    finish: (error) => {
      finish(cloud, write, definition, error === undefined);
      return { status: 200, body: cloud.read(place.id) };
    },
  });
  if (definition.put === 'accepted') {
    return { answer: { status: 202, headers: acceptedHeaders(cloud, write, operation) }, operation };
  }
  return { answer: { status, headers: asyncHeaders(cloud, write, operation), body }, operation };
}

/** derived: a failed creation of an `accepted` type leaves nothing behind, that of an `operation` type a failed resource. */
function finish(cloud: Cloud, write: Write, definition: ResourceType, succeeded: boolean): void {
  const now = cloud.store.get(write.place.id);
  if (now === undefined) return;
  if (!succeeded && definition.put === 'accepted') cloud.store.remove(now.id);
  else cloud.store.set(inState(now, succeeded ? 'Succeeded' : 'Failed', definition));
  settle(cloud, write, definition, succeeded);
}

function settle(cloud: Cloud, write: Write, definition: ResourceType, succeeded: boolean): void {
  const resource = cloud.store.get(write.place.id);
  if (succeeded && resource !== undefined) definition.written?.(resource, cloud);
  raise(cloud, write.request, write.place, { succeeded, existed: write.existing !== undefined });
}

function complete(cloud: Cloud, { place, body, existing }: Write, definition: ResourceType): WireResource {
  const sent = without(body, 'id', 'name', 'type', 'etag', 'systemData');
  const location = typeof sent['location'] === 'string' ? { location: regionName(sent['location']) } : {};
  const identity = { id: place.id, name: place.name, type: place.type };
  const resource: WireResource = { ...identity, ...sent, ...location, ...newEtag(definition) };
  return definition.complete?.(resource, existing, cloud) ?? resource;
}

/** RFC 7396. */
function mergePatch(target: unknown, change: unknown): unknown {
  if (!isFields(change)) return change;
  const result: Record<string, unknown> = { ...fieldsOf(target) };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = mergePatch(result[name], value);
  }
  return result as Fields;
}
