import { countCheck } from './compile-count';
import type { Check } from './check';
import { accessOf, readOne, visit, type Access } from './compile-field';
import { isOverworked, overworked, valueOf, type Frame, type Operand, type Scope } from './compile-scope';
import { compileTemplate } from './compile-expression';
import { fieldNamed, type Condition, type Leaf } from './condition';
import { isArray, shown, weightOf, type Json, type Value } from './json';
import { testOf, type Comparison, type Test } from './operators';
import { reasonOf, type ConditionReason } from './reasons';
import type { Template } from './template';
import { failed, graver, not, Unknown, type Truth } from './unknown';

/** Compiles a condition of a rule for one set of parameters and one resource type. */
export function compileCondition(condition: Condition, scope: Scope): Check {
  if (condition.kind === 'constant') return constantCheck(condition.value);
  if (condition.kind === 'leaf') return compileLeaf(condition, scope);
  if (condition.kind === 'not') return notCheck(compileCondition(condition.member, scope));
  return manyCheck(
    condition.members.map((member) => compileCondition(member, scope)),
    condition.kind === 'anyOf',
  );
}

const constantCheck = (truth: Truth): Check => ({ constant: truth, test: () => truth, explain: () => [] });

function notCheck(member: Check): Check {
  return {
    ...(member.constant === undefined ? {} : { constant: not(member.constant) }),
    test: (frame) => not(member.test(frame)),
    explain: (frame, truth) => member.explain(frame, !truth),
  };
}

/**
 * `anyOf` ends at the first member that is true, `allOf` at the first that is false. A failed evaluation ends both. A
 * member that we merely cannot know decides only when no other does.
 */
function manyCheck(all: readonly Check[], end: boolean): Check {
  const last = all.findIndex((member) => member.constant === end || isFinal(member.constant));
  const members = all.slice(0, last < 0 ? all.length : last + 1).filter((member) => member.constant !== !end);
  const [first] = members;
  // What is known without the resource explains only what nothing else does.
  if (first === undefined) return { ...constantCheck(!end), explain: explainMany(all, end) };
  if (first.constant === end || isFinal(first.constant)) return first;
  return {
    test: (frame) => testMany(members, end, frame),
    explain: explainMany(members, end),
  };
}

/** Where no member ended the evaluation, all of them explain it; else those that could have. */
const explainMany =
  (members: readonly Check[], end: boolean): Check['explain'] =>
  (frame, truth) => {
    const deciding = truth === end ? members.filter((member) => member.test(frame) === end) : members;
    return deciding.flatMap((member) => member.explain(frame, truth));
  };

function testMany(members: readonly Check[], end: boolean, frame: Frame): Truth {
  let unknown: Unknown | undefined;
  for (const member of members) {
    const truth = member.test(frame);
    if (truth === end || isFinal(truth)) return truth;
    if (truth instanceof Unknown) unknown ??= truth;
  }
  return unknown ?? !end;
}

const isFinal = (truth: Truth | undefined): boolean => truth instanceof Unknown && truth.final;

function compileLeaf(leaf: Leaf, scope: Scope): Check {
  const right = compileTemplate(leaf.right, `${leaf.path}.${leaf.operator.name}`, scope);
  const place: LeafPlace = { leaf, scope, right, test: testFor(leaf, right) };
  if (leaf.left.kind === 'field') return fieldCheck(leaf.left.field, place);
  if (leaf.left.kind === 'value') return valueCheck(leaf.left.value, place);
  return countCheck(leaf.left.count, { ...place, compile: compileCondition });
}

/** What the three kinds of leaves share. */
export interface LeafPlace {
  readonly leaf: Leaf;
  readonly scope: Scope;
  readonly right: Operand;
  readonly test: (value: Value, frame: Frame) => Truth;
}

function testFor(leaf: Leaf, right: Operand): LeafPlace['test'] {
  const comparison: Comparison = fieldNamed(leaf) === 'location' ? 'location' : 'text';
  const build = (value: Json | Unknown): Test =>
    value instanceof Unknown ? () => value : testOf(leaf.operator, value, comparison);
  const fixed = right.kind === 'constant' ? build(right.value) : undefined;
  const looksInside = /^(not)?contains/i.test(leaf.operator.name) || isStructure(right);
  return (left, frame) => {
    if (isOverworked(frame, 1 + (looksInside || typeof left === 'string' ? weightOf(left) : 0))) return overworked;
    const truth = fixed === undefined ? build(valueOf(right, frame))(left) : fixed(left);
    return truth instanceof Unknown ? truth.at(leaf.path) : truth;
  };
}

/** Whether a right side can be compared deeply. */
const isStructure = (right: Operand): boolean => right.kind === 'computed' || typeof right.value === 'object';

function fieldCheck(field: Template, place: LeafPlace): Check {
  const { leaf, scope } = place;
  if (field.kind !== 'literal' || typeof field.value !== 'string') return dynamicFieldCheck(field, place);
  const access = accessOf(field.value, 'condition', scope);
  if (access instanceof Unknown) return constantCheck(access.at(leaf.path));
  if (access.name.toLowerCase() === 'type' && scope.relatedType === undefined && !isCaseSensitive(leaf)) {
    return folded(scope.type, access.name, place) ?? oneCheck(access, place);
  }
  return access.steps.some((step) => step.kind === 'each') ? manyValuesCheck(access, place) : oneCheck(access, place);
}

const isCaseSensitive = ({ operator }: Leaf): boolean => operator.name === 'match' || operator.name === 'notMatch';

/** A field whose name depends on parameters is as good as a literal one; another is found in each evaluation. */
function dynamicFieldCheck(field: Template, place: LeafPlace): Check {
  const { leaf, scope } = place;
  const name = compileTemplate(field, `${leaf.path}.field`, scope);
  const checks = new Map<string, Check>();
  const checkOf = (value: Json | Unknown): Check => {
    if (value instanceof Unknown) return constantCheck(value);
    if (typeof value !== 'string') return constantCheck(nameless(value).at(leaf.path));
    const check = checks.get(value) ?? fieldCheck({ kind: 'literal', value }, place);
    if (checks.size < 1_000) checks.set(value, check);
    return check;
  };
  if (name.kind === 'constant') return checkOf(name.value);
  return {
    test: (frame) => checkOf(name.compute(frame)).test(frame),
    explain: (frame, truth) => checkOf(name.compute(frame)).explain(frame, truth),
  };
}

export const nameless = (value: Json): Unknown => failed(`a field is named by a text, not by ${shown(value)}`);

/** The check of a left value that is known now, when its right value is too. */
function folded(left: Json, subject: string, place: LeafPlace): Check | undefined {
  const { leaf, right } = place;
  if (right.kind !== 'constant') return undefined;
  if (right.value instanceof Unknown) return constantCheck(right.value);
  const truth = testOf(leaf.operator, right.value, 'text')(left);
  return {
    ...constantCheck(truth instanceof Unknown ? truth.at(leaf.path) : truth),
    explain: (frame, wanted) => reasonFor(place, subject, { found: left, frame, truth: wanted }),
  };
}

function oneCheck(access: Access, place: LeafPlace): Check {
  const read = readOne(access);
  return {
    test: (frame) => place.test(read(frame), frame),
    explain: (frame, truth) => reasonFor(place, access.name, { found: read(frame), frame, truth }),
  };
}

/** A condition on a collection holds when every value satisfies it («Azure Policy: author policies for arrays»). */
function manyValuesCheck(access: Access, place: LeafPlace): Check {
  return {
    test: (frame) => {
      let unknown: Unknown | undefined;
      let every = true;
      const stopped = visit(access, frame, (value) => {
        const truth = place.test(value, frame);
        if (truth instanceof Unknown) unknown = graver(unknown, truth);
        every &&= truth !== false;
        return !every || isFinal(truth);
      });
      if (stopped !== undefined) return stopped;
      return every ? (unknown ?? true) : false;
    },
    explain: (frame, truth) => {
      const found: Json[] = [];
      visit(access, frame, (value) => {
        if (truth || place.test(value, frame) === false) found.push(value ?? null);
        return false;
      });
      const [only] = found;
      return reasonFor(place, access.name, {
        found: found.length === 1 && !truth ? (only ?? null) : found,
        frame,
        truth,
      });
    },
  };
}

function valueCheck(template: Template, place: LeafPlace): Check {
  const { leaf, scope } = place;
  const left = compileTemplate(template, `${leaf.path}.value`, scope);
  const subject = template.kind === 'expression' ? template.text : 'the value';
  if (left.kind === 'constant') {
    if (left.value instanceof Unknown) return constantCheck(left.value);
    const known = folded(left.value, subject, place);
    if (known !== undefined) return known;
  }
  return {
    test: (frame) => {
      const value = valueOf(left, frame);
      return value instanceof Unknown ? value : place.test(value, frame);
    },
    explain: (frame, truth) => {
      const value = valueOf(left, frame);
      return value instanceof Unknown ? [] : reasonFor(place, subject, { found: value, frame, truth });
    },
  };
}

interface Outcome {
  readonly found: Value;
  readonly frame: Frame;
  readonly truth: boolean;
}

export function reasonFor(
  place: LeafPlace,
  subject: string,
  { found, frame, truth }: Outcome,
): readonly ConditionReason[] {
  const { leaf } = place;
  const right = valueOf(place.right, frame);
  if (right instanceof Unknown) return [];
  return [
    reasonOf({
      path: leaf.path,
      subject,
      found: isArray(found) ? found.slice(0, 20) : found,
      operator: leaf.operator,
      right,
      truth,
    }),
  ];
}
