import { RestError } from '@azure/core-rest-pipeline';
import hostJson from '../host.json';
import { judgeMessage } from '../shared/judge-message';
import { poisonedMessages, putBackPoisoned, watchPoison } from '../shared/pipeline/poison';
import { networkId, zone } from './controls/landing-zone';
import { memoryWorld, type MemoryWorld } from './memory-world';

const body = { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: '2026-03-01T08:00:00.000Z' };
const last = hostJson.extensions.queues.maxDequeueCount;

class TablesDown extends Error {
  override readonly name = 'TablesDown';
}

function broken(): MemoryWorld {
  const world = memoryWorld(zone);
  const findings = {
    ...world.findings,
    get: () => Promise.reject(new TablesDown('the tables do not answer\nRequestId: of no use')),
  };
  return { ...world, findings };
}

test('a message is judged', async () => {
  const world = memoryWorld(zone);
  await judgeMessage(world, body, 1);
  expect([...world.stored.values()]).toMatchObject([{ state: 'compliant' }]);
  expect(world.poison).toEqual([]);
});

test.each([1, last - 1, Number.NaN])('what fails on try %s is left to the host, which tries again', async (tries) => {
  const world = broken();
  await expect(judgeMessage(world, body, tries)).rejects.toThrow(TablesDown);
  expect(world.poison).toEqual([]);
});

test.each([last, last + 1])('what fails on try %s is set aside with the first line of the reason', async (tries) => {
  const world = broken();
  await judgeMessage(world, body, tries);
  expect(world.poison).toEqual([{ body, reason: 'TablesDown: the tables do not answer' }]);
  expect(world.lines).toEqual([{ step: 'failed', text: 'set aside: TablesDown: the tables do not answer' }]);
});

test('what fails on its last try and cannot be set aside is thrown, so that the host moves it', async () => {
  const world = broken();
  const queue = { ...world.queue, poison: () => Promise.reject(new Error('the queue does not answer')) };
  await expect(judgeMessage({ ...world, queue }, body, last)).rejects.toThrow(TablesDown);
});

describe('while storage does not answer', () => {
  const down = (statusCode: number): MemoryWorld => {
    const world = memoryWorld(zone);
    const get = (): Promise<never> => Promise.reject(new RestError('Server busy', { statusCode }));
    return { ...world, findings: { ...world.findings, get } };
  };

  test.each([500, 503, 429])(
    'a message waits in the queue, and never ends among the poison (%s)',
    async (statusCode) => {
      const world = down(statusCode);
      for (const tries of [3, last]) await judgeMessage(world, body, tries);
      expect(world.poison).toEqual([]);
      expect(world.sent).toEqual([
        { message: body, delay: 120 },
        { message: body, delay: 120 },
      ]);
    },
  );

  test('the first tries are the host’s, who is quicker', async () => {
    await expect(judgeMessage(down(503), body, 2)).rejects.toThrow('Server busy');
  });

  test('the message stays with the host when the queue does not answer either', async () => {
    const world = down(503);
    const queue = { ...world.queue, send: () => Promise.reject(new Error('the queue does not answer')) };
    await expect(judgeMessage({ ...world, queue }, body, last)).rejects.toThrow('Server busy');
  });

  test('what storage refuses is no outage', async () => {
    const world = down(403);
    await judgeMessage(world, body, last);
    expect(world.poison).toHaveLength(1);
  });
});

test('what nobody understands is set aside at once', async () => {
  const world = memoryWorld(zone);
  await judgeMessage(world, 'judge this', 1);
  expect(world.poison).toEqual([{ body: 'judge this', reason: 'a queue message is no JSON' }]);
});

describe('whoever asks for what was set aside', () => {
  const aside = { id: '1', reason: 'r', body: 'b', insertedAt: '2026-03-01T08:00:00.000Z', dequeueCount: 0 };
  const world = memoryWorld([]);
  const queue: MemoryWorld['queue'] = {
    ...world.queue,
    poisoned: async () => 40,
    listPoisoned: async (most) => Array.from({ length: Math.min(most, 32) }, () => aside),
    putBack: async (receivedAt) => ({ putBack: 39, refused: [{ id: receivedAt, reason: 'r' }] }),
  };

  test('gets the oldest and how many there are', async () => {
    const { count, messages } = await poisonedMessages({ ...world, queue });
    expect([count, messages.length, messages[0]]).toEqual([40, 32, aside]);
  });

  test('has it put back as of now, and the journal tells', async () => {
    const { putBack, refused } = await putBackPoisoned({ ...world, queue });
    expect(putBack).toBe(39);
    expect(refused[0]?.id).toMatch(/^2026-03-01T08:00:00/);
    expect(world.lines.at(-1)?.text).toMatch(/^39 messages put back .* 1 cannot be understood/);
  });

  test('need not ask: the timer says that it waits', async () => {
    await watchPoison({ ...world, queue });
    expect(world.lines.at(-1)).toMatchObject({ step: 'failed', text: expect.stringMatching(/^40 messages/) });
  });
});
