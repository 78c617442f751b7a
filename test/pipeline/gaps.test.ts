import { closeGaps, eventsMissed, forgetReceipts } from '../../shared/pipeline/gaps';
import { hear } from '../../shared/pipeline/hear';
import { judge } from '../../shared/pipeline/judge';
import type { MissedChange } from '../../shared/core/delivery';
import { groupId, logId, networkId, subnetId, zone } from '../controls/landing-zone';
import { idIn, subscription, subscriptionId } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const minute = 60_000;
const own = 'c11e0000-0000-4000-8000-00000000aaaa';

/** Listening since a minute ago. */
async function listening(): Promise<MemoryWorld> {
  const world = memoryWorld(zone);
  await closeGaps(world, subscriptionId);
  world.pass(minute);
  return world;
}

let operations = 0;
/** Somebody changes a resource, and the activity log is going to tell. */
function change(world: MemoryWorld, resourceId: string): string {
  const at = world.now();
  world.logged = [...(world.logged ?? []), { resourceId, operationId: `operation ${(operations += 1)}`, at }];
  return at;
}

const announce = (world: MemoryWorld, id: string, by: readonly string[] = ['somebody']): Promise<void> =>
  hear(world, { id, kind: 'written', eventAt: world.now(), by }, [own]);

async function missed(world: MemoryWorld): Promise<{ readonly count: number; readonly woken: readonly unknown[] }> {
  world.sent.splice(0);
  await closeGaps(world, subscriptionId);
  const { missed: count = -1 } = (await world.receipts.gaps(subscriptionId)) ?? {};
  const woken = world.sent.map(({ message: { scope } }) => (scope.kind === 'resource' ? scope.id : scope.kind));
  return { count, woken };
}

test('a change that an event announced is not missed', async () => {
  const world = await listening();
  change(world, networkId);
  await announce(world, networkId.toUpperCase());
  world.pass(30 * minute);
  expect(await missed(world)).toEqual({ count: 0, woken: [] });
});

test('a change that no event announced is judged and counted', async () => {
  const world = await listening();
  const at = change(world, networkId);
  world.pass(30 * minute);
  expect(await missed(world)).toEqual({ count: 1, woken: [networkId] });
  expect(world.sent).toMatchObject([{ message: { cause: 'timer', notBefore: expect.stringMatching(/./) }, delay: 0 }]);
  expect(await world.receipts.gaps(subscriptionId)).toMatchObject({ last: [{ resourceId: networkId, at }] });
  expect(world.lines.at(-1)?.text).toMatch(/^1 changes that no event announced/);
});

test('a change is counted once, however often its window is looked at', async () => {
  const world = await listening();
  change(world, networkId);
  for (let look = 0; look < 8; look += 1) {
    world.pass(15 * minute);
    await missed(world);
  }
  expect(await missed(world)).toEqual({ count: 1, woken: [] });
});

test('two instances that look at the same time count a change once', async () => {
  const world = await listening();
  change(world, networkId);
  world.pass(30 * minute);
  await Promise.all([closeGaps(world, subscriptionId), closeGaps(world, subscriptionId)]);
  expect((await world.receipts.gaps(subscriptionId))?.missed).toBe(1);
});

test('who dies before the change is counted leaves it to be found, judged and counted again', async () => {
  const world = await listening();
  change(world, networkId);
  world.pass(30 * minute);
  const dying = { ...world.receipts, updateGaps: () => Promise.reject(new Error('the process died')) };
  await expect(closeGaps({ ...world, receipts: dying }, subscriptionId)).rejects.toThrow('died');
  expect(await missed(world)).toEqual({ count: 1, woken: [networkId] });
});

test.each<[string, string, string]>([
  ['the network of a subnet', subnetId, networkId],
  ['a flow log, which concerns its network', logId, logId],
])('a missed change wakes what its event would have woken: %s', async (_, id, scope) => {
  const world = await listening();
  change(world, id);
  world.pass(30 * minute);
  expect((await missed(world)).woken).toEqual([scope]);
});

test('a change of a subnet is not missed when an event about its network came since', async () => {
  const world = await listening();
  change(world, subnetId);
  await announce(world, networkId);
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(0);
});

test('our own writes are announced by their events, though these wake nobody', async () => {
  const world = await listening();
  change(world, logId);
  await announce(world, logId, [own]);
  expect(world.sent).toEqual([]);
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(0);
});

test('an event before the change does not announce it', async () => {
  const world = await listening();
  await announce(world, networkId);
  world.pass(minute);
  change(world, networkId);
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(1);
});

test('clocks may differ by a few seconds', async () => {
  const world = await listening();
  await announce(world, networkId);
  world.pass(5_000);
  change(world, networkId);
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(0);
});

test('several entries about one operation are one change', async () => {
  const world = await listening();
  change(world, networkId);
  const [one] = world.logged ?? [];
  world.logged = [one!, { ...one!, at: world.now() }];
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(1);
});

test.each(['first', 'last'] as const)(
  'of several entries about one operation the latest counts, told %s',
  async (where) => {
    const world = await listening();
    change(world, networkId);
    const [one] = world.logged ?? [];
    world.pass(minute);
    await announce(world, networkId);
    world.pass(minute);
    const end = { ...one!, at: world.now() };
    world.logged = where === 'first' ? [end, one!] : [one!, end];
    world.pass(30 * minute);
    expect((await missed(world)).count).toBe(1);
  },
);

test('an entry that comes late is found by a later look', async () => {
  const world = await listening();
  change(world, networkId);
  const late = world.logged;
  world.logged = [];
  world.pass(40 * minute);
  expect((await missed(world)).count).toBe(0);
  world.logged = late;
  world.pass(15 * minute);
  expect((await missed(world)).count).toBe(1);
});

test('what is of the last 20 minutes waits: the log is late, and so may the event be', async () => {
  const world = await listening();
  change(world, networkId);
  world.pass(15 * minute);
  expect((await missed(world)).count).toBe(0);
});

test('what changed before Steward listened is not missed: the first sweep judges it', async () => {
  const world = memoryWorld(zone);
  change(world, networkId);
  world.pass(minute);
  await closeGaps(world, subscriptionId);
  world.pass(40 * minute);
  expect((await missed(world)).count).toBe(0);
});

test.each([
  ['a type that no control judges or reads', idIn('rg', 'Microsoft.Web/sites/shop')],
  ['another subscription', networkId.replace(subscription, '/subscriptions/99999999-2222-4333-8444-555555555555')],
  ['what is no resource', 'vnet'],
])('a change of %s is not missed', async (_, id) => {
  const world = await listening();
  change(world, id);
  world.pass(30 * minute);
  expect((await missed(world)).count).toBe(0);
});

test('after an outage of days the log is read in parts until it is read to its end', async () => {
  const world = await listening();
  change(world, networkId);
  world.pass(24 * 60 * minute);
  change(world, groupId);
  world.pass(30 * minute);
  const counts: number[] = [];
  for (let look = 0; look < 6; look += 1) counts.push((await missed(world)).count);
  expect(counts).toEqual([1, 1, 1, 1, 2, 2]);
});

test('very many missed changes are judged by one more sweep, and all are counted', async () => {
  const world = await listening();
  for (let index = 0; index < 200; index += 1) change(world, `${networkId}-${index}`);
  world.pass(30 * minute);
  expect(await missed(world)).toEqual({ count: 200, woken: ['subscription'] });
  expect((await world.receipts.gaps(subscriptionId))?.last).toHaveLength(20);
  expect(await missed(world)).toEqual({ count: 200, woken: [] });
});

describe('a log that cannot be read', () => {
  test('is a finding that is unknown, loses nothing, and is right again when it can be read', async () => {
    const world = await listening();
    change(world, networkId);
    const { logged } = world;
    world.logged = undefined;
    world.pass(30 * minute);
    expect((await missed(world)).count).toBe(0);
    const finding = (): unknown => [...world.stored.values()].find(({ controlId }) => controlId === 'event-delivery');
    expect(finding()).toMatchObject({
      state: 'unknown',
      resourceId: subscription,
      reason: expect.stringMatching(/activity log could not be read.*AuthorizationFailed/),
    });
    expect(world.lines.map(({ step }) => step)).toContain('failed');
    world.logged = logged;
    world.pass(15 * minute);
    expect((await missed(world)).count).toBe(1);
    expect(finding()).toMatchObject({ state: 'resolved' });
  });

  test('is no finding when it never failed', async () => {
    const world = await listening();
    world.pass(30 * minute);
    await missed(world);
    expect(world.stored.size).toBe(0);
  });
});

describe('the timer', () => {
  const sweep = (world: MemoryWorld, cause: 'timer' | 'backfill' | 'retry'): Promise<void> =>
    judge(world, { scope: { kind: 'subscription', subscriptionId }, cause, receivedAt: world.now() });

  test.each([
    ['timer', 1],
    ['backfill', 0],
    ['retry', 0],
  ] as const)('looks for gaps with its sweep: %s', async (cause, count) => {
    const world = await listening();
    change(world, networkId);
    world.pass(30 * minute);
    await sweep(world, cause);
    expect((await world.receipts.gaps(subscriptionId))?.missed).toBe(count);
  });
});

test('a sweep that fails does not keep the timer from finding what events missed', async () => {
  const world = await listening();
  change(world, networkId);
  world.pass(30 * minute);
  const of = (): never => {
    throw new Error('a bug');
  };
  const broken = { ...world, findings: { ...world.findings, of } };
  const message = { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() } as const;
  await expect(judge(broken, message)).rejects.toThrow('a bug');
  expect((await world.receipts.gaps(subscriptionId))?.missed).toBe(1);
});

test('receipts are kept as long as a window may ask for them, and two days at least', async () => {
  const world = await listening();
  await announce(world, networkId);
  world.pass(3 * 24 * 60 * minute);
  await announce(world, groupId);
  await forgetReceipts(world, subscriptionId);
  expect(await world.receipts.lastHeard(subscriptionId, networkId)).toBeDefined();
  for (let look = 0; look < 20; look += 1) await missed(world);
  await forgetReceipts(world, subscriptionId);
  expect(await world.receipts.lastHeard(subscriptionId, networkId)).toBeUndefined();
  expect(await world.receipts.lastHeard(subscriptionId, groupId)).toBeDefined();
});

describe('events missed', () => {
  const now = '2026-03-02T08:30:00.000Z';
  const last: readonly MissedChange[] = [];
  const gaps = { since: now, watermark: now, last };

  test('are added up over all subscriptions, all of them and those of the last day', () => {
    const one = { ...gaps, missed: 9, perHour: { '2026-03-01T07': 4, '2026-03-01T09': 2, '2026-03-02T08': 1 } };
    const other = { ...gaps, missed: 5, perHour: { '2026-03-02T00': 3 } };
    expect(eventsMissed([one, undefined, other], now)).toEqual({ total: 14, lastDay: 6 });
  });

  test('are none before anything was compared', () => {
    expect(eventsMissed([undefined], now)).toEqual({ total: 0, lastDay: 0 });
  });
});
