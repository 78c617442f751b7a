import type { DequeuedMessageItem, PeekedMessageItem, QueueClient } from '@azure/storage-queue';
import { InputError } from '../core/errors';
import type { Message } from '../core/message';
import type { PoisonedMessage, PutBack, ScopeQueue } from '../core/ports';
import { hasStatus } from './tables';

export interface PoisonOptions {
  readonly queue: QueueClient;
  readonly parse: (body: unknown) => Message;
  /** Sends a message to be judged. */
  readonly work: (message: Message) => Promise<void>;
  /** Sets a message aside for ever. */
  readonly setAside: (body: unknown, reason: string) => Promise<void>;
}

type PoisonQueue = Pick<ScopeQueue, 'poisoned' | 'listPoisoned' | 'putBack' | 'keepPoisoned'>;

/** What was set aside: by Steward with the reason, or by the host, letter by letter and for seven days. */
export function poisonQueue(options: PoisonOptions): PoisonQueue {
  const { queue } = options;
  return {
    poisoned: () => unlessMissing(0, async () => (await queue.getProperties()).approximateMessagesCount ?? 0),
    listPoisoned: (most) =>
      unlessMissing([], async () => {
        const numberOfMessages = Math.max(1, Math.min(mostAtOnce, most));
        return (await queue.peekMessages({ numberOfMessages })).peekedMessageItems.map(shown);
      }),
    putBack: (receivedAt) => unlessMissing({ putBack: 0, refused: [] }, () => putBack(options, receivedAt)),
    keepPoisoned: () => unlessMissing(0, () => keepPoisoned(options)),
  };
}

/** How a message is set aside. */
export function asText(body: unknown, reason: string): string {
  return JSON.stringify({ reason, body });
}

/** The service's limit. */
const mostAtOnce = 32;
const hiddenSeconds = 120;
const mostShown = 2_000;

async function unlessMissing<T>(nothing: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hasStatus(error, 404)) return nothing;
    throw error;
  }
}

interface Aside {
  readonly reason: string;
  readonly body: unknown;
}

const byHost = 'it failed too often, and the host set it aside without a reason; the log of the function tells more';

function asideIn(text: string): Aside {
  try {
    const { reason, body, ...rest } = Object(JSON.parse(text)) as Partial<Aside>;
    if (typeof reason === 'string' && Object.keys(rest).length === 0) return { reason, body };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { reason: byHost, body: text };
}

function shown({ messageId, messageText, insertedOn, dequeueCount }: PeekedMessageItem): PoisonedMessage {
  const { reason, body } = asideIn(messageText);
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  const shortened = text.length > mostShown ? `${text.slice(0, mostShown)}… (${text.length} characters)` : text;
  return { id: messageId, reason, body: shortened, insertedAt: insertedOn.toISOString(), dequeueCount };
}

/** Sent first and deleted then: who dies in between leaves a message twice, which does no harm. */
async function putBack({ queue, parse, work }: PoisonOptions, receivedAt: string): Promise<PutBack> {
  const refused: PutBack['refused'][number][] = [];
  const isPutBack = async ({ messageId, messageText }: DequeuedMessageItem): Promise<boolean> => {
    try {
      await work({ ...parse(asideIn(messageText).body), attempt: 0, receivedAt, notBefore: receivedAt });
      return true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push({ id: messageId, reason: error.message });
      return false;
    }
  };
  return { putBack: await sift(queue, isPutBack), refused };
}

const dayMs = 86_400_000;

async function keepPoisoned({ queue, setAside }: PoisonOptions): Promise<number> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: mostAtOnce });
  const expires = ({ expiresOn, insertedOn }: PeekedMessageItem): boolean =>
    expiresOn.getTime() - insertedOn.getTime() < 365 * dayMs;
  // A full batch may hide some that expire behind it.
  if (!peekedMessageItems.some(expires) && peekedMessageItems.length < mostAtOnce) return 0;
  return sift(queue, async (item) => {
    if (!expires(item)) return false;
    const { reason, body } = asideIn(item.messageText);
    await setAside(body, reason);
    return true;
  });
}

/** Takes every message that is there now; deletes those that are done with, the others stay. Answers how many are done with. */
async function sift(queue: QueueClient, isDone: (item: DequeuedMessageItem) => Promise<boolean>): Promise<number> {
  const kept = new Set<DequeuedMessageItem>();
  let done = 0;
  const look = async (item: DequeuedMessageItem): Promise<void> => {
    kept.add(item);
    if (!(await isDone(item))) return;
    await unlessLost(queue.deleteMessage(item.messageId, item.popReceipt));
    kept.delete(item);
    done += 1;
  };
  const show = ({ messageId, popReceipt }: DequeuedMessageItem): Promise<void> =>
    unlessLost(queue.updateMessage(messageId, popReceipt, undefined, 0));
  try {
    for await (const item of taken(queue)) await look(item);
  } finally {
    await Promise.all([...kept].map(show));
  }
  return done;
}

async function* taken(queue: QueueClient): AsyncGenerator<DequeuedMessageItem> {
  const { approximateMessagesCount = 0 } = await queue.getProperties();
  const options = { numberOfMessages: mostAtOnce, visibilityTimeout: hiddenSeconds };
  for (let count = 0; count < approximateMessagesCount;) {
    const { receivedMessageItems } = await queue.receiveMessages(options);
    if (receivedMessageItems.length === 0) return;
    count += receivedMessageItems.length;
    yield* receivedMessageItems;
  }
}

/** A message that was hidden too long is visible again, and whoever took it since has it. */
async function unlessLost(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!hasStatus(error, 400, 404)) throw error;
  });
}
