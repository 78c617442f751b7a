import type { Finding } from '../core/finding';
import type { Change, World } from '../core/ports';
import { same, typeOf } from '../core/resource';
import type { Judged } from './report';

/** Whether Azure was looked at for the finding after it was looked at for the judgement; a proof is a look of its own. */
export function isOvertaken(previous: Finding, judged: Pick<Judged, 'hops'>): boolean {
  return lookOf(previous) > lookOf(judged);
}

function lookOf({ hops: { seen, confirmed = '' } }: Pick<Judged, 'hops'>): string {
  return confirmed > seen ? confirmed : seen;
}

const longestDelaySeconds = 900;

/**
 * A judgement that was overtaken is not recorded. Where it says something else than the finding, the resource is judged
 * anew: the clock of an instance may be wrong, and then its judgement was the younger one.
 */
export async function judgeAnew(world: World, judged: Judged, previous: Finding, change: Change): Promise<void> {
  if (!saysElse(judged, previous, change)) return;
  const now = world.now();
  const look = lookOf(previous);
  const ahead = Math.ceil((Date.parse(look) - Date.parse(now)) / 1_000);
  // As late as the finding, or a clock that runs behind would take it for the answer.
  const receivedAt = look > now ? look : now;
  await world.queue.send(
    {
      scope: { kind: 'resource', id: judged.resourceId },
      cause: 'retry',
      controls: [judged.control.id],
      receivedAt,
      notBefore: receivedAt,
    },
    Math.min(longestDelaySeconds, Math.max(1, ahead + 1)),
  );
}

function saysElse(judged: Judged, previous: Finding, { finding, announcements }: Change): boolean {
  const { state, reason } = finding;
  return (
    announcements.length > 0 ||
    state !== previous.state ||
    reason !== previous.reason ||
    judged.pending !== previous.pending
  );
}

/** What a message on the resource would judge again; what is said of a subscription as a whole is not. */
export function canBeJudgedAnew(world: World, { control, resourceId }: Judged): boolean {
  const type = typeOf(resourceId);
  return world.controls.some(({ id, subjects }) => id === control.id && subjects.some((one) => same(one, type)));
}
