import type { Action } from './control';
import type { Json } from './resource';

/** A field that a write changes. */
export interface FieldDifference {
  /** As `properties.retentionPolicy.days`. */
  readonly path: string;
  /** Absent: the field is not there yet. */
  readonly before?: Json;
  /** Absent: the field is taken away. */
  readonly after?: Json;
}

/** What a write changes, field by field, secrets masked. A list counts as one field. */
export function differencesOf({ body, before, without = [] }: Action): readonly FieldDifference[] {
  const written = leavesOf(body, '').flatMap(({ path, value }): readonly FieldDifference[] => {
    const found = valueAt(before, path);
    if (JSON.stringify(found) === JSON.stringify(value)) return [];
    return [{ path, ...(found !== undefined && { before: masked(path, found) }), after: masked(path, value) }];
  });
  const dropped = without.flatMap((path) => {
    const found = valueAt(before, path);
    return found === undefined || found === null ? [] : [{ path, before: masked(path, found) }];
  });
  return [...written, ...dropped];
}

interface Leaf {
  readonly path: string;
  readonly value: Json;
}

function leavesOf(value: unknown, path: string): readonly Leaf[] {
  if (value === undefined) return [];
  if (!isRecord(value) || (Object.keys(value).length === 0 && path !== '')) return [{ path, value: value as Json }];
  return Object.entries(value).flatMap(([name, field]) => leavesOf(field, path === '' ? name : `${path}.${name}`));
}

function valueAt(resource: unknown, path: string): Json | undefined {
  let value: unknown = resource;
  for (const name of path.split('.')) value = isRecord(value) ? value[name] : undefined;
  return value as Json | undefined;
}

function masked(path: string, value: Json): Json {
  return /(key|secret|password|token|connectionstring|sas)$/i.test(path) ? '***' : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
