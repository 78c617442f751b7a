import hostJson from '../host.json';
import { InputError } from './core/errors';
import type { World } from './core/ports';
import { judge } from './pipeline/judge';
import { workOnRun } from './pipeline/run-part';
import { parseMessage } from './store/scope-queue';

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
    const isUnderstood = !(error instanceof InputError);
    if (isUnderstood && !(dequeueCount >= maxDequeueCount)) throw error;
    const reason = reasonOf(error);
    await world.queue.poison(body, reason).catch((failure: unknown) => {
      throw isUnderstood ? error : failure;
    });
    world.journal({ step: 'failed', text: `set aside: ${reason}` });
  }
}

/** Without a stack, and the first line only: clients put the answers of services into further ones. */
function reasonOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) };
  return `${name}: ${message.split('\n')[0] ?? ''}`.slice(0, longestReason);
}
