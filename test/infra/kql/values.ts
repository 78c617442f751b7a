import type { Column, KqlType } from './kusto';

/** A length of time in milliseconds. */
export class Span {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A value of KQL; `null` is the null of every type but string, which has none. */
export type Value =
  string | number | boolean | Date | Span | null | readonly Value[] | { readonly [key: string]: Value };

export type Row = Readonly<Record<string, Value>>;

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What a column holds where nothing is said (KQL: a string is empty and never null). */
export function missing(type: KqlType): Value {
  return type === 'string' ? '' : null;
}

/** A value as it comes in JSON, by the type of its column. */
export function typed(value: unknown, type: KqlType): Value {
  if (value === null || value === undefined) return missing(type);
  if (type === 'datetime') return dateOf(String(value));
  return value as Value;
}

export function dateOf(text: string): Date | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time);
}

/** By value, for grouping and joining. */
export function keyOf(value: Value): string {
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (value instanceof Span) return `span ${value.ms}`;
  return `${typeof value} ${JSON.stringify(value)}`;
}

export function numberOf(value: Value): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Span) return value.ms;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new Error(`${JSON.stringify(value)} is no number`);
}

/** Text of a value as `tostring` gives it. */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString().replace('Z', '0000Z');
  if (value instanceof Span) return String(value.ms);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Below 0, 0 or above 0; undefined where one is null. */
export function compare(a: Value, b: Value): number | undefined {
  if (a === null || b === null) return undefined;
  if (typeof a === 'string' || typeof b === 'string') {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : Number(left > right);
  }
  return numberOf(a) - numberOf(b);
}

/** `==`: null with null is null, null with anything else is false (KQL: null values). */
export function equals(a: Value, b: Value): boolean | null {
  if (a === null && b === null) return null;
  if (a === null || b === null) return false;
  if (typeof a === 'object' || typeof b === 'object') return keyOf(a) === keyOf(b);
  return a === b;
}

export function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9]/.test(character);

/** `has`: the term stands alone, whatever its case. */
export function hasTerm(text: string, term: string): boolean {
  if (term === '') return true;
  const [whole, part] = [text.toLowerCase(), term.toLowerCase()];
  for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1)) {
    if (!isWordCharacter(whole[at - 1]) && !isWordCharacter(whole[at + part.length])) return true;
  }
  return false;
}
