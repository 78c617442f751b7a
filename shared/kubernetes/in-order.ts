import type { KubernetesObject } from './object';

const known = new WeakMap<readonly KubernetesObject[], readonly KubernetesObject[]>();

/**
 * The objects by namespace, kind and name, whatever order they were read in: what is told of them must not change by it.
 * The same list is put in order once.
 */
export function inOrder(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const ordered = known.get(objects) ?? sorted(objects);
  known.set(objects, ordered);
  return ordered;
}

function sorted(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const keyed = objects.map((object) => ({ object, key: keyOf(object) }));
  return keyed.toSorted((a, b) => compared(a.key, b.key)).map(({ object }) => object);
}

/** Character by character, as no locale changes it. */
export function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const keyOf = ({ apiVersion, kind, metadata: { namespace = '', name = '' } }: KubernetesObject): string =>
  [namespace, kind, name, apiVersion.split('/', 1)[0]].join(' ');
