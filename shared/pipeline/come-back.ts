import type { Message } from '../core/message';
import type { World } from '../core/ports';

/** After how many seconds a scope comes back, and whether it was refused or only waits for room under Azure's limits. */
export interface Again {
  readonly retryAfter: number;
  readonly waits: boolean;
}

export function refused(retryAfter: number | undefined): Again | undefined {
  return retryAfter === undefined ? undefined : { retryAfter, waits: false };
}

export interface Patience {
  /** Seconds before the first try; each further one waits twice as long. */
  readonly seconds: number;
  readonly attempts: number;
}

/** A resource is cheap to look at again. */
export const patienceWithResource: Patience = { seconds: 2, attempts: 10 };
/** A sweep is not, and after a quarter of an hour the timer begins another one. */
export const patienceWithSweep: Patience = { seconds: 60, attempts: 4 };

const longestDelaySeconds = 900;

/**
 * Back after Azure's own delay, or each time after twice as long, with up to a fifth more so that scopes do not come in
 * step.
 */
export async function comeBack(
  world: World,
  message: Message,
  retryAfter: number,
  { seconds: first, attempts }: Patience,
): Promise<void> {
  const attempt = (message.attempt ?? 0) + 1;
  const subject = message.scope.kind === 'resource' ? message.scope.id : message.scope.subscriptionId;
  if (attempt > attempts) {
    world.journal({ step: 'failed', subject, text: `given up after ${attempts} tries; the timer looks again` });
    return;
  }
  const now = world.now();
  const delay = Math.max(retryAfter, Math.min(longestDelaySeconds, first * 2 ** (attempt - 1)));
  const jitter = (Number(now.slice(-4, -1)) / 1_000) * 0.2;
  const seconds = Math.ceil(delay * (1 + jitter));
  await world.queue.send({ ...message, cause: 'retry', attempt, receivedAt: now, notBefore: now }, seconds);
  world.journal({ step: 'queued', subject, text: `again in ${seconds} seconds` });
}
