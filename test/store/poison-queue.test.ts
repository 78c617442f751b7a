import { QueueClient } from '@azure/storage-queue';
import type { Message } from '../../shared/core/message';
import type { ScopeQueue } from '../../shared/core/ports';
import { poisonQueue } from '../../shared/store/poison-queue';
import { parseMessage, queueName, scopeQueue } from '../../shared/store/scope-queue';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';

const receivedAt = '2026-03-01T08:00:02.000Z';
const later = '2026-03-02T09:00:00.000Z';
const network: Message = { scope: { kind: 'resource', id: networkId }, cause: 'retry', receivedAt, attempt: 9 };
const sweep: Message = { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt };

let azurite: Azurite;
let queue: ScopeQueue;
let waiting: QueueClient;
let poison: QueueClient;

beforeAll(async () => {
  azurite = await startAzurite();
  queue = scopeQueue(azurite);
  waiting = new QueueClient(azurite.connectionString, queueName);
  poison = new QueueClient(azurite.connectionString, `${queueName}-poison`);
});
afterAll(() => azurite.stop());
beforeEach(async () => {
  for (const one of [waiting, poison]) await one.deleteIfExists();
  await waiting.create();
});

async function sent(): Promise<readonly Message[]> {
  const { receivedMessageItems } = await waiting.receiveMessages({ numberOfMessages: 32 });
  return receivedMessageItems.map(({ messageText }) => parseMessage(messageText));
}

const byHost = async (text: string): Promise<void> => {
  await poison.createIfNotExists();
  await poison.sendMessage(text);
};

test('nothing is listed, put back or kept before anything was set aside', async () => {
  expect(await queue.listPoisoned(10)).toEqual([]);
  expect(await queue.putBack(later)).toEqual({ putBack: 0, refused: [] });
  expect(await queue.keepPoisoned()).toBe(0);
});

test('what is set aside is listed with its reason, and stays', async () => {
  await queue.poison(JSON.stringify(network), 'StorageError: down');
  await byHost(JSON.stringify(sweep));
  for (let look = 0; look < 2; look += 1) {
    expect(await queue.listPoisoned(10)).toEqual([
      {
        id: expect.stringMatching(/./),
        reason: 'StorageError: down',
        body: JSON.stringify(network),
        insertedAt: expect.stringMatching(/Z$/),
        dequeueCount: 0,
      },
      expect.objectContaining({ reason: expect.stringMatching(/the host set it aside/), body: JSON.stringify(sweep) }),
    ]);
  }
});

test('a list is as long as is asked for, and never longer than 32', async () => {
  for (let index = 0; index < 34; index += 1) await queue.poison(`message ${index}`, 'it is no JSON');
  expect((await queue.listPoisoned(3)).map(({ body }) => body)).toEqual(['message 0', 'message 1', 'message 2']);
  expect(await queue.listPoisoned(1_000)).toHaveLength(32);
});

test('a long message is shown shortened', async () => {
  await queue.poison('x'.repeat(5_000), 'it is no JSON');
  const [{ body } = { body: '' }] = await queue.listPoisoned(1);
  expect(body).toMatch(/^x{2000}… \(5000 characters\)$/);
});

test('what is put back is judged as if it had just come: text, object, set aside by Steward or by the host', async () => {
  await queue.poison(JSON.stringify(network), 'StorageError: down');
  await queue.poison(sweep, 'StorageError: down');
  await byHost(JSON.stringify(network));
  expect(await queue.putBack(later)).toEqual({ putBack: 3, refused: [] });
  const fresh = { attempt: 0, receivedAt: later, notBefore: later };
  expect(await sent()).toEqual([
    { ...network, ...fresh },
    { ...sweep, ...fresh },
    { ...network, ...fresh },
  ]);
  expect(await queue.poisoned()).toBe(0);
});

test('what cannot be understood stays, can be seen at once, and is told with its reason', async () => {
  await queue.poison('judge this', 'a queue message is no JSON');
  await queue.poison(JSON.stringify(sweep), 'StorageError: down');
  const [{ id } = { id: '' }] = await queue.listPoisoned(1);
  expect(await queue.putBack(later)).toEqual({ putBack: 1, refused: [{ id, reason: 'a queue message is no JSON' }] });
  expect(await sent()).toHaveLength(1);
  expect(await queue.listPoisoned(10)).toMatchObject([{ id, body: 'judge this', dequeueCount: 1 }]);
});

test('more than the service hands over at once are all put back', async () => {
  for (let index = 0; index < 40; index += 1) await queue.poison(JSON.stringify(sweep), 'StorageError: down');
  await queue.poison('judge this', 'a queue message is no JSON');
  expect(await queue.putBack(later)).toMatchObject({ putBack: 40, refused: [{}] });
  expect((await waiting.getProperties()).approximateMessagesCount).toBe(40);
  expect(await queue.poisoned()).toBe(1);
});

test('what cannot be sent stays, and what was sent before is out', async () => {
  for (const one of [sweep, network]) await queue.poison(JSON.stringify(one), 'StorageError: down');
  const work = (message: Message): Promise<void> =>
    message.scope.kind === 'resource' ? Promise.reject(new Error('the queue is down')) : Promise.resolve();
  const half = poisonQueue({ queue: poison, parse: parseMessage, work, setAside: () => Promise.resolve() });
  await expect(half.putBack(later)).rejects.toThrow('the queue is down');
  expect((await queue.listPoisoned(10)).map(({ body }) => body)).toEqual([JSON.stringify(network)]);
});

test('what the host sets aside for seven days is kept for ever, with its content, and what is kept stays as it is', async () => {
  await byHost(JSON.stringify(network));
  await queue.poison('judge this', 'a queue message is no JSON');
  expect(await queue.keepPoisoned()).toBe(1);
  expect(await queue.keepPoisoned()).toBe(0);
  const { receivedMessageItems } = await poison.receiveMessages({ numberOfMessages: 32 });
  for (const { expiresOn } of receivedMessageItems)
    expect(expiresOn.getTime()).toBeGreaterThan(Date.now() + 365 * 86_400_000);
  const asides = receivedMessageItems.map(({ messageText }) => JSON.parse(messageText) as { readonly body: string });
  expect(asides.toSorted((one, other) => (one.body < other.body ? -1 : 1))).toEqual([
    { reason: 'a queue message is no JSON', body: 'judge this' },
    { reason: expect.stringMatching(/the host set it aside/), body: JSON.stringify(network) },
  ]);
});
