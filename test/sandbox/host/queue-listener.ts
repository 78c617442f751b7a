import { QueueClient, RestError } from '@azure/storage-queue';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TypedData } from '../../functions-core';
import type { QueueSettings } from './host-json';

export interface QueueListener {
  readonly queueName: string;
  /** Messages in the queue, waiting or leased. */
  queued(): Promise<number>;
  poisoned(): Promise<number>;
  /** Takes no further message and waits for those that run. */
  stop(): Promise<void>;
}

export interface QueueListenerOptions {
  readonly connectionString: string;
  readonly queueName: string;
  readonly settings: QueueSettings;
  /** Runs the function once; resolves to whether it succeeded and never rejects. */
  readonly run: (input: TypedData, metadata: Readonly<Record<string, TypedData>>) => Promise<boolean>;
  readonly warn: (message: string) => void;
  /** Seconds for which a running message is hidden, renewed at half time; the Functions host uses ten minutes. */
  readonly leaseSeconds?: number;
}

/** Listens to one storage queue with the semantics of the Functions host's queue trigger. */
export async function listenToQueue(options: QueueListenerOptions): Promise<QueueListener> {
  const listening = {
    ...options,
    leaseSeconds: options.leaseSeconds ?? 600,
    queue: clientOf(options.connectionString, options.queueName),
    poison: clientOf(options.connectionString, `${options.queueName}-poison`),
  };
  await listening.queue.createIfNotExists();
  const stopping = new AbortController();
  const polling = poll(listening, stopping.signal);
  return {
    queueName: options.queueName,
    queued: () => countOf(listening.queue),
    poisoned: () => countOf(listening.poison),
    stop: () => {
      stopping.abort();
      return polling;
    },
  };
}

interface Listening extends Required<QueueListenerOptions> {
  readonly queue: QueueClient;
  readonly poison: QueueClient;
}

function clientOf(connectionString: string, queueName: string): QueueClient {
  // The polling loop waits by itself; the client's own waits would only delay a stop.
  return new QueueClient(connectionString, queueName, { retryOptions: { maxTries: 1 } });
}

async function countOf(queue: QueueClient): Promise<number> {
  try {
    return (await queue.getProperties()).approximateMessagesCount ?? 0;
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return 0;
    throw error;
  }
}

async function poll(listening: Listening, stopping: AbortSignal): Promise<void> {
  const { batchSize, newBatchThreshold, minPollingMs, maxPollingMs } = listening.settings;
  const running = new Set<Promise<void>>();
  let emptyLooks = 0;
  while (!stopping.aborted) {
    const messages = await received(listening, batchSize);
    for (const message of messages) {
      const work = attend(listening, message).finally(() => running.delete(work));
      running.add(work);
    }
    if (messages.length === 0) {
      await wait(Math.min(maxPollingMs, minPollingMs * 2 ** emptyLooks * (0.8 + 0.4 * Math.random())), stopping);
      emptyLooks += 1;
      continue;
    }
    emptyLooks = 0;
    while (running.size > newBatchThreshold && !stopping.aborted)
      await Promise.race([...running, new Promise((resolve) => stopping.addEventListener('abort', resolve))]);
  }
  await Promise.all(running);
}

async function received(listening: Listening, numberOfMessages: number): Promise<readonly DequeuedMessageItem[]> {
  const { queue, leaseSeconds: visibilityTimeout } = listening;
  const messages = await storage(listening, () => queue.receiveMessages({ numberOfMessages, visibilityTimeout }));
  return messages?.receivedMessageItems ?? [];
}

/** Runs the function on one message and then deletes it, hides it until the next try, or moves it to the poison queue. */
async function attend(listening: Listening, message: DequeuedMessageItem): Promise<void> {
  const { queue, settings } = listening;
  const { messageId, messageText, dequeueCount } = message;
  const text = decoded(messageText, settings.messageEncoding);
  if (text === undefined || dequeueCount > settings.maxDequeueCount) {
    if (text === undefined) listening.warn(`Message ${messageId} is not base64, which host.json asks for.`);
    return moveToPoison(listening, message, message.popReceipt);
  }

  const { succeeded, popReceipt } = await runUnderLease(listening, message, text);
  if (succeeded) {
    await storage(listening, () => queue.deleteMessage(messageId, popReceipt));
    return;
  }
  if (dequeueCount >= settings.maxDequeueCount) return moveToPoison(listening, message, popReceipt);
  await storage(listening, () =>
    queue.updateMessage(messageId, popReceipt, undefined, Math.round(settings.visibilityTimeout)),
  );
}

function decoded(text: string, encoding: QueueSettings['messageEncoding']): string | undefined {
  if (encoding === 'none') return text;
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}

async function runUnderLease(
  listening: Listening,
  message: DequeuedMessageItem,
  text: string,
): Promise<{ readonly succeeded: boolean; readonly popReceipt: string }> {
  const { queue, leaseSeconds } = listening;
  let popReceipt = message.popReceipt;
  const done = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await wait((leaseSeconds / 2) * 1000, done.signal);
      if (done.signal.aborted) return;
      const update = (): ReturnType<QueueClient['updateMessage']> =>
        queue.updateMessage(message.messageId, popReceipt, undefined, leaseSeconds);
      popReceipt = (await storage(listening, update))?.popReceipt ?? popReceipt;
    }
  })();
  const succeeded = await listening.run({ string: text }, metadataOf(message, text));
  done.abort();
  await renewing;
  return { succeeded, popReceipt };
}

async function moveToPoison(listening: Listening, message: DequeuedMessageItem, popReceipt: string): Promise<void> {
  const { queue, poison, settings } = listening;
  listening.warn(
    `Message has reached MaxDequeueCount of ${String(settings.maxDequeueCount)}. ` +
      `Moving message ${message.messageId} to queue '${poison.name}'.`,
  );
  await storage(listening, async () => {
    await poison.createIfNotExists();
    await poison.sendMessage(message.messageText);
    await queue.deleteMessage(message.messageId, popReceipt);
  });
}

function metadataOf(message: DequeuedMessageItem, text: string): Record<string, TypedData> {
  const date = (value: Date): TypedData => ({ json: JSON.stringify(value.toISOString()) });
  return {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount) },
    Id: { string: message.messageId },
    PopReceipt: { string: message.popReceipt },
    InsertionTime: date(message.insertedOn),
    ExpirationTime: date(message.expiresOn),
    NextVisibleTime: date(message.nextVisibleOn),
  };
}

/** A refusal by the storage account or the lack of an answer is told and outlived; the message comes back by itself. */
async function storage<T>(listening: Listening, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    listening.warn(`queue ${listening.queueName}: ${error.code ?? String(error.statusCode)} ${error.message}`);
    return undefined;
  }
}

/** Waits so many milliseconds or until the signal, and never rejects. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
