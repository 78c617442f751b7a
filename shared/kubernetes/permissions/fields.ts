/** A value of an object that nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that is an object; anything else counts as an empty one. */
export function fieldsOf(value: unknown, name: string): Fields {
  const inner = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isFields(inner) ? inner : {};
}

/** A field that is a text which says something. */
export function textOf(value: unknown, name: string): string | undefined {
  const inner = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof inner === 'string' && inner !== '' ? inner : undefined;
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const inner = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : [];
}

/** The members of a map that are texts, as labels are. */
export function textsOf(value: Fields): ReadonlyMap<string, string> {
  return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** What a field has that the API server decodes into another type: it refuses the whole object then. */
export type Kind = 'text' | 'list' | 'object' | 'texts';

/** A complaint about a field that has the wrong type; absent and null are as good as empty. */
export function wrongType(value: unknown, kind: Kind, path: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (kind === 'text') return typeof value === 'string' ? [] : [`${path} has to be a text`];
  if (kind === 'object') return isFields(value) ? [] : [`${path} has to be an object`];
  if (!Array.isArray(value)) return [`${path} has to be a list`];
  const odd = value.findIndex((member) => member !== null && typeof member !== 'string');
  return kind === 'texts' && odd >= 0 ? [`${path}[${odd}] has to be a text`] : [];
}
