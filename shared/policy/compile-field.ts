import type { CountScope, Frame, Scope } from './compile-scope';
import { isOverworked, overworked } from './compile-scope';
import type { Value } from './json';
import { follow, hasEach, nameStep, parsePath, sameStep, walk, type Step } from './paths';
import { fullNameOf } from './subject';
import { Unknown } from './unknown';

/** How to read what a field's name selects, at one place of a rule. */
export interface Access {
  readonly name: string;
  /** From the top of the resource. */
  readonly path: readonly Step[];
  readonly start: (frame: Frame) => Value;
  /** From the start: shorter than the path inside a count of an array on the way. */
  readonly steps: readonly Step[];
  /** The name selects a collection; inside a count it may be bound to one member. */
  readonly isCollection: boolean;
  readonly extract: ((text: string) => string | undefined) | undefined;
}

/** Whether a name stands in a condition's `field` or in an expression's `field()`: they differ in existence conditions. */
export type FieldUse = 'condition' | 'expression';

/** Finds a field («Azure Policy: fields»). An unknown alias is unknown. */
export function accessOf(name: string, use: FieldUse, scope: Scope): Access | Unknown {
  const fromOrigin = readsOrigin(name, use, scope);
  const start = fromOrigin ? (frame: Frame) => frame.origin.resource : (frame: Frame) => frame.subject.resource;
  const simple = { name, path: [], start, steps: [], isCollection: false, extract: undefined };
  const lower = name.toLowerCase();
  if (lower === 'fullname')
    return { ...simple, start: (frame) => fullNameOf(fromOrigin ? frame.origin : frame.subject) };
  if (lower === 'type') return { ...simple, start: (frame) => (fromOrigin ? frame.origin : frame.subject).type };
  const found = isAlias(name) ? aliasPath(name, fromOrigin, scope) : ownPath(name);
  if (found instanceof Unknown) return found;
  const access = {
    ...simple,
    path: found.steps,
    steps: found.steps,
    isCollection: hasEach(found.steps),
    extract: found.extract,
  };
  return fromOrigin ? access : bound(access, scope.counts);
}

/** In an existence condition `field()` with a name without a type reads the resource of the `if`. */
function readsOrigin(name: string, use: FieldUse, scope: Scope): boolean {
  if (scope.relatedType === undefined || use === 'condition') return false;
  const related = scope.relatedType.toLowerCase();
  return related === scope.type.toLowerCase() || !name.toLowerCase().startsWith(`${related}/`);
}

interface FoundPath {
  readonly steps: readonly Step[];
  readonly extract: Access['extract'];
}

function aliasPath(name: string, fromOrigin: boolean, scope: Scope): FoundPath | Unknown {
  const type = fromOrigin ? scope.type : (scope.relatedType ?? scope.type);
  const found = scope.aliases(name, type);
  if (found === undefined)
    return noted(scope, new Unknown('alias-unknown', `the alias ${name} is not known for ${type}`));
  if (found.via === 'hop') scope.notes.usesHop = true;
  return { steps: found.steps, extract: found.extract };
}

function noted(scope: Scope, unknown: Unknown): Unknown {
  scope.notes.unknowns.push(unknown);
  return unknown;
}

/** An alias has a slash; one in brackets belongs to the name of a tag or property. */
const isAlias = (name: string): boolean => !/^tags[.[]/i.test(name) && (name.split('[')[0] ?? '').includes('/');

function ownPath(name: string): FoundPath | Unknown {
  const tag = tagNamed(name);
  const steps = tag === undefined ? parsePath(name) : [nameStep('tags'), nameStep(tag)];
  return steps === undefined
    ? new Unknown('unsupported', `${name} is not the name of a field`)
    : { steps, extract: undefined };
}

/** The tag in `tags['x']`, `tags[x]` and `tags.x`; in the first form two apostrophes stand for one. */
function tagNamed(name: string): string | undefined {
  const [, dotted, bracketed] = /^tags(?:\.(.+)|\[(.+)\])$/is.exec(name) ?? [];
  if (bracketed === undefined || bracketed === '*') return dotted;
  const quoted = /^(['"])(.*)\1$/s.exec(bracketed);
  return quoted === null ? bracketed : (quoted[2] ?? '').replaceAll("''", "'");
}

/** Inside a count, what lies at or below the counted member is read from there. */
function bound(access: Access, counts: readonly CountScope[]): Access {
  const around = counts.filter((count) => count.kind === 'field' && beginsWith(access.path, count.prefix));
  const [longest] = around.toSorted((left, right) => lengthOf(right) - lengthOf(left) || right.slot - left.slot);
  if (longest === undefined) return access;
  const { slot } = longest;
  return { ...access, start: (frame) => frame.members[slot], steps: access.path.slice(lengthOf(longest)) };
}

const lengthOf = (count: CountScope): number => (count.kind === 'field' ? count.prefix.length : 0);

const beginsWith = (path: readonly Step[], prefix: readonly Step[]): boolean =>
  prefix.length <= path.length && prefix.every((step, index) => sameStep(step, path[index] ?? { kind: 'each' }));

/** The value of a field that selects one; missing is undefined. */
export function readOne(access: Access): (frame: Frame) => Value {
  const { start, steps, extract } = access;
  const read = (frame: Frame): Value => {
    let node = start(frame);
    for (const step of steps) node = follow(node, step, frame.subject.keys);
    return node;
  };
  return extract === undefined ? read : (frame) => extracted(read(frame), extract);
}

const extracted = (value: Value, extract: (text: string) => string | undefined): Value =>
  typeof value === 'string' ? extract(value) : undefined;

/** Visits the values of a field until one says stop. Unknown when there are too many of them. */
export function visit(access: Access, frame: Frame, end: (value: Value) => boolean): Unknown | undefined {
  const { extract } = access;
  let stopped: Unknown | undefined;
  const member = (): boolean => {
    if (isOverworked(frame)) stopped = overworked;
    return stopped !== undefined;
  };
  const last = extract === undefined ? end : (value: Value) => end(extracted(value, extract));
  walk(access.start(frame), access.steps, { keys: frame.subject.keys, end: last, member });
  return stopped;
}
