import type { KubernetesObject } from './object';

/** The objects in an order of their own, whatever order they were read in: what is told of them must not change by it. */
export function inOrder(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const keyed = objects.map((object) => ({ object, key: keyOf(object) }));
  return keyed.toSorted((a, b) => compared(a.key, b.key)).map(({ object }) => object);
}

/** Character by character, as no locale changes it. */
export function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const keyOf = ({ apiVersion, kind, metadata: { namespace = '', name = '' } }: KubernetesObject): string =>
  [namespace, kind, name, apiVersion].join(' ');
