import type { Inventory, Reading } from './inventory';
import type { Resource } from './resource';

/** ARM may say `null` for what is not there: for a rule that reads fields by name both are the same. */
export function withoutNulls<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = cleaned.get(value);
  if (known !== undefined) return known as T;
  const clean = Array.isArray(value) ? value.map((item: unknown) => withoutNulls(item)) : fieldsWithoutNulls(value);
  cleaned.set(value, clean);
  return clean as T;
}

function fieldsWithoutNulls(value: object): object {
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls<unknown>(field)]));
}

/** The same resource, and the same list, is cleaned once, however many ask for it. */
const cleaned = new WeakMap<object, object>();

export function inventoryWithoutNulls(inventory: Inventory): Inventory {
  const clean = <T>(reading: Reading<T>): Reading<T> =>
    reading.state === 'unread' ? reading : { state: 'read', value: withoutNulls(reading.value) };
  return {
    now: inventory.now,
    get: <P>(id: string) => clean(inventory.get<P>(id)),
    list: <P>(type: string, scope: string) => clean(inventory.list<P>(type, scope)),
    provider: (namespace, scope): Reading<Resource | undefined> => inventory.provider(namespace, scope),
    blobs: (endpoint, container, prefix) => inventory.blobs(endpoint, container, prefix),
    objects: (cluster, kind) => inventory.objects(cluster, kind),
  };
}
