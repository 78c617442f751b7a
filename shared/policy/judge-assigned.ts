import type { AliasResolver } from './aliases';
import { includes, overrideOf, type Assignment } from './assignments';
import { compile, type CompiledRule } from './compile';
import { evaluate, type Evaluation, type Verdict, type World } from './evaluate';
import { exemptionOf, type Exemption } from './exemptions';
import { membersOf, type Catalogue, type Member } from './initiatives';
import type { RelatedQuery } from './related';
import type { Placement } from './selectors';
import type { Subject } from './subject';
import type { Problem } from './template';
import { Unknown } from './unknown';

/** The state of one member of an assignment on one resource. */
export type AssignedState =
  | Verdict
  | { readonly state: 'error'; readonly effect: string; readonly problems: readonly Problem[] }
  | {
      readonly state: 'exempt';
      readonly effect: string;
      readonly exemption: Exemption;
      /** What the state would be without the exemption. */
      readonly inner: Verdict;
    };

export interface AssignedVerdict {
  readonly member: Member;
  readonly verdict: AssignedState;
}

/** What was judged, and the reads that some members still need: read them, and judge again. */
export interface AssignedVerdicts {
  readonly verdicts: readonly AssignedVerdict[];
  readonly reads: readonly RelatedQuery[];
}

/** Everything that is assigned, made ready: it keeps what it compiled, so use one for all resources of a run. */
export interface AssignedPolicies {
  readonly judge: (subject: Subject, placement: Placement, world: World) => AssignedVerdicts;
}

export interface Assigned {
  readonly assignments: readonly Assignment[];
  readonly exemptions: readonly Exemption[];
  readonly catalogue: Catalogue;
  readonly aliases: AliasResolver;
}

export function assignedPolicies(assigned: Assigned): AssignedPolicies {
  const members = memo((assignment: Assignment, version: string) =>
    membersOf(assignment, assigned.catalogue, version === '' ? undefined : version),
  );
  const rules = memo((member: Member, key: string) => compiled(member, key, assigned.aliases));
  return {
    judge: (subject, placement, world) => {
      const place = { subject, placement, world, exemptions: assigned.exemptions, members, rules };
      const judged = assigned.assignments.flatMap((assignment) => judgeAssignment(assignment, place));
      return {
        verdicts: judged.flatMap(({ member, verdict }) => (verdict.state === 'needs' ? [] : [{ member, verdict }])),
        reads: distinct(judged.flatMap(({ verdict }) => (verdict.state === 'needs' ? verdict.reads : []))),
      };
    },
  };
}

interface Place {
  readonly subject: Subject;
  readonly placement: Placement;
  readonly world: World;
  readonly exemptions: readonly Exemption[];
  readonly members: Memo<Assignment, readonly Member[]>;
  readonly rules: Memo<Member, CompiledRule | readonly Problem[]>;
}

type Needs = Extract<Evaluation, { state: 'needs' }>;

interface Judged {
  readonly member: Member;
  readonly verdict: AssignedState | Needs;
}

/** What an assignment excludes has no state; where that cannot be told, every member is unknown. */
function judgeAssignment(assignment: Assignment, place: Place): readonly Judged[] {
  const included = includes(assignment, place.placement);
  if (included === false) return [];
  const version = overrideOf(assignment, 'policyVersion', { placement: place.placement, referenceId: '' });
  const doubt = [included, version].find((each) => each instanceof Unknown);
  const members = place.members(assignment, typeof version === 'string' ? version : '');
  return members.map((member) => ({
    member,
    verdict: doubt === undefined ? judgeMember(member, place) : inDoubt(doubt),
  }));
}

const inDoubt = (doubt: Unknown): Verdict => ({ state: 'unknown', effect: '', unknown: doubt });

type Memo<Owner, T> = (owner: Owner, key: string) => T;

/** Remembers results by an object and a text, as long as the object lives. */
function memo<Owner extends object, T>(make: Memo<Owner, T>): Memo<Owner, T> {
  const known = new WeakMap<Owner, Map<string, T>>();
  return (owner, key) => {
    const own = known.get(owner) ?? new Map<string, T>();
    known.set(owner, own);
    const value = own.get(key) ?? make(owner, key);
    own.set(key, value);
    return value;
  };
}

function judgeMember(member: Member, { subject, placement, world, exemptions, rules }: Place): AssignedState | Needs {
  const { assignment, referenceId, definition, definitionId } = member;
  if (definition === undefined) return inDoubt(new Unknown('definition-missing', `${definitionId} is not there`));
  const effect = overrideOf(assignment, 'policyEffect', { placement, referenceId });
  if (effect instanceof Unknown) return inDoubt(effect);
  const rule = rules(member, `${subject.type}|${effect ?? ''}`);
  if (!isCompiled(rule)) return { state: 'error', effect: '', problems: rule };
  const evaluation = evaluate(rule, subject, { ...world, policy: policyOf(member) });
  if (evaluation.state === 'needs' || !canBeExempt(evaluation)) return evaluation;
  const exempted = { assignmentId: assignment.id, referenceId, placement, now: world.utcNow ?? '' };
  const exemption = exemptionOf(exemptions, exempted);
  if (exemption === undefined) return evaluation;
  return { state: 'exempt', effect: evaluation.effect, exemption, inner: evaluation };
}

/** Exemptions are for resources that a definition speaks of, and not for the data plane. */
const canBeExempt = (verdict: Verdict): boolean =>
  verdict.state !== 'notApplicable' && !(verdict.state === 'unknown' && verdict.unknown.kind === 'delegated');

function compiled(member: Member, key: string, aliases: AliasResolver): CompiledRule | readonly Problem[] {
  const { definition, parameters } = member;
  const [resourceType = '', effect = ''] = key.split('|');
  if (definition?.ok !== true) return definition?.problems ?? [];
  return compile(definition.definition, { resourceType, aliases, parameters, ...(effect === '' ? {} : { effect }) });
}

const isCompiled = (rule: CompiledRule | readonly Problem[]): rule is CompiledRule => !Array.isArray(rule);

/** What the function `policy()` answers. */
const policyOf = ({ assignment, definitionId, initiativeId, referenceId }: Member) => ({
  assignmentId: assignment.id,
  definitionId,
  setDefinitionId: initiativeId ?? '',
  definitionReferenceId: referenceId,
});

const distinct = (reads: readonly RelatedQuery[]): readonly RelatedQuery[] => [
  ...new Map(reads.map((read) => [read.key, read])).values(),
];
