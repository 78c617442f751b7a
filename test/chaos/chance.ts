/** Chance that a seed decides: the same seed, the same story. */
export interface Chance {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number from 0, below `most`. */
  below(most: number): number;
  between(least: number, most: number): number;
  holds(probability: number): boolean;
  pick<T>(some: readonly T[]): T;
}

/** Mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (most: number): number => Math.floor(next() * most);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    holds: (probability) => next() < probability,
    pick: (some) => some[below(some.length)]!,
  };
}

/** From 0 to 1, by the seed and a key alone: what is taken out of a schedule leaves the rest as it was. */
export function chanceOf(seed: number, key: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return chance(hash).next();
}
