import { key, same, typeOf } from './ids';
import type { WireResource } from './wire';

/** Every resource of the simulated cloud, by id and by type, without regard to case. */
export interface Store {
  get(id: string): WireResource | undefined;
  /** Keeps the casing of the id, name and type that were stored first. */
  set(resource: WireResource): void;
  remove(id: string): void;
  /** In no particular order. */
  ofType(type: string): Iterable<WireResource>;
  /** In the order of their ids, so that a page can start after the last id of the page before it. */
  sorted(type: string): readonly WireResource[];
  /** The types of which there is a resource. */
  types(): readonly string[];
  /** Everything whose id continues the given one. */
  below(id: string): readonly WireResource[];
  /** A value computed from all resources of some types, recomputed only after one of them changed. */
  derived<T>(types: readonly string[], compute: () => T): () => T;
}

export function createStore(): Store {
  const byId = new Map<string, WireResource>();
  const byType = new Map<string, Shelf>();

  const shelfOf = (type: string): Shelf => {
    const found = byType.get(key(type));
    if (found !== undefined) return found;
    const shelf: Shelf = { resources: new Map(), sorted: undefined, version: 0 };
    byType.set(key(type), shelf);
    return shelf;
  };
  const change = (id: string, type: string, resource: WireResource | undefined): void => {
    const shelf = shelfOf(type);
    if (resource === undefined) shelf.resources.delete(key(id));
    else shelf.resources.set(key(id), resource);
    shelf.sorted = undefined;
    shelf.version += 1;
  };

  return {
    get: (id) => byId.get(key(id)),
    set(resource) {
      const before = byId.get(key(resource.id));
      const kept = before === undefined ? resource : { ...resource, ...casingOf(before) };
      byId.set(key(kept.id), kept);
      change(kept.id, typeOf(kept.id), kept);
    },
    remove(id) {
      if (byId.delete(key(id))) change(id, typeOf(id), undefined);
    },
    ofType: (type) => shelfOf(type).resources.values(),
    sorted(type) {
      const shelf = shelfOf(type);
      shelf.sorted ??= [...shelf.resources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
      return shelf.sorted;
    },
    types: () =>
      [...byType.values()].flatMap(({ resources }) => [...resources.values()].slice(0, 1).map(({ id }) => typeOf(id))),
    below: (id) => {
      const prefix = `${key(id)}/`;
      return [...byId].filter(([found]) => found.startsWith(prefix)).map(([, resource]) => resource);
    },
    derived(types, compute) {
      let seen = -1;
      let value: ReturnType<typeof compute> | undefined;
      return () => {
        const now = types.map((type) => shelfOf(type).version).reduce((sum, version) => sum + version, 0);
        if (value === undefined || now !== seen) value = compute();
        seen = now;
        return value;
      };
    },
  };
}

interface Shelf {
  readonly resources: Map<string, WireResource>;
  sorted: readonly WireResource[] | undefined;
  version: number;
}

function casingOf(resource: WireResource): Partial<WireResource> {
  const { id, name, type } = resource;
  return { id, ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) };
}

/** Whether a reference `{id}` names the resource. */
export const refersTo = (reference: { readonly id?: unknown }, id: string): boolean =>
  typeof reference.id === 'string' && same(reference.id, id);
