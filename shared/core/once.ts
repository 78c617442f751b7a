/** Gives a function its answer of the last time for the same list: lists do not change, and many subjects ask for them. */
export function oncePerList<L extends readonly unknown[], T>(work: (list: L) => T): (list: L) => T {
  const worked = new WeakMap<L, { readonly value: T }>();
  return (list) => {
    const known = worked.get(list) ?? { value: work(list) };
    worked.set(list, known);
    return known.value;
  };
}
