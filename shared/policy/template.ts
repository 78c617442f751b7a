import { isArray, type Json } from './json';
import { ExpressionError, parseExpression, type Expression } from './parse-expression';

/** A value as a rule writes it: literal, or with expressions in it, also inside arrays and objects. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly text: string }
  | { readonly kind: 'array'; readonly members: readonly Template[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] };

/** Something in a definition that is wrong, with its place: `if.allOf[1].value`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Deeper than any rule that Azure accepts. */
export const RULE_DEPTH = 128;

/**
 * Reads a value of a rule. A text from `[` to `]` is an expression, unless it begins with `[[`: then one bracket is
 * dropped and the rest is literal. `[]` is literal. What is wrong goes to `report`.
 */
export function readTemplate(value: Json, path: string, report: (problem: Problem) => void): Template {
  return read(value, { path, report, depth: 0 });
}

interface Place {
  readonly path: string;
  readonly report: (problem: Problem) => void;
  readonly depth: number;
}

function read(value: Json, place: Place): Template {
  if (typeof value === 'string') return readString(value, place);
  if (typeof value !== 'object' || value === null) return { kind: 'literal', value };
  if (place.depth >= RULE_DEPTH) {
    place.report({ path: place.path, message: `values nest at most ${RULE_DEPTH} deep` });
    return { kind: 'literal', value: null };
  }
  if (isArray(value)) {
    const members = value.map((member, index) => read(member, inside(place, `[${index}]`)));
    return unchanged(members, value) ? { kind: 'literal', value } : { kind: 'array', members };
  }
  const entries = Object.entries(value).map(([key, member]) => [key, read(member, inside(place, `.${key}`))] as const);
  const members = entries.map(([, member]) => member);
  return unchanged(members, Object.values(value)) ? { kind: 'literal', value } : { kind: 'object', entries };
}

function readString(text: string, place: Place): Template {
  if (!text.startsWith('[') || !text.endsWith(']') || text.slice(1, -1).trim() === '') {
    return { kind: 'literal', value: text };
  }
  if (text.startsWith('[[')) return { kind: 'literal', value: text.slice(1) };
  try {
    return { kind: 'expression', expression: parseExpression(text.slice(1, -1)), text };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    place.report({ path: place.path, message: `${error.message}, at character ${error.at + 2} of ${shortened(text)}` });
    return { kind: 'literal', value: null };
  }
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const inside = (place: Place, step: string): Place => ({ ...place, path: place.path + step, depth: place.depth + 1 });

/** A structure without expressions is kept as it was read, so that it costs nothing later. */
const unchanged = (members: readonly Template[], values: readonly Json[]): boolean =>
  members.every((member, index) => member.kind === 'literal' && member.value === values[index]);

/** Every function call in a template, outer ones first. */
export function callsIn(template: Template): readonly Extract<Expression, { kind: 'call' }>[] {
  if (template.kind === 'literal') return [];
  if (template.kind === 'expression') return callsOf(template.expression);
  return template.kind === 'array'
    ? template.members.flatMap(callsIn)
    : template.entries.flatMap(([, member]) => callsIn(member));
}

function callsOf(expression: Expression): readonly Extract<Expression, { kind: 'call' }>[] {
  if (expression.kind === 'literal') return [];
  if (expression.kind === 'access') return [...callsOf(expression.target), ...callsOf(expression.key)];
  return [expression, ...expression.args.flatMap(callsOf)];
}
