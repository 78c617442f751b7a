import type { Control } from '../core/control';
import type { Finding, Hops } from '../core/finding';
import type { Message } from '../core/message';
import type { JournalEntry, World } from '../core/ports';
import { keyOf, subscriptionOf } from '../core/resource';
import { reasonOf, type Verdict } from '../core/verdict';
import { canBeJudgedAnew, isOvertaken, judgeAnew } from './overtaken';
import { deliver } from './publish';
import { mostAnnouncements, nextFindings } from './aspects';
import { findingIdOf, isOpen, type Judged } from './report';

/** Stores a judgement, unless a younger one is stored, and tells Sentinel when the state changed. */
export async function record(world: World, judged: Judged): Promise<void> {
  const { control, resourceId } = judged;
  let before: Finding | undefined;
  const key = { subscriptionId: subscriptionOf(resourceId), findingId: findingIdOf(control.id, resourceId) };
  const mayBeLate = canBeJudgedAnew(world, judged);
  const change = await world.findings.update(key, (previous) => {
    before = previous;
    const isLate = mayBeLate && previous !== undefined && isOvertaken(previous, judged);
    return isLate ? undefined : nextFindings(previous, judged);
  });
  if (change === undefined) return before && judgeAnew(world, judged, before, nextFindings(before, judged));
  if (saysMore(before, change.finding)) world.journal(entryFor(judged));
  await deliver(world, change.announcements);
  if (change.announcements.length === mostAnnouncements) await record(world, judged);
}

/** A line for what is new; none for what was never asked of a resource. */
function saysMore(before: Finding | undefined, { state, reason, aspects }: Finding): boolean {
  if (before === undefined) return aspects?.length !== 0;
  return before.state !== state || before.reason !== reason;
}

function entryFor({ control, resourceId, verdict, remedy }: Judged): JournalEntry {
  // Who takes responsibility for an exemption, and why, is for the finding alone.
  const reason = verdict.state === 'exempt' ? `otherwise ${verdict.otherwise}` : reasonOf(verdict);
  const text = `${verdict.state}: ${reason}${remedy === '' ? '' : ` (${remedy})`}`;
  return { step: 'judged', control: control.id, subject: resourceId, text };
}

/** What is gone has no state any more: an open finding is resolved, any other is forgotten. */
export async function gone(world: World, id: string, controls: readonly Control[], seen: string): Promise<void> {
  for (const control of controls) {
    const key = { subscriptionId: subscriptionOf(id), findingId: findingIdOf(control.id, id) };
    const isForgotten = (finding: Finding): boolean =>
      finding.gone !== true && !isOpen(finding.state) && !isOvertaken(finding, { hops: { seen, decided: seen } });
    await world.findings.remove(key, isForgotten);
    const previous = await world.findings.get(key.subscriptionId, key.findingId);
    if (previous === undefined || !isOpen(previous.state)) continue;
    const verdict: Verdict = { state: 'compliant', reason: 'the resource does not exist any more' };
    const hops: Hops = { seen, decided: seen };
    const rest = { hops, remedy: '', lookedAt: [keyOf(id)], asOf: seen, ...(previous.aspects && { aspects: [] }) };
    await record(world, { control, resourceId: id, verdict, gone: true, ...rest });
  }
}

export function hopsOf(message: Message, hops: Hops): Hops {
  return message.eventAt === undefined ? hops : { event: message.eventAt, ...hops };
}
