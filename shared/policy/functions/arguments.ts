import { isArray, isObject, shown, VALUE_LIMITS, type Json, type JsonObject } from '../json';

/** A template function of the language: pure, on evaluated arguments. It throws a FunctionFailure. */
export interface TemplateFunction {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Json[]) => Json;
}

/** A function that cannot answer for these arguments. Azure's evaluation fails there too. */
export class FunctionFailure extends Error {
  override readonly name = 'FunctionFailure';
}

export const fail = (message: string): never => {
  throw new FunctionFailure(message);
};

type Call = TemplateFunction['call'];

/** A function with a fixed number of arguments, or one between two numbers. */
export const define = (name: string, arity: number | readonly [number, number], call: Call): TemplateFunction => {
  const [least, most] = typeof arity === 'number' ? [arity, arity] : arity;
  return { name, least, most, call };
};

export const MANY = Number.POSITIVE_INFINITY;

/** An argument by position; absent ones read as null. */
export const argument = (args: readonly Json[], position: number): Json => args[position] ?? null;

/** A text; null reads as the empty one. */
export function textAt(args: readonly Json[], position: number): string {
  const value = argument(args, position);
  if (value === null) return '';
  return typeof value === 'string' ? value : fail(`a text is needed, not ${shown(value)}`);
}

export function integerAt(args: readonly Json[], position: number): number {
  const value = argument(args, position);
  return isInteger(value) ? value : fail(`a whole number is needed, not ${shown(value)}`);
}

export function numberAt(args: readonly Json[], position: number): number {
  const value = argument(args, position);
  return typeof value === 'number' ? value : fail(`a number is needed, not ${shown(value)}`);
}

export function booleanAt(args: readonly Json[], position: number): boolean {
  const value = argument(args, position);
  return typeof value === 'boolean' ? value : fail(`true or false is needed, not ${shown(value)}`);
}

export function arrayAt(args: readonly Json[], position: number): readonly Json[] {
  const value = argument(args, position);
  return isArray(value) ? value : fail(`an array is needed, not ${shown(value)}`);
}

export function objectAt(args: readonly Json[], position: number): JsonObject {
  const value = argument(args, position);
  return isObject(value) ? value : fail(`an object is needed, not ${shown(value)}`);
}

export const isInteger = (value: Json): value is number => typeof value === 'number' && Number.isInteger(value);

/** A text that grows past Azure's limit is a failure, before memory is spent on it. */
export function withinLimit(characters: number): void {
  if (characters > VALUE_LIMITS.characters) fail(`a text of ${characters} characters is longer than Azure allows`);
}

/** JSON on one line, of a value that is not too long for a text. */
export function jsonText(value: Json): string {
  withinLimit(charactersOf(value));
  return JSON.stringify(value);
}

function charactersOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  const members = isArray(value) ? value : Object.values(value);
  return members.map(charactersOf).reduce((sum, count) => sum + count, 0);
}
