import { accessOf, readOne, visit, type Access } from './compile-field';
import { computed, constant, isOverworked, overworked, valueOf } from './compile-scope';
import type { Frame, Operand, RuleContext, Scope } from './compile-scope';
import { shown, sizeOf, type Json } from './json';
import type { Expression } from './parse-expression';
import { sameText } from './text';
import { failed, Unknown } from './unknown';

type Call = Extract<Expression, { kind: 'call' }>;
type CompileArgument = (expression: Expression) => Operand;

/**
 * Compiles a call whose value depends on the definition, the resource or the evaluation; undefined for every other
 * function («Azure Policy: policy functions»).
 */
export function compileContextCall(call: Call, scope: Scope, compile: CompileArgument): Operand | undefined {
  const name = call.name.toLowerCase();
  const container = CONTAINERS.get(name);
  if (container !== undefined) return call.args.length > 0 ? tooMany(call) : fromContext(container, call.name);
  if (name === 'uniquestring') return constant(new Unknown('unpredictable', 'only Azure can compute uniqueString()'));
  const named = NAMED.get(name);
  if (named === undefined) return undefined;
  if (call.args.length > 1 || (call.args.length === 0 && name !== 'current')) return tooMany(call);
  const [argument] = call.args;
  return named(argument === undefined ? constant(null) : compile(argument), scope);
}

/** Whether an expression is one of the objects that are lenient about what they do not have. */
export const isContextObject = (expression: Expression): boolean =>
  expression.kind === 'call' && CONTAINERS.has(expression.name.toLowerCase());

const CONTAINERS: ReadonlyMap<string, keyof RuleContext> = new Map([
  ['policy', 'policy'],
  ['requestcontext', 'requestContext'],
  ['resourcegroup', 'resourceGroup'],
  ['subscription', 'subscription'],
  ['utcnow', 'utcNow'],
]);

const tooMany = (call: Call): Operand => constant(failed(`${call.name}() does not take ${call.args.length} arguments`));

function fromContext(key: keyof RuleContext, name: string): Operand {
  const absent = new Unknown('context-missing', `${name}() was not given to this evaluation`);
  return computed((frame) => frame.context[key] ?? absent);
}

type CompileNamed = (argument: Operand, scope: Scope) => Operand;

const NAMED: ReadonlyMap<string, CompileNamed> = new Map([
  ['parameters', (argument, scope) => compileParameter(argument, scope)],
  ['field', (argument, scope) => byName(argument, (name) => compileField(name, scope))],
  ['current', (argument, scope) => compileCurrent(argument, scope)],
] satisfies [string, CompileNamed][]);

/** A function of a name that is known now, or found out in each evaluation: then each name is compiled once. */
function byName(argument: Operand, compile: (name: string) => Operand): Operand {
  if (argument.kind === 'constant') return ofName(argument.value, compile);
  const known = new Map<string, Operand>();
  return computed((frame) => {
    const name = valueOf(argument, frame);
    if (typeof name !== 'string') return valueOf(ofName(name, compile), frame);
    const operand = known.get(name) ?? compile(name);
    if (known.size < 1_000) known.set(name, operand);
    return valueOf(operand, frame);
  });
}

function ofName(name: Json | Unknown, compile: (name: string) => Operand): Operand {
  if (name instanceof Unknown) return constant(name);
  return typeof name === 'string' ? compile(name) : constant(failed(`a name is needed, not ${shown(name)}`));
}

const compileParameter: CompileNamed = (argument, { parameters }) =>
  byName(argument, (name) => {
    const value = parameters.get(name.toLowerCase());
    if (value !== undefined) return constant(value);
    return constant(new Unknown('parameter-missing', `the parameter ${name} has no value and no default`));
  });

/** Missing and null are the empty text; a collection is an array of the values that are there. */
function compileField(name: string, scope: Scope): Operand {
  const access = accessOf(name, 'expression', scope);
  if (access instanceof Unknown) return constant(access);
  if (access.isCollection) return computed((frame) => limited(collected(access, frame), name, frame));
  const read = readOne(access);
  return computed((frame) => limited(read(frame) ?? '', name, frame));
}

function collected(access: Access, frame: Frame): Json | Unknown {
  const values: Json[] = [];
  const stopped = visit(access, frame, (value) => {
    if (value !== undefined && value !== null) values.push(value);
    return false;
  });
  return stopped ?? values;
}

function limited(value: Json | Unknown, name: string, frame: Frame): Json | Unknown {
  if (value instanceof Unknown || typeof value !== 'object') return value;
  const size = sizeOf(value);
  if (size === undefined) return failed(`field('${name}') gives more than Azure allows`);
  return isOverworked(frame, size >> 3) ? overworked : value;
}

/** The member that a count is at: by the name of a value, by an alias at or below the counted one, or the innermost. */
function compileCurrent(argument: Operand, scope: Scope): Operand {
  const innermost = scope.counts.at(-1);
  if (innermost === undefined) return constant(failed('current() stands outside of a count'));
  if (argument.kind === 'constant' && argument.value === null) return memberIn(innermost.slot);
  return byName(argument, (name) => {
    const byValue = scope.counts.findLast((count) => count.kind === 'value' && sameText(count.name, name));
    return byValue === undefined ? currentField(name, scope) : memberIn(byValue.slot);
  });
}

const memberIn = (slot: number): Operand => computed((frame) => frame.members[slot] ?? null);

function currentField(name: string, scope: Scope): Operand {
  const access = accessOf(name, 'condition', scope);
  if (access instanceof Unknown) return constant(access);
  if (access.steps.length === access.path.length) {
    return constant(failed(`current('${name}') names none of the counts around it`));
  }
  if (access.steps.some((step) => step.kind === 'each')) return computed((frame) => collected(access, frame));
  const read = readOne(access);
  return computed((frame) => read(frame) ?? null);
}
