import { risksEverywhere, risksInside, specialNamespaces, type Marks } from './marks';

/** Risks by where they are: `*` is everywhere and the whole cluster, else a namespace. What is everywhere is named once. */
export type RisksByPlace = Readonly<Record<string, readonly string[]>>;

/** What is granted everywhere, and in namespaces. */
export interface Marked {
  readonly everywhere: Marks;
  readonly inside: ReadonlyMap<string, Marks>;
}

/** What marks come to that are granted in a namespace; without one, everywhere. */
export function grantedAt(namespace: string | undefined, marks: Marks): Marked {
  if (namespace === undefined) return { everywhere: marks, inside: new Map() };
  return { everywhere: 0n, inside: new Map([[namespace, marks]]) };
}

/** What several grants come to together. */
export function union(parts: readonly Marked[]): Marked {
  const inside = new Map<string, Marks>();
  let everywhere = 0n;
  for (const part of parts) {
    everywhere |= part.everywhere;
    for (const [namespace, marks] of part.inside) inside.set(namespace, (inside.get(namespace) ?? 0n) | marks);
  }
  return { everywhere, inside };
}

/** Tells the risks of marks. The same marks are judged once, for many subjects and namespaces have them. */
export function placer(): (marked: Marked) => RisksByPlace {
  const known = new Map<string, readonly string[]>();
  const inside = (namespace: string, inIt: Marks, everywhere: Marks): readonly string[] => {
    const key = `${specialNamespaces.includes(namespace) ? namespace : ''} ${inIt} ${everywhere}`;
    const found = known.get(key) ?? risksInside(namespace, inIt, everywhere);
    known.set(key, found);
    return found;
  };
  return ({ everywhere, inside: marks }) => {
    const general = risksEverywhere(everywhere);
    const places = new Set([...marks.keys(), ...(everywhere === 0n ? [] : specialNamespaces)]);
    const found = [...places].map((namespace) => {
      const here = inside(namespace, marks.get(namespace) ?? 0n, everywhere);
      return [namespace, here.filter((id) => !general.includes(id))] as const;
    });
    return Object.fromEntries([['*', general] as const, ...found].filter(([, ids]) => ids.length > 0));
  };
}
