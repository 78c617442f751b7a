import { QueueClient, type QueueSendMessageOptions } from '@azure/storage-queue';
import * as z from 'zod';
import { InputError } from '../core/errors';
import type { Message } from '../core/message';
import type { ScopeQueue } from '../core/ports';
import { asText, poisonQueue } from './poison-queue';
import { hasStatus, type Account } from './tables';

export const queueName = 'steward-scopes';

const message = z.strictObject({
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('resource'), id: z.string() }),
    z.strictObject({ kind: z.literal('subscription'), subscriptionId: z.guid() }),
  ]),
  cause: z.enum(['event', 'timer', 'backfill', 'retry', 'ripple']),
  controls: z.array(z.string()).optional(),
  by: z.string().max(100).optional(),
  eventAt: z.iso.datetime().optional(),
  receivedAt: z.iso.datetime(),
  notBefore: z.iso.datetime().optional(),
  attempt: z.int().min(0).optional(),
  waits: z.literal(true).optional(),
  run: z.strictObject({ id: z.string(), part: z.string().optional() }).optional(),
});

/** Reads a queue message, as text or parsed already. Throws InputError. */
export function parseMessage(body: unknown): Message {
  const result = message.safeParse(typeof body === 'string' ? json(body) : body);
  if (!result.success) throw new InputError(`a queue message cannot be understood: ${z.prettifyError(result.error)}`);
  return result.data as Message;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new InputError('a queue message is no JSON');
    throw error;
  }
}

/** Scopes that wait to be judged. What fails too often the host moves to `steward-scopes-poison`, too. */
export function scopeQueue(account: Account): ScopeQueue {
  const queue = clientFor(account, queueName);
  const poison = clientFor(account, `${queueName}-poison`);
  const work = (scope: Message, delaySeconds = 0): Promise<void> =>
    send(queue, JSON.stringify(scope), { visibilityTimeout: delaySeconds });
  const setAside = (body: unknown, reason: string): Promise<void> =>
    send(poison, asText(body, reason), { messageTimeToLive: -1 });
  return { send: work, poison: setAside, ...poisonQueue({ queue: poison, parse: parseMessage, work, setAside }) };
}

async function send(queue: QueueClient, text: string, options: QueueSendMessageOptions): Promise<void> {
  await queue.sendMessage(text, options).catch(async (error: unknown) => {
    if (!hasStatus(error, 404)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text, options);
  });
}

function clientFor(account: Account, name: string): QueueClient {
  if ('connectionString' in account) return new QueueClient(account.connectionString, name);
  return new QueueClient(`${account.queueUrl.replace(/\/$/, '')}/${name}`, account.credential);
}
