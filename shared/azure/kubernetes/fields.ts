export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function without(fields: Fields, names: readonly string[]): Fields {
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) if (!names.includes(name)) rest[name] = fields[name];
  return rest;
}

export function only(fields: Fields, names: readonly string[]): Fields {
  const some: Record<string, unknown> = {};
  for (const name of names) if (fields[name] !== undefined) some[name] = fields[name];
  return some;
}
