import { isArray, type Value } from './json';
import { childOf, type KeyIndex } from './subject';

/**
 * One step of a path through a resource.
 * - `name`: a property
 * - `hop`: a property of the object inside `properties`, or else of the object itself; the first of a path may be
 *   dropped when neither has it: `web` in `Microsoft.Web/sites/config/web.x`
 * - `each`: every member of an array
 */
export type Step =
  | { readonly kind: 'name'; readonly name: string; readonly lower: string }
  | { readonly kind: 'hop'; readonly name: string; readonly lower: string; readonly droppable: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

export const nameStep = (name: string): Step => ({ kind: 'name', name, lower: name.toLowerCase() });

/** Reads `properties.a[*].b`, `a['b-c']`, `a[0]`. Undefined when it is none of these. */
export function parsePath(text: string): readonly Step[] | undefined {
  const pattern = /\.?([^.[\]]+)|\[\*\]|\[(\d+)\]|\.?\[(?:'((?:[^']|'')*)'|"([^"]*)")\]/y;
  const steps: Step[] = [];
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    steps.push(stepOf(found));
  }
  return steps;
}

function stepOf([, name, index, single, double]: RegExpExecArray): Step {
  if (name !== undefined) return nameStep(name);
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (single !== undefined) return nameStep(single.replaceAll("''", "'"));
  return double === undefined ? { kind: 'each' } : nameStep(double);
}

export const hasEach = (steps: readonly Step[]): boolean => steps.some((step) => step.kind === 'each');

export function sameStep(left: Step, right: Step): boolean {
  if (left.kind === 'index') return right.kind === 'index' && left.index === right.index;
  if (left.kind === 'each' || right.kind === 'each' || right.kind === 'index') return left.kind === right.kind;
  return left.kind === right.kind && left.lower === right.lower;
}

/** Where a step leads. An `each` leads nowhere: it has many ends, see `walk`. */
export function follow(node: Value, step: Step, keys: KeyIndex): Value {
  if (step.kind === 'name') return childOf(node, step.name, step.lower, keys);
  if (step.kind === 'hop') return hop(node, step, keys);
  return step.kind === 'index' && isArray(node) ? node[step.index] : undefined;
}

/** A name that is dropped stands for the resource itself, so the rest lies in its `properties` and nowhere else. */
function hop(node: Value, step: Extract<Step, { kind: 'hop' }>, keys: KeyIndex): Value {
  const properties = childOf(node, 'properties', 'properties', keys);
  const found = childOf(properties, step.name, step.lower, keys) ?? childOf(node, step.name, step.lower, keys);
  return found === undefined && step.droppable ? properties : found;
}

/** What a walk along a path does: `member` at every array member with the depth of its `each`, `end` at every end. */
export interface Visitor {
  readonly keys: KeyIndex;
  /** Returns true to stop the walk. */
  readonly end: (value: Value) => boolean;
  readonly member: (value: Value, depth: number) => boolean;
}

/**
 * Visits every end of a path with `each` steps. What is not an array has no members («Azure Policy: author policies for
 * arrays»); a member without the rest of the path has an end that is missing. Returns true when it was stopped.
 */
export function walk(node: Value, steps: readonly Step[], visitor: Visitor): boolean {
  return walkFrom(node, { steps, visitor }, 0, 0);
}

interface Walk {
  readonly steps: readonly Step[];
  readonly visitor: Visitor;
}

function walkFrom(start: Value, { steps, visitor }: Walk, at: number, depth: number): boolean {
  let node = start;
  for (let index = at; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined) return false;
    if (step.kind === 'each') return walkMembers(node, { steps, visitor }, index + 1, depth);
    node = follow(node, step, visitor.keys);
  }
  return visitor.end(node);
}

function walkMembers(node: Value, path: Walk, at: number, depth: number): boolean {
  if (!isArray(node)) return false;
  for (const member of node) {
    if (path.visitor.member(member, depth) || walkFrom(member, path, at, depth + 1)) return true;
  }
  return false;
}
