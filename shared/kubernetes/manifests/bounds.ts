const MAX_VALUES = 2_000_000;
const MAX_DEPTH = 200;

/**
 * Undefined when a value nests no deeper and holds no more values than anything that a cluster stores; else what is wrong.
 * What aliases share counts each time. Goes level by level, for a deep value is too much for a function that calls itself.
 */
export function valuesWithin(value: unknown): string | undefined {
  let level: readonly unknown[] = [value];
  let count = 0;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    level = below(level, MAX_VALUES - count);
    count += level.length;
    if (count > MAX_VALUES) return `holds more than ${MAX_VALUES} values, aliases counted each time`;
    if (level.length === 0) return undefined;
  }
  return `nests deeper than ${MAX_DEPTH} levels`;
}

/** The values that a level's values hold; not many more than are allowed. */
function below(level: readonly unknown[], allowed: number): readonly unknown[] {
  const found: unknown[] = [];
  for (const one of level) {
    if (typeof one === 'object' && one !== null) append(found, Object.values(one));
    if (found.length > allowed) break;
  }
  return found;
}

function append(list: unknown[], values: readonly unknown[]): void {
  for (const value of values) list.push(value);
}
