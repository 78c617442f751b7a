/**
 * Finds the members of a list that have a key, as their namespace. Each list is grouped once: whoever asks for every
 * namespace of a big cluster does not go through all of it again and again. Lists must not change afterwards.
 */
export function groupedBy<T>(keyOf: (one: T) => string): (list: readonly T[], key: string) => readonly T[] {
  const known = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  return (list, key) => {
    const groups = known.get(list) ?? Map.groupBy(list, keyOf);
    known.set(list, groups);
    return groups.get(key) ?? [];
  };
}
