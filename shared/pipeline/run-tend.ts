import type { World } from '../core/ports';
import type { Run, RunPart } from '../core/run';
import { closeRun } from './run-slice';
import { enqueueParts } from './run-start';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const keptDays = 30;
/** Old runs that one tick of the timer removes; the next one removes more. */
const mostRemoved = 5;

/** Has parts whose message was lost worked on again, gives up what does not come on, and removes what is old. */
export async function tendRuns(world: World): Promise<void> {
  const now = Date.parse(world.now());
  let removed = 0;
  for await (const run of world.runs.all()) {
    const isOld = now - Date.parse(run.createdAt) > keptDays * day;
    if (isOld && removed < mostRemoved) {
      await world.runs.remove(run.id);
      removed += 1;
    }
    if (!isOld && run.finishedAt === undefined) await tend(world, run, now);
  }
}

async function tend(world: World, run: Run, now: number): Promise<void> {
  const lost: RunPart[] = [];
  for await (const part of world.runs.parts(run.id, 'open')) {
    if (now - lastMoved(part) > day) await giveUp(world, run, part);
    else if (isStuck(part, now)) lost.push(part);
  }
  await enqueueParts(world, run, lost);
  const remindedAt = new Date(now).toISOString();
  for (const { key } of lost) await world.runs.updatePart(run.id, key, (part) => ({ ...part, remindedAt }));
  if (lost.length > 0) world.journal({ step: 'queued', text: `${lost.length} parts of run ${run.id} go on` });
  await closeRun(world, run.id);
}

function lastMoved({ updatedAt, throttledUntil = updatedAt }: RunPart): number {
  return Math.max(Date.parse(updatedAt), Date.parse(throttledUntil));
}

/** A part that has not begun may still wait for its turn in a long queue. */
function isStuck(part: RunPart, now: number): boolean {
  const since = Math.max(lastMoved(part), Date.parse(part.remindedAt ?? part.updatedAt));
  return now - since > (part.state === 'waiting' ? hour : 15 * minute);
}

async function giveUp(world: World, run: Run, { key, updatedAt }: RunPart): Promise<void> {
  const text = 'it has not come on for a day; the log and the poison queue say why';
  await world.runs.updatePart(run.id, key, (part) =>
    part.updatedAt === updatedAt ? { ...part, state: 'failed', text } : undefined,
  );
  world.journal({ step: 'failed', subject: `/subscriptions/${key}`, text: `part of run ${run.id}: ${text}` });
}
