import type { Action } from './control';
import { same, type Json } from './resource';

/** A field that a write changes. Absent: there is none. */
export interface FieldDifference {
  /** As `properties.retentionPolicy.days`, `properties.policy.rules[archive].enabled`. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * What a write would change, field by field: shown before it is made, kept in the ledger after. Fields that look like
 * secrets are masked on both sides.
 */
export function differencesOf({ before, body, without = [], drops = [] }: Action): readonly FieldDifference[] {
  const found = (before ?? {}) as Fields;
  const changed = fieldsThatDiffer(found, body as Fields, '');
  const dropped = [...new Set([...without, ...drops])]
    .map((path) => ({ path, value: valueAt(found, path) }))
    .filter(({ value }) => value !== undefined && value !== null && value !== '')
    .map(({ path, value }): FieldDifference => masked({ path, before: value as Json }));
  return [...changed, ...dropped];
}

/** One line, as `properties.enabled: false → true`. */
export function lineOf({ path, before, after }: FieldDifference): string {
  return `${path}: ${before === undefined ? 'nothing' : JSON.stringify(before)} → ${after === undefined ? 'nothing' : JSON.stringify(after)}`;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsThatDiffer(before: Fields, after: Fields, path: string): readonly FieldDifference[] {
  return Object.entries(after).flatMap(([name, value]) =>
    value === undefined ? [] : valuesThatDiffer(fieldOf(before, name), value, path === '' ? name : `${path}.${name}`),
  );
}

function valuesThatDiffer(before: unknown, after: unknown, path: string): readonly FieldDifference[] {
  if (isFields(after)) return fieldsThatDiffer(isFields(before) ? before : {}, after, path);
  if (Array.isArray(after) && after.length > 0 && after.every(hasName)) {
    const items = (Array.isArray(before) ? before : []).filter(hasName);
    return [
      ...after.flatMap((item) =>
        valuesThatDiffer(
          items.find(({ name }) => name === item.name),
          item,
          `${path}[${item.name}]`,
        ),
      ),
      ...items
        .filter(({ name }) => !after.some((item) => item.name === name))
        .map((item) => masked({ path: `${path}[${item.name}]`, before: item as unknown as Json })),
    ];
  }
  if (isEqual(before, after)) return [];
  return [masked({ path, ...(before !== undefined && { before: before as Json }), after: after as Json })];
}

/** Ids compare as Azure compares them, wherever they are. */
function isEqual(before: unknown, after: unknown): boolean {
  if (typeof before === 'string' && typeof after === 'string' && after.startsWith('/')) return same(before, after);
  return JSON.stringify(before) === JSON.stringify(after);
}

const secret = /(key|secret|password|token|credential|connectionstring|sas)$/i;
const mask = '***';

function masked({ path, before, after }: FieldDifference): FieldDifference {
  return {
    path,
    ...(before !== undefined && { before: withoutSecrets(before, nameIn(path)) }),
    ...(after !== undefined && { after: withoutSecrets(after, nameIn(path)) }),
  };
}

/** The value with every text masked whose field is named as a secret is. */
export function withoutSecrets(value: Json, name = ''): Json {
  if (typeof value === 'string') return secret.test(name) && value !== '' ? mask : value;
  if (Array.isArray(value)) return value.map((item: Json) => withoutSecrets(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, withoutSecrets(inner as Json, field)]),
  );
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function fieldOf(fields: Fields, name: string): unknown {
  if (!name.startsWith('/')) return fields[name];
  const spelled = Object.keys(fields).find((other) => same(other, name));
  return spelled === undefined ? undefined : fields[spelled];
}

/** What is at a path of names, as `properties.recordTypes`. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) found = isFields(found) ? found[name] : undefined;
  return found;
}

interface Named {
  readonly name: string;
}

function hasName(item: unknown): item is Named {
  return isFields(item) && typeof item['name'] === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
