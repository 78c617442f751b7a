import { assignedTo } from '../controls/assigned-policies/assigned';
import { titleOf } from '../controls/assigned-policies/aspects';
import { judged } from '../controls/assigned-policies/judged';
import type { Inventory } from '../core/inventory';
import { same } from '../core/resource';
import type { AssignedVerdict } from '../policy/judge-assigned';
import { sentenceOf, type Reason } from '../policy/reasons';
import { distinct, nothingWritten, on, scopesIn, writing, type Check, type Context, type Examination } from './check';
import { prospectsIn, type Prospect } from './prospects';

const topic = {
  id: 'policies',
  title: 'No policy refuses what Steward would write',
  wanted:
    'no assignment that is in force denies the watchers, flow logs and storage accounts that the enabled remedies make',
};

export const policies: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => examined(scope, inventory, context));

function examined(scope: string, inventory: Inventory, context: Context): Check {
  const conclude = on(topic, scope);
  if (writing(context, scope).length === 0) return conclude.notApplicable(nothingWritten);
  const prospects = prospectsIn(scope, inventory, context);
  if (prospects.state === 'unread') return conclude.unknown(prospects.reason, 'let it be read');
  const answers = prospects.value.map((prospect) => answered(prospect, scope, inventory));
  const refusals = distinct(answers.flatMap((answer) => answer.refusals));
  const doubts = distinct(answers.flatMap((answer) => answer.doubts));
  if (refusals.length > 0) return conclude.wrong(refusals.join('; '), allow);
  if (doubts.length > 0)
    return conclude.unknown(doubts.join('; '), 'let it be read, or look whether the policy denies these');
  const types = typesOf(prospects.value);
  return conclude.ok(types === '' ? 'there is nothing that would be written' : `nothing denies ${types}`);
}

const allow =
  'have the owner of the policy allow these types and properties, exclude the scope, or grant an exemption; Steward never works around a policy';

function typesOf(prospects: readonly Prospect[]): string {
  return distinct(prospects.map(({ resource }) => resource.type)).join(', ');
}

interface Answer {
  readonly refusals: readonly string[];
  readonly doubts: readonly string[];
}

function answered(prospect: Prospect, scope: string, inventory: Inventory): Answer {
  const { resource } = prospect;
  const assigned = assignedTo(scope, resource.type, inventory);
  if (assigned.state === 'unread') return { refusals: [], doubts: [assigned.reason] };
  const enforced = judged(resource, assigned.value, inventory).filter(
    ({ member }) => member.assignment.enforcement === 'Default',
  );
  return {
    refusals: enforced.flatMap((verdict) => refusalBy(verdict, prospect)),
    doubts: enforced.flatMap((verdict) => doubtAbout(verdict, prospect)),
  };
}

function refusalBy({ member, verdict }: AssignedVerdict, { resource, summary, bare }: Prospect): readonly string[] {
  if (verdict.state !== 'nonCompliant' || !same(verdict.effect, 'deny')) return [];
  if (bare && !verdict.reasons.every(isAboutType)) return [];
  const reasons = verdict.reasons.map(sentenceOf).join('; ');
  return [`${titleOf(member)} at ${member.assignment.scope} refuses to ${summary} (${resource.type}): ${reasons}`];
}

/** Of a resource of which nothing else is known, only that counts. */
function isAboutType(reason: Reason): boolean {
  return reason.kind === 'condition' && (same(reason.subject, 'type') || same(reason.subject, 'location'));
}

/** What cannot be evaluated, unless it surely denies nothing. */
function doubtAbout({ member, verdict }: AssignedVerdict, { resource, bare }: Prospect): readonly string[] {
  if (bare) return [];
  if (verdict.state === 'error')
    return [`${titleOf(member)} at ${member.assignment.scope} cannot be evaluated on ${resource.type}`];
  if (verdict.state !== 'unknown' || verdict.unknown.kind === 'delegated') return [];
  if (verdict.effect !== '' && !same(verdict.effect, 'deny')) return [];
  return [`${titleOf(member)} at ${member.assignment.scope} on ${resource.type}: ${verdict.unknown.message}`];
}
