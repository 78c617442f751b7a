import { compare, dateOf, missing, numberOf, Span, textOf, type Value } from './values';

/** Functions whose arguments are values. What is not here is not supported, and throws. */
export const functions: Readonly<Record<string, (...given: readonly Value[]) => Value>> = {
  abs: (value = null) => (value === null ? null : Math.abs(numberOf(value))),
  array_length: (value = null) => (Array.isArray(value) ? value.length : null),
  array_slice: (list = null, from = 0, to = 0) =>
    Array.isArray(list) ? (list as readonly Value[]).slice(Number(from), Number(to) + 1) : null,
  array_sort_asc: (list = null) =>
    Array.isArray(list) ? (list as readonly Value[]).toSorted((a, b) => compare(a, b) ?? 0) : null,
  bin: (value = null, size = null) => bin(value, size),
  coalesce: (...values) => values.find((value) => value !== null && value !== '') ?? values.at(-1) ?? null,
  datetime_diff: (unit = '', a = null, b = null) => datetimeDiff(textOf(unit), a, b),
  extract: (pattern = '', group = 0, text = '') =>
    new RegExp(textOf(pattern)).exec(textOf(text))?.[Number(group)] ?? '',
  isempty: (value = null) => value === null || value === '',
  isnotempty: (value = null) => value !== null && value !== '',
  isnull: (value = null) => value === null,
  isnotnull: (value = null) => value !== null,
  max_of: (...values) => extreme(values, 1),
  min_of: (...values) => extreme(values, -1),
  not: (value = null) => (value === null ? null : value !== true),
  pack_array: (...values) => values,
  parse_json: (value = null) => parsed(value),
  replace_string: (text = '', from = '', to = '') => textOf(text).replaceAll(textOf(from), textOf(to)),
  round: (value = null, digits = 0) => (value === null ? null : Number(numberOf(value).toFixed(Number(digits)))),
  split: (text = '', delimiter = '') => textOf(text).split(textOf(delimiter)),
  strcat: (...values) => values.map(textOf).join(''),
  strcat_array: (list = null, delimiter = '') =>
    Array.isArray(list) ? list.map(textOf).join(textOf(delimiter)) : missing('string'),
  strlen: (text = '') => textOf(text).length,
  todatetime: (value = null) => (value instanceof Date || value === null ? value : dateOf(textOf(value))),
  todouble: (value = null) => asNumber(value),
  todynamic: (value = null) => parsed(value),
  toint: (value = null) => truncated(asNumber(value)),
  tolong: (value = null) => truncated(asNumber(value)),
  tolower: (text = '') => textOf(text).toLowerCase(),
  toreal: (value = null) => asNumber(value),
  tostring: (value = null) => textOf(value),
  toupper: (text = '') => textOf(text).toUpperCase(),
  trim: (pattern = '', text = '') =>
    textOf(text).replace(new RegExp(`^(${textOf(pattern)})|(${textOf(pattern)})$`, 'g'), ''),
};

export function bin(value: Value, size: Value): Value {
  if (value === null || size === null) return null;
  const step = numberOf(size);
  const floor = Math.floor(numberOf(value) / step) * step;
  if (value instanceof Date) return new Date(floor);
  return value instanceof Span ? new Span(floor) : floor;
}

const unitsMs: Readonly<Record<string, number>> = {
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

/** Boundaries of the unit between two times: from 09:59 to 10:01 is one hour. */
function datetimeDiff(unit: string, a: Value, b: Value): Value {
  const ms = unitsMs[unit.toLowerCase()];
  if (ms === undefined) throw new Error(`datetime_diff of ${unit} is not supported`);
  if (a === null || b === null) return null;
  return Math.floor(numberOf(a) / ms) - Math.floor(numberOf(b) / ms);
}

function extreme(values: readonly Value[], sign: number): Value {
  return values
    .filter((value) => value !== null)
    .reduce<Value>((best, value) => (best === null || (compare(value, best) ?? 0) * sign > 0 ? value : best), null);
}

function parsed(value: Value): Value {
  if (typeof value !== 'string') return value;
  try {
    return value === '' ? null : (JSON.parse(value) as Value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

function asNumber(value: Value): number | null {
  if (value === null) return null;
  if (value instanceof Date || value instanceof Span) return numberOf(value) * 10_000;
  if (typeof value === 'string') return /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
  return numberOf(value);
}

function truncated(value: number | null): number | null {
  return value === null ? null : Math.trunc(value);
}
