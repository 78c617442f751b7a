import hostJson from '../host.json';
import { InputError } from './core/errors';
import type { World } from './core/ports';
import { judge } from './pipeline/judge';
import { workOnRun } from './pipeline/run-part';
import { parseMessage } from './store/scope-queue';
import { isOutage } from './store/tables';

const { maxDequeueCount } = hostJson.extensions.queues;
const longestReason = 500;

/**
 * Judges what a queue message names. What nobody understands is set aside with the reason, and so is what fails on its
 * last try; before that, and when it cannot be set aside, an error that nobody expects is thrown to the host.
 */
export async function judgeMessage(world: World, body: unknown, dequeueCount: number): Promise<void> {
  try {
    const message = parseMessage(body);
    await (message.run === undefined ? judge(world, message) : workOnRun(world, message));
  } catch (error) {
    if (isOutage(error) && dequeueCount >= patience) return waitFor(world, body, error);
    const isUnderstood = !(error instanceof InputError);
    if (isUnderstood && !(dequeueCount >= maxDequeueCount)) throw error;
    const reason = reasonOf(error);
    await world.queue.poison(body, reason).catch((failure: unknown) => {
      throw isUnderstood ? error : failure;
    });
    world.journal({ step: 'failed', text: `set aside: ${reason}` });
  }
}

/** Tries after which a message waits for storage outside of the host's own tries, which end in the poison queue. */
const patience = 3;
const outageSeconds = 120;

/** Nothing is wrong with the message: it is sent anew. When that fails, too, the host has it still. */
async function waitFor(world: World, body: unknown, error: unknown): Promise<void> {
  await world.queue.send(parseMessage(body), outageSeconds).catch(() => {
    throw error;
  });
  world.journal({ step: 'queued', text: `again in ${outageSeconds} seconds, for storage does not answer` });
}

/** Without a stack, and the first line only: clients put the answers of services into further ones. */
function reasonOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) };
  return `${name}: ${message.split('\n')[0] ?? ''}`.slice(0, longestReason);
}
