import { compileContextCall, isContextObject } from './compile-context-call';
import { computed, constant, isOverworked, overworked, placed, valueOf } from './compile-scope';
import type { Frame, Operand, Scope, Worker } from './compile-scope';
import { FunctionFailure, type TemplateFunction } from './functions/arguments';
import { functionNamed } from './functions/function-table';
import { isArray, isObject, propertyOf, shown, sizeOf, weightOf, type Json } from './json';
import type { Expression } from './parse-expression';
import type { Template } from './template';
import { failed, Unknown } from './unknown';

/** Compiles a value of a rule. What depends on parameters alone is computed here and now. */
export function compileTemplate(template: Template, path: string, scope: Scope): Operand {
  if (template.kind === 'literal') return constant(template.value);
  if (template.kind === 'expression') return placed(compileExpression(template.expression, scope), path);
  if (template.kind === 'array') {
    const members = template.members.map((member, index) => compileTemplate(member, `${path}[${index}]`, scope));
    return combine(members, (values) => values);
  }
  const keys = template.entries.map(([key]) => key);
  const members = template.entries.map(([key, member]) => compileTemplate(member, `${path}.${key}`, scope));
  return combine(members, (values) => Object.fromEntries(keys.map((key, index) => [key, values[index] ?? null])));
}

export function compileExpression(expression: Expression, scope: Scope): Operand {
  if (expression.kind === 'literal') return constant(expression.value);
  if (expression.kind === 'access') return compileAccess(expression, scope);
  const name = expression.name.toLowerCase();
  const inContext = compileContextCall(expression, scope, (arg) => compileExpression(arg, scope));
  if (inContext !== undefined) return inContext;
  const args = expression.args.map((arg) => compileExpression(arg, scope));
  const called = functionNamed(name);
  if (called === undefined) return constant(new Unknown('unsupported', `there is no function ${expression.name}()`));
  const lazy = args.length < called.least || args.length > called.most ? undefined : LAZY.get(name);
  if (lazy !== undefined) return lazyOperand(args, lazy);
  return combine(args, (values, frame) => callFunction(called, values, frame ?? scope.notes));
}

/** Calls a function of the language. A failure of the function is unknown. */
export function callFunction(called: TemplateFunction, args: readonly Json[], worker?: Worker): Json | Unknown {
  if (args.length < called.least || args.length > called.most) {
    return failed(`${called.name}() does not take ${args.length} arguments`);
  }
  if (worker !== undefined && isOverworked(worker, 1 + weightOfAll(args))) return overworked;
  try {
    const result = called.call(args);
    return sizeOf(result) === undefined ? failed(`${called.name}() gives more than Azure allows`) : result;
  } catch (error) {
    if (error instanceof FunctionFailure) return failed(`${called.name}(): ${error.message}`);
    throw error;
  }
}

function weightOfAll(values: readonly Json[]): number {
  let weight = 0;
  for (const value of values) weight += weightOf(value);
  return weight;
}

/** All operands first, from left to right; the first that is unknown is the result. */
function combine(
  operands: readonly Operand[],
  make: (values: readonly Json[], frame?: Frame) => Json | Unknown,
): Operand {
  if (operands.every((operand) => operand.kind === 'constant')) {
    return constant(madeOf(operands, (operand) => operand.value, make));
  }
  return computed((frame) =>
    madeOf(
      operands,
      (operand) => valueOf(operand, frame),
      (values) => make(values, frame),
    ),
  );
}

function madeOf<T>(
  operands: readonly T[],
  valueIn: (operand: T) => Json | Unknown,
  make: (values: readonly Json[]) => Json | Unknown,
): Json | Unknown {
  const values: Json[] = [];
  for (const operand of operands) {
    const value = valueIn(operand);
    if (value instanceof Unknown) return value;
    values.push(value);
  }
  return make(values);
}

/** Decides by evaluating some of its arguments with `value`. */
type Lazy = (args: readonly Operand[], value: (operand: Operand) => Json | Unknown) => Json | Unknown;

function lazyOperand(args: readonly Operand[], lazy: Lazy): Operand {
  const known = (operand: Operand) => (operand.kind === 'constant' ? operand.value : null);
  if (args.every((arg) => arg.kind === 'constant')) return constant(lazy(args, known));
  return computed((frame) => lazy(args, (operand) => valueOf(operand, frame)));
}

const nothing = constant(null);

/** `if`, `and` and `or` evaluate no more than they must: rules rely on it («Azure Policy: avoiding template failures»). */
const LAZY: ReadonlyMap<string, Lazy> = new Map<string, Lazy>([
  ['if', choose],
  ['and', (args, value) => stopAt(false, args, value)],
  ['or', (args, value) => stopAt(true, args, value)],
]);

function choose(
  [condition = nothing, yes = nothing, no = nothing]: readonly Operand[],
  value: (operand: Operand) => Json | Unknown,
): Json | Unknown {
  const chosen = booleanOr(value(condition));
  if (chosen instanceof Unknown) return chosen;
  return value(chosen ? yes : no);
}

function stopAt(
  end: boolean,
  args: readonly Operand[],
  value: (operand: Operand) => Json | Unknown,
): boolean | Unknown {
  for (const arg of args) {
    const truth = booleanOr(value(arg));
    if (truth === end || truth instanceof Unknown) return truth;
  }
  return !end;
}

const booleanOr = (value: Json | Unknown): boolean | Unknown =>
  typeof value === 'boolean' || value instanceof Unknown
    ? value
    : failed(`true or false is needed, not ${shown(value)}`);

type AccessExpression = Extract<Expression, { kind: 'access' }>;

/**
 * `.name`, `[key]` and their safe forms. What the containers of the resource do not have is an empty text, at any
 * depth: the built-in «Inherit a tag from the resource group» depends on it.
 */
function compileAccess(expression: AccessExpression, scope: Scope): Operand {
  const lenient = isContextObject(rootOf(expression)) ? '' : undefined;
  const missing = expression.safe ? null : lenient;
  const operands = [compileExpression(expression.target, scope), compileExpression(expression.key, scope)];
  return combine(operands, ([target = null, key = null]) => {
    const found = memberOf(target, key) ?? missing;
    return found === undefined ? failed(`${shown(target, 1)} has no member ${shown(key)}`) : found;
  });
}

function rootOf(expression: Expression): Expression {
  return expression.kind === 'access' ? rootOf(expression.target) : expression;
}

function memberOf(target: Json, key: Json): Json | undefined {
  if (isArray(target)) return typeof key === 'number' ? target[key] : undefined;
  if (!isObject(target)) return undefined;
  return typeof key === 'string' || typeof key === 'number' ? propertyOf(target, String(key)) : undefined;
}
