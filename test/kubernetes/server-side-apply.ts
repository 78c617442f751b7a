import { isFields, type Fields } from '../../shared/kubernetes/fields';
import { objectIdOf, referenceOf } from '../../shared/kubernetes/ids';
import type { KubernetesObject } from '../../shared/kubernetes/object';

/**
 * Lists that server-side apply merges item by item, with the fields by which it finds an item (`x-kubernetes-list-map-keys`
 * of the API); every other list is replaced as a whole.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
};
const PORTS = { containers: ['containerPort', 'protocol'], spec: ['port', 'protocol'] } as const;

/** Maps that are replaced as a whole (`x-kubernetes-map-type: atomic`): selectors and references. */
const ATOMIC =
  /^(selector|podSelector|namespaceSelector|labelSelector|nodeSelector|roleRef|.*KeyRef|resourceFieldRef)$/;

/** Of the list at a path, in which the items of lists are `*`. */
function keysOf(path: readonly string[]): readonly string[] | undefined {
  const field = path.at(-1) ?? '';
  if (field !== 'ports') return KEYS[field];
  if (path.at(-2) === '*' && /ontainers$/.test(path.at(-3) ?? '')) return PORTS.containers;
  return path.join('.') === 'spec.ports' ? PORTS.spec : undefined;
}

/** The value after a patch was applied to it, as by an API server when nobody else claims the fields. */
export function merged(current: unknown, patch: unknown, path: readonly string[] = []): unknown {
  const keys = keysOf(path);
  if (Array.isArray(patch) && keys !== undefined) return mergedList(current, patch, { keys, path });
  if (!isFields(patch) || !isFields(current) || ATOMIC.test(path.at(-1) ?? '')) return patch;
  const changed = Object.entries(patch).map(([name, value]) => [name, merged(current[name], value, [...path, name])]);
  return { ...current, ...(Object.fromEntries(changed) as Fields) };
}

interface List {
  readonly keys: readonly string[];
  readonly path: readonly string[];
}

function mergedList(current: unknown, patch: readonly unknown[], { keys, path }: List): readonly unknown[] {
  const items: unknown[] = Array.isArray(current) ? [...(current as readonly unknown[])] : [];
  for (const one of patch) {
    const at = items.findIndex((item) => keyOf(item, keys) === keyOf(one, keys));
    if (at < 0) items.push(one);
    else items[at] = merged(items[at], one, [...path, '*']);
  }
  return items;
}

/** A protocol that is not said is TCP. */
const keyOf = (item: unknown, keys: readonly string[]): string =>
  JSON.stringify(keys.map((key) => (isFields(item) ? (item[key] ?? (key === 'protocol' ? 'TCP' : null)) : null)));

const idOf = (object: KubernetesObject): string => objectIdOf('', referenceOf(object));

/** The objects of a cluster after others were applied. */
export function applied(
  objects: readonly KubernetesObject[],
  patches: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const all = new Map(objects.map((object) => [idOf(object), object]));
  for (const patch of patches) all.set(idOf(patch), merged(all.get(idOf(patch)), patch) as KubernetesObject);
  return [...all.values()];
}

/** Paths of fields that a patch names although they are so already; what tells items of lists apart has to be named. */
export function idle(current: unknown, patch: unknown, path: readonly string[] = []): readonly string[] {
  const keys = keysOf(path);
  if (Array.isArray(patch) && keys !== undefined && Array.isArray(current))
    return patch.flatMap((one: unknown) => {
      const item = (current as readonly unknown[]).find((other) => keyOf(other, keys) === keyOf(one, keys));
      return isFields(one) ? idle(item, without(one, keys), [...path, '*']) : [];
    });
  if (isFields(patch) && isFields(current) && !ATOMIC.test(path.at(-1) ?? ''))
    return Object.entries(patch).flatMap(([name, value]) => idle(current[name], value, [...path, name]));
  return current !== undefined && JSON.stringify(current) === JSON.stringify(patch) ? [path.join('.')] : [];
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
