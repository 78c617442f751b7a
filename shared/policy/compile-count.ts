import type { Check } from './check';
import type { LeafPlace } from './compile-condition';
import { nameless, reasonFor } from './compile-condition';
import { compileTemplate } from './compile-expression';
import { accessOf, type Access } from './compile-field';
import {
  isOverworked,
  overworked,
  valueOf,
  type CountScope,
  type Frame,
  type Operand,
  type Scope,
} from './compile-scope';
import type { Condition, Count } from './condition';
import { isArray, isObject, propertyOf, shown, type Value } from './json';
import { walk } from './paths';
import type { ConditionReason } from './reasons';
import { failed, graver, Unknown, type Truth } from './unknown';

type CountPlace = LeafPlace & { readonly compile: (condition: Condition, scope: Scope) => Check };

/** Compiles a condition on the number of members that satisfy a `where` («Azure Policy: count»). */
export function countCheck(count: Count, place: CountPlace): Check {
  const counted = count.kind === 'field' ? fieldMembers(count, place) : valueMembers(count, place);
  if (counted instanceof Unknown) {
    const unknown = counted.at(place.leaf.path);
    return { constant: unknown, test: () => unknown, explain: () => [] };
  }
  return {
    test: (frame) => testTally(tally(counted, frame), place, frame),
    explain: (frame, truth) => {
      const result = tally(counted, frame);
      if (result instanceof Unknown) return [];
      const subject = `the number of ${counted.label}${counted.where === undefined ? '' : ' that match'}`;
      const reasons = reasonFor(place, subject, { found: result.least, frame, truth });
      return [...reasons, ...memberReasons(counted, frame, result.least > 0)];
    },
  };
}

const EXPLAINED_MEMBERS = 5;

/** Counts inside counts multiply. */
const MEMBER_REASONS = 50;

/** For some members that match, or when none does for some that do not, the conditions that made it so. */
function memberReasons({ where, rounds, slot }: Counted, frame: Frame, matching: boolean): readonly ConditionReason[] {
  const reasons: ConditionReason[] = [];
  let members = 0;
  rounds(frame, () => {
    if (where?.test(frame) !== matching) return false;
    const label = labelOf(frame.members[slot]);
    for (const reason of where.explain(frame, matching)) {
      reasons.push({ ...reason, of: reason.of === undefined ? label : `${label}, ${reason.of}` });
    }
    return ++members === EXPLAINED_MEMBERS || reasons.length >= MEMBER_REASONS;
  });
  return reasons;
}

/** The members of a count: each round puts one into its slot and calls back. */
interface Counted {
  readonly label: string;
  readonly where: Check | undefined;
  readonly slot: number;
  readonly rounds: (frame: Frame, round: () => boolean) => Unknown | undefined;
}

/** How many members satisfy the `where`, at least and at most: they differ when some are unknown. */
interface Tally {
  readonly least: number;
  readonly most: number;
  readonly unknown: Unknown | undefined;
}

function tally({ where, rounds }: Counted, frame: Frame): Tally | Unknown {
  let [least, most] = [0, 0];
  let unknown: Unknown | undefined;
  const stopped = rounds(frame, () => {
    const truth = where === undefined || where.test(frame);
    if (truth === false) return false;
    most++;
    if (truth === true) least++;
    else unknown = graver(unknown, truth);
    return unknown?.final === true;
  });
  return stopped ?? (unknown?.final === true ? unknown : { least, most, unknown });
}

/** The truth when it is the same for every number that is possible. */
function testTally(result: Tally | Unknown, place: LeafPlace, frame: Frame): Truth {
  if (result instanceof Unknown) return result;
  const truth = place.test(result.least, frame);
  for (let count = result.least + 1; count <= result.most; count++) {
    if (place.test(count, frame) !== truth) return result.unknown ?? truth;
  }
  return truth;
}

function labelOf(member: Value): string {
  const name = isObject(member) ? (propertyOf(member, 'name') ?? propertyOf(member, 'id') ?? member) : member;
  return typeof name === 'string' ? name : shown(name, 1);
}

function fieldMembers(count: Extract<Count, { kind: 'field' }>, place: CountPlace): Counted | Unknown {
  const name = compileTemplate(count.field, `${count.path}.field`, place.scope);
  if (name.kind !== 'constant') return new Unknown('unsupported', 'the field of a count depends on the resource');
  if (name.value instanceof Unknown) return name.value;
  if (typeof name.value !== 'string') return nameless(name.value);
  const found = accessOf(name.value, 'condition', place.scope);
  if (found instanceof Unknown) return found;
  if (!found.isCollection) return failed(`${found.name} is not an array: the field of a count contains [*]`);
  const access = upToLastEach(found);
  const { slots } = place.scope;
  const inner = access.steps.filter((step) => step.kind === 'each').length;
  const scope = { ...place.scope, counts: [...place.scope.counts, ...scopesOf(access, slots)], slots: slots + inner };
  const where = count.where === undefined ? undefined : place.compile(count.where, scope);
  return { label: found.name, where, slot: inner === 0 ? -1 : slots + inner - 1, rounds: roundsOver(access, slots) };
}

/** Members are counted by the last `[*]`; what follows it does not matter. */
function upToLastEach(access: Access): Access {
  const rest = access.path.length - 1 - access.path.findLastIndex((step) => step.kind === 'each');
  return {
    ...access,
    path: access.path.slice(0, access.path.length - rest),
    steps: access.steps.slice(0, access.steps.length - rest),
  };
}

/** One scope for every `[*]` that this count walks, so that the `where` sees the outer members too. */
function scopesOf(access: Access, slots: number): readonly CountScope[] {
  const skipped = access.path.length - access.steps.length;
  const ends = access.steps.flatMap((step, index) => (step.kind === 'each' ? [skipped + index + 1] : []));
  return ends.map((end, depth) => ({ kind: 'field', prefix: access.path.slice(0, end), slot: slots + depth }));
}

/** An array that an outer count is already inside of has one member here: the one that count is at. */
function roundsOver(access: Access, slots: number): Counted['rounds'] {
  return (frame, round) => {
    let stopped: Unknown | undefined;
    const member = (value: Value, depth: number): boolean => {
      frame.members[slots + depth] = value;
      if (isOverworked(frame)) stopped = overworked;
      return stopped !== undefined;
    };
    walk(access.start(frame), access.steps, { keys: frame.subject.keys, member, end: round });
    return stopped;
  };
}

/** Azure's limit for the rounds of counts over values, nested ones multiplied. Without a `where` there is no round. */
const ROUND_LIMIT = 100;

function valueMembers(count: Extract<Count, { kind: 'value' }>, place: CountPlace): Counted {
  const { scope } = place;
  const values = compileTemplate(count.value, `${count.path}.value`, scope);
  const slot = scope.slots;
  const counts = [...scope.counts, { kind: 'value', name: count.name, slot } as const];
  const where =
    count.where === undefined ? undefined : place.compile(count.where, { ...scope, counts, slots: slot + 1 });
  return { label: `members of ${count.name}`, where, slot, rounds: roundsOfValues(values, slot, where === undefined) };
}

function roundsOfValues(values: Operand, slot: number, isFree: boolean): Counted['rounds'] {
  return (frame, round) => {
    const members = valueOf(values, frame);
    if (members instanceof Unknown) return members;
    if (members === null) return undefined;
    if (!isArray(members)) return failed(`a count of values needs an array, not ${shown(members)}`);
    const outer = frame.rounds;
    if (!isFree && outer * members.length > ROUND_LIMIT)
      return failed(`counts of values make more than ${ROUND_LIMIT} rounds`);
    frame.rounds = outer * Math.max(1, members.length);
    for (const member of members) {
      frame.members[slot] = member;
      if (round()) break;
    }
    frame.rounds = outer;
    return undefined;
  };
}
