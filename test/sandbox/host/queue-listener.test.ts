import { QueueClient } from '@azure/storage-queue';
import { startAzurite } from '../azurite';
import type { Azurite } from '../azurite';
import { logOf, startFixture, until } from './fixture/start';
import type { Running } from './fixture/start';
import { listenToQueue } from './queue-listener';

// They start processes, which a busy machine may delay.
jest.setTimeout(20_000);

let azurite: Azurite;
let fixture: Running;
let queue: QueueClient;
let poison: QueueClient;

beforeAll(async () => {
  azurite = await startAzurite();
  fixture = await startFixture('queue-app.ts', { STORAGE: azurite.connectionString, SUFFIX: 'a' });
  queue = new QueueClient(azurite.connectionString, 'work-a');
  poison = new QueueClient(azurite.connectionString, 'work-a-poison');
});

afterAll(async () => {
  await fixture.host.stop();
  await azurite.stop();
  fixture.remove();
});

interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly running: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly at: number;
}

function attemptsAt(id: string): readonly Attempt[] {
  return fixture.records
    .filter(logOf('work', `"id":"${id}`))
    .flatMap((record) =>
      record.kind === 'log' ? [{ ...(JSON.parse(record.message) as Attempt), at: Date.parse(record.at) }] : [],
    );
}

async function isIdle(): Promise<boolean> {
  return (await fixture.host.busy()) === 0;
}

test('a message runs the function with its JSON and the metadata of the queue, and is deleted', async () => {
  const { messageId } = await queue.sendMessage(JSON.stringify({ id: 'plain' }));
  await until(() => attemptsAt('plain').length === 1);
  await until(isIdle);
  expect(attemptsAt('plain')).toHaveLength(1);
  expect(attemptsAt('plain')[0]?.metadata).toEqual({
    queueTrigger: { id: 'plain' },
    dequeueCount: 1,
    id: messageId,
    popReceipt: expect.any(String),
    insertionTime: expect.stringMatching(/^\d{4}-/),
    expirationTime: expect.stringMatching(/^\d{4}-/),
    nextVisibleTime: expect.stringMatching(/^\d{4}-/),
  });
});

test('a failed message comes again after the visibilityTimeout of host.json', async () => {
  await queue.sendMessage(JSON.stringify({ id: 'again', failures: 1 }));
  await until(() => attemptsAt('again').length === 2);
  await until(isIdle);
  const [first, second] = attemptsAt('again');
  expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(1000);
  expect((await fixture.host.status()).poison).toEqual({ 'work-a-poison': 0 });
});

test('a message that fails maxDequeueCount times is moved, letter by letter, to the poison queue', async () => {
  const text = '{ "id": "hopeless", "failures": 99, "note": "<ä> & \\"ö\\"" }';
  await queue.sendMessage(text);
  await until(async () => (await fixture.host.status()).poison['work-a-poison'] === 1);
  await until(isIdle);
  expect(attemptsAt('hopeless').map((one) => one.attempt)).toEqual([1, 2]);
  const { receivedMessageItems } = await poison.receiveMessages();
  expect(receivedMessageItems.map((one) => one.messageText)).toEqual([text]);
  await fixture.saw(logOf('work', "to queue 'work-a-poison'"));
});

test('as many messages run at once as batchSize and newBatchThreshold allow, and no more', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `many-${String(index)}`);
  await Promise.all(ids.map((id) => queue.sendMessage(JSON.stringify({ id, lasts: 60 }))));
  await until(() => attemptsAt('many-').length >= 20);
  await until(isIdle);
  expect(
    attemptsAt('many-')
      .map((one) => one.id)
      .sort(),
  ).toEqual([...ids].sort());
  const most = Math.max(...attemptsAt('many-').map((one) => one.running));
  expect(most).toBeGreaterThanOrEqual(4);
  expect(most).toBeLessThanOrEqual(6);
});

test('a message that runs is busy, and so is one that waits', async () => {
  await queue.sendMessage(JSON.stringify({ id: 'lasting', lasts: 200 }));
  expect(await fixture.host.busy()).toBeGreaterThanOrEqual(1);
  await until(() => attemptsAt('lasting').length === 1);
  expect(await fixture.host.busy()).toBe(2);
  await until(isIdle);
  await queue.sendMessage(JSON.stringify({ id: 'later' }), { visibilityTimeout: 1 });
  expect(await fixture.host.busy()).toBe(1);
  await until(isIdle);
  expect(attemptsAt('later')).toHaveLength(1);
});

describe('a listener', () => {
  const settings = {
    batchSize: 1,
    newBatchThreshold: 0,
    minPollingMs: 20,
    maxPollingMs: 50,
    visibilityTimeout: 0,
    maxDequeueCount: 5,
    messageEncoding: 'none',
  } as const;

  test('keeps a message hidden for as long as the function runs', async () => {
    const name = 'lease';
    const own = new QueueClient(azurite.connectionString, name);
    let begun = 0;
    const listen = (lasts: number): ReturnType<typeof listenToQueue> =>
      listenToQueue({
        connectionString: azurite.connectionString,
        queueName: name,
        settings,
        leaseSeconds: 1,
        run: async () => {
          begun += 1;
          await new Promise((resolve) => setTimeout(resolve, lasts));
          return true;
        },
        warn: () => undefined,
      });
    const listeners = [await listen(1600), await listen(1600)];
    await own.sendMessage('long');
    await until(async () => begun > 0 && (await own.getProperties()).approximateMessagesCount === 0);
    expect(begun).toBe(1);
    await Promise.all(listeners.map((one) => one.stop()));
  });

  test('decodes base64 when host.json asks for it, and moves what is none to the poison queue at once', async () => {
    const own = new QueueClient(azurite.connectionString, 'encoded');
    const inputs: unknown[] = [];
    const warnings: string[] = [];
    const listener = await listenToQueue({
      connectionString: azurite.connectionString,
      queueName: 'encoded',
      settings: { ...settings, messageEncoding: 'base64' },
      run: (input) => Promise.resolve(inputs.push(input) > 0),
      warn: (message) => warnings.push(message),
    });
    await own.sendMessage(Buffer.from('größer').toString('base64'));
    await own.sendMessage('{"plain":true}');
    await until(async () => inputs.length === 1 && (await listener.poisoned()) === 1);
    expect(inputs).toEqual([{ string: 'größer' }]);
    expect(warnings.join()).toContain('is not base64');
    await listener.stop();
  });

  test('outlives a storage account that does not answer, and lets what runs end when it stops', async () => {
    const own = await startAzurite();
    const warnings: string[] = [];
    let release = (): void => undefined;
    let ended = false;
    const listener = await listenToQueue({
      connectionString: own.connectionString,
      queueName: 'outage',
      settings: { ...settings, newBatchThreshold: 1 },
      run: async () => {
        await new Promise<void>((resolve) => (release = resolve));
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended = true;
        return true;
      },
      warn: (message) => warnings.push(message),
    });
    const untouched = release;
    await new QueueClient(own.connectionString, 'outage').sendMessage('x');
    await until(() => release !== untouched);
    await own.stop();
    await until(() => warnings.some((one) => one.includes('ECONNREFUSED')));
    await expect(listener.queued()).rejects.toThrow('ECONNREFUSED');
    const stopped = listener.stop();
    release();
    await stopped;
    expect(ended).toBe(true);
  });
});
