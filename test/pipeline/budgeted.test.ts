import { limitsFor } from '../../shared/core/limits';
import type { Message } from '../../shared/core/message';
import { judge } from '../../shared/pipeline/judge';
import { accountId, log, logId, networkId, zone, zoneWith, zoneWithout } from '../controls/landing-zone';
import { having } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const message = (world: MemoryWorld, more: Partial<Message> = {}): Message => ({
  scope: { kind: 'resource', id: networkId },
  cause: 'event',
  receivedAt: world.now(),
  ...more,
});

/** Other instances have written as much as Azure takes. */
async function spend(world: MemoryWorld, id = logId): Promise<void> {
  for (const limit of limitsFor(id).filter(({ most }) => most >= 1_000))
    for (let taken = 0; taken < limit.most; taken += 1) await world.budget.take([limit]);
}

/** What waits for its turn; networks whose groups are judged again for them are others. */
const waiting = (world: MemoryWorld): MemoryWorld['sent'] =>
  world.sent.filter(({ message: { waits } }) => waits === true);
const takeWaiting = (world: MemoryWorld): Message => {
  const [first] = waiting(world);
  world.take();
  return first!.message;
};

const stateOf = (world: MemoryWorld): string | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === networkId)?.state;

test('what Azure would not take is not sent, and comes back when there is room', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await spend(world);
  await judge(world, message(world));
  expect(world.azure.written.filter(({ id }) => id.includes('/flowLogs/'))).toEqual([]);
  expect(stateOf(world)).toBe('open');
  const [back] = waiting(world);
  expect(back?.message).toMatchObject({ scope: { id: networkId }, waits: true });
  expect(back?.delay).toBeGreaterThan(290);
  world.pass(300_000);
  await judge(world, takeWaiting(world));
  expect(stateOf(world)).toBe('resolved');
});

test('the finding tells that Steward waits, and that nobody has to do anything', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await spend(world);
  await judge(world, message(world));
  const remedy = [...world.stored.values()].find(({ resourceId }) => resourceId === networkId)?.remedy;
  expect(remedy).toContain('WriteBudgetSpent: what may be written in this subscription is spent');
  expect(remedy).toContain('nothing: Steward goes on when it is this resource’s turn');
});

test('waiting is no try: a resource that waited twenty times is still put right', async () => {
  const world = memoryWorld(zoneWithout(logId));
  let next = message(world);
  for (let times = 0; times < 20; times += 1) {
    await spend(world);
    await judge(world, next);
    next = takeWaiting(world);
    expect(next.attempt).toBeUndefined();
    world.pass(310_000);
  }
  await judge(world, next);
  expect(stateOf(world)).toBe('resolved');
});

test('a short wait is waited out on the spot', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await spend(world);
  world.pass(290_000);
  await judge(world, message(world));
  expect(waiting(world)).toEqual([]);
  expect(stateOf(world)).toBe('resolved');
});

test.each<Message['cause']>(['backfill', 'timer'])(
  'what a sweep sent to be written (%s) waits for its turn before anything is read',
  async (cause) => {
    const world = memoryWorld(zoneWithout(logId));
    await spend(world);
    await judge(world, message(world, { cause }));
    expect(world.azure.asked).toEqual([]);
    expect(world.sent).toMatchObject([{ message: { cause, waits: true } }]);
  },
);

test('an event is judged at once, whatever may be written', async () => {
  const world = memoryWorld(zone);
  await spend(world);
  await judge(world, message(world));
  expect(stateOf(world)).toBe('compliant');
});

test('where nothing may be written, nothing waits', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await spend(world);
  await judge(world, message(world, { cause: 'backfill' }));
  expect(stateOf(world)).toBe('open');
  expect(waiting(world)).toEqual([]);
});

test('those who wait come back one after the other, as Azure lets them through', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await spend(world);
  for (let count = 0; count < 1_500; count += 1) await judge(world, message(world, { cause: 'backfill' }));
  const delays = world.sent.map(({ delay }) => delay);
  expect(delays.filter((delay) => delay < 320)).toHaveLength(1_000);
  expect(delays.filter((delay) => delay > 580)).toHaveLength(500);
});

test('what a write may have to put back is paid for before it is sent', async () => {
  const short = having(log, { retentionPolicy: { days: 7, enabled: true } });
  const world = memoryWorld(zoneWith(short));
  await spend(world, `${accountId}/managementPolicies/default`);
  await judge(world, message(world));
  expect(world.azure.written).toEqual([]);
  expect(waiting(world)).toHaveLength(1);
});

test('tries before the wait are not forgotten', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await spend(world);
  await judge(world, message(world, { attempt: 4 }));
  expect(takeWaiting(world)).toMatchObject({ attempt: 4, waits: true });
});
