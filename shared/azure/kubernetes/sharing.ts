import { isFields } from './fields';

/** So many different parts are remembered at once. */
const mostParts = 20_000;

/** Where a container's fields are: above it, parts have names of their own. */
const depth = 3;

/**
 * Gives equal parts of the objects of a list the same memory: the pods of a workload differ in little. And lets go of the text
 * that they were parsed from: what JSON.parse makes of a text of some length keeps all of it (V8: sliced strings).
 */
export function sharing(): <T>(value: T) => T {
  const texts = new Map<string, string>();
  const parts = new Map<string, object>();

  const text = (value: string): string => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    const copy = copyOf(value);
    return remembered(texts, copy, copy);
  };

  const part = (value: object): object => {
    const key = JSON.stringify(value);
    return parts.get(key) ?? remembered(parts, key, copied(value, Infinity) as object);
  };

  const copied = (value: unknown, levels: number): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (levels === 0) return part(value);
    if (Array.isArray(value)) return value.map((one) => copied(one, levels));
    if (!isFields(value)) return value;
    const fields: Record<string, unknown> = {};
    for (const name of Object.keys(value)) fields[name] = copied(value[name], levels - 1);
    return fields;
  };

  return <T>(value: T) => copied(value, depth) as T;
}

function remembered<T>(known: Map<string, T>, key: string, value: T): T {
  if (known.size >= mostParts) known.clear();
  known.set(key, value);
  return value;
}

function copyOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
