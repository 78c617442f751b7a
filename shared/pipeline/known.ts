import {
  isUntold,
  keyOfQuery,
  objectsPrefix,
  type Blob,
  type Inventory,
  type Query,
  type Reading,
} from '../core/inventory';
import type { KubernetesObject } from '../core/kubernetes-object';
import type { Found, Read } from '../core/ports';
import { InputError } from '../core/errors';
import { keyOf, keyOfResource, parseId, replaced, typeOf, withoutId, type Resource } from '../core/resource';

/** What has been read so far, as an immutable value. */
export interface Known {
  readonly reads: ReadonlyMap<string, Reading<Found>>;
  /** When the oldest answer was read that an event could make untrue. */
  readonly since: string;
}

export function nothingKnown(since: string): Known {
  return { reads: new Map(), since };
}

export function withReads(known: Known, reads: readonly Read[]): Known {
  return {
    since: reads.reduce(
      (oldest, { query, readAt }) => (readAt < oldest && !isUntold(query) ? readAt : oldest),
      known.since,
    ),
    reads: new Map([...known.reads, ...reads.map(({ query, result }) => [keyOfQuery(query), result] as const)]),
  };
}

/** Lets go of the objects of clusters: those of one cluster serve nobody who judges another. */
export function withoutObjects(known: Known): Known {
  const others = [...known.reads].filter(([key]) => !key.startsWith(objectsPrefix));
  return others.length === known.reads.size ? known : { ...known, reads: new Map(others) };
}

/** Knows a resource as it is after a write, by its id and in the list that it belongs to. */
export function withResource(known: Known, resource: Resource): Known {
  const reads = new Map(known.reads);
  reads.set(keyOf(resource.id), { state: 'read', value: resource });
  for (const scope of scopesOf(resource.id)) {
    const key = keyOfQuery({ kind: 'list', type: resource.type, scope });
    const list = reads.get(key);
    if (list?.state === 'read' && Array.isArray(list.value))
      reads.set(key, { state: 'read', value: replaced(list.value, resource) });
  }
  return { ...known, reads };
}

/** Knows that there is no resource of that id, in the list that it would belong to as well. */
export function withoutResource(known: Known, id: string): Known {
  const reads = new Map(known.reads);
  reads.set(keyOf(id), { state: 'read', value: undefined });
  for (const scope of scopesOf(id)) {
    const key = keyOfQuery({ kind: 'list', type: typeOf(id), scope });
    const list = reads.get(key);
    if (list?.state === 'read' && Array.isArray(list.value))
      reads.set(key, { state: 'read', value: withoutId(list.value, id) });
  }
  return { ...known, reads };
}

/** The scopes whose lists a resource appears in: its parent, or its subscription. */
export function scopesOf(id: string): readonly string[] {
  const { parent, subscriptionId } = parseId(id);
  return [
    ...(parent === undefined ? [] : [parent]),
    ...(subscriptionId === '' ? [] : [`/subscriptions/${subscriptionId}`]),
  ];
}

/** A view on what is known that notes what it was asked. */
export interface View {
  readonly inventory: Inventory;
  readonly missing: ReadonlyMap<string, Query>;
  readonly lookedAt: ReadonlySet<string>;
}

export function viewOf(known: Known, now: string): View {
  const missing = new Map<string, Query>();
  const lookedAt = new Set<string>();
  const ask = (query: Query): Reading<Found> => {
    const key = keyOfQuery(query);
    if (!isUntold(query)) lookedAt.add(key);
    const malformed = query.kind === 'get' ? complaintAbout(query.id) : undefined;
    if (malformed !== undefined) return { state: 'unread', reason: malformed };
    const found = known.reads.get(key) ?? fromList(query, known);
    if (found === undefined) missing.set(key, query);
    return found ?? { state: 'unread', reason: 'it has not been read yet' };
  };
  const inventory: Inventory = {
    now,
    get: <P>(id: string) => ask({ kind: 'get', id }) as Reading<Resource<P> | undefined>,
    provider: (namespace, scope) => ask({ kind: 'provider', namespace, scope }) as Reading<Resource | undefined>,
    blobs: (endpoint, container, prefix) =>
      ask({ kind: 'blobs', endpoint, container, prefix }) as Reading<readonly Blob[]>,
    objects: (cluster, { group, version, plural }) =>
      ask({ kind: 'objects', cluster, group, version, plural }) as Reading<readonly KubernetesObject[]>,
    list: <P>(type: string, scope: string) => ask({ kind: 'list', type, scope }) as Reading<readonly Resource<P>[]>,
  };
  return { inventory, missing, lookedAt };
}

/** Azure's own data may name what is no id. */
function complaintAbout(id: string): string | undefined {
  try {
    parseId(id);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** A resource is answered from the list of its type, where that was read; one that is not in it does not exist. */
function fromList(query: Query, known: Known): Reading<Found> | undefined {
  if (query.kind !== 'get') return undefined;
  const { type } = parseId(query.id);
  const lists = scopesOf(query.id)
    .map((scope) => known.reads.get(keyOfQuery({ kind: 'list', type, scope })))
    .flatMap((list) => (list?.state === 'read' ? [list.value as readonly Resource[]] : []));
  if (lists.length === 0) return undefined;
  const key = keyOf(query.id);
  return { state: 'read', value: lists.map((list) => indexOf(list).get(key)).find((one) => one !== undefined) };
}

const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();

/** By the keys of their ids; made once for each list. */
function indexOf(list: readonly Resource[]): ReadonlyMap<string, Resource> {
  const known = indexes.get(list);
  if (known !== undefined) return known;
  const index = new Map(list.map((one) => [keyOfResource(one), one]));
  indexes.set(list, index);
  return index;
}
