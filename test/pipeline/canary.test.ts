import type { ChangeEvent } from '../../shared/core/change-event';
import type { Finding } from '../../shared/core/finding';
import { watchEvents } from '../../shared/pipeline/canary';
import { hear } from '../../shared/pipeline/hear';
import { judge } from '../../shared/pipeline/judge';
import { zone } from '../controls/landing-zone';
import { stewardGroup, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const minute = 60_000;
const own = 'c11e0000-0000-4000-8000-00000000aaaa';
const tagsId = `${stewardGroup}/providers/Microsoft.Resources/tags/default`;

const hourly = (): MemoryWorld => memoryWorld(zone, { canary: 'hourly' });
const finding = (world: MemoryWorld): Finding | undefined =>
  [...world.stored.values()].find(({ controlId }) => controlId === 'event-delivery');
const comesBack = (
  world: MemoryWorld,
  change: Partial<ChangeEvent> = {},
  ownIds: readonly string[] = [own],
): Promise<void> =>
  hear(world, { id: tagsId, kind: 'written', eventAt: world.canaries.at(-1) ?? '', by: [own], ...change }, ownIds);

async function after(world: MemoryWorld, minutes: number): Promise<void> {
  world.pass(minutes * minute);
  await watchEvents(world);
}

test('nothing is written and nothing found without consent', async () => {
  const world = memoryWorld(zone);
  await watchEvents(world);
  expect(world.canaries).toEqual([]);
  expect(world.stored.size).toBe(0);
});

test('one canary an hour, however often the timer comes', async () => {
  const world = hourly();
  for (let quarter = 0; quarter < 12; quarter += 1) await after(world, 15);
  expect(world.canaries).toHaveLength(3);
});

test('one canary an hour, however many instances there are', async () => {
  const world = hourly();
  await Promise.all([watchEvents(world), watchEvents(world), watchEvents(world)]);
  expect(world.canaries).toHaveLength(1);
});

test('a canary that came back is right, and wakes nobody', async () => {
  const world = hourly();
  await watchEvents(world);
  expect(finding(world)).toBeUndefined();
  await comesBack(world, { id: tagsId.toUpperCase() });
  await after(world, 15);
  expect(finding(world)).toMatchObject({ state: 'compliant', severity: 'high', resourceId: stewardGroup });
  expect(world.sent).toEqual([]);
  expect(world.rows).toEqual([]);
});

test('a canary that did not come back after 30 minutes is a finding until one does', async () => {
  const world = hourly();
  await watchEvents(world);
  await after(world, 29);
  expect(finding(world)).toBeUndefined();
  await after(world, 2);
  expect(finding(world)).toMatchObject({
    state: 'open',
    severity: 'high',
    title: 'Events of the subscription reach Steward',
    reason: expect.stringContaining(`written to ${stewardGroup} at ${world.canaries[0]}, and no event told of it`),
  });
  await after(world, 30);
  expect(world.canaries).toHaveLength(2);
  expect(finding(world)?.state).toBe('open');
  await comesBack(world);
  await after(world, 15);
  expect(finding(world)?.state).toBe('resolved');
  expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
});

test('a canary that comes back late answers for itself and not for those after it', async () => {
  const world = hourly();
  await watchEvents(world);
  const [first = ''] = world.canaries;
  await after(world, 60);
  await after(world, 31);
  await comesBack(world, { eventAt: first });
  await after(world, 1);
  expect(finding(world)).toMatchObject({ state: 'open', reason: expect.stringContaining(world.canaries[1] ?? 'none') });
});

test('an event that is quicker than the answer to the write counts', async () => {
  const world = hourly();
  const canary = {
    write: async (at: string) => {
      world.canaries.push(at);
      await comesBack(world);
    },
  };
  await watchEvents({ ...world, canary });
  await after(world, 45);
  expect(finding(world)?.state).toBe('compliant');
});

test.each<[string, Partial<ChangeEvent>, readonly string[], boolean]>([
  ['of ours', {}, [own], true],
  ['of somebody else', { by: ['somebody'] }, [own], false],
  ['of whom nobody knows', { by: [] }, [own], false],
  ['of anybody, when we do not know who we are', { by: ['somebody'] }, [], true],
  ['of another group', { id: tagsId.replace('rg-steward', 'rg-other') }, [own], false],
  ['of the group itself', { id: stewardGroup }, [own], false],
])('a write of tags is a canary: %s', async (_, change, ownIds, isOne) => {
  const world = hourly();
  await watchEvents(world);
  await comesBack(world, change, ownIds);
  await after(world, 45);
  expect(finding(world)?.state).toBe(isOne ? 'compliant' : 'open');
});

describe('a canary that cannot be written', () => {
  const refusing = (world: MemoryWorld, error = refusal('AuthorizationFailed')): MemoryWorld => ({
    ...world,
    canary: { write: () => Promise.reject(error) },
  });

  test('is unknown, with what to grant, and is tried again after an hour', async () => {
    const world = hourly();
    await watchEvents(refusing(world));
    expect(finding(world)).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/AuthorizationFailed.*Microsoft\.Resources\/tags\/write on \/subscriptions/),
    });
    await after(world, 30);
    expect(world.canaries).toEqual([]);
    await after(world, 30);
    expect(world.canaries).toHaveLength(1);
    await comesBack(world);
    await after(world, 15);
    expect(finding(world)?.state).toBe('resolved');
  });

  test('for now is tried again by the next timer and told only when it lasts', async () => {
    const world = hourly();
    await watchEvents(world);
    await comesBack(world);
    const down = refusing(world, refusal('ServiceUnavailable', 503));
    await after(down, 60);
    expect(finding(world)?.state).toBe('compliant');
    await after(world, 15);
    expect(world.canaries).toHaveLength(2);
    await comesBack(world);
    for (let quarter = 0; quarter < 9; quarter += 1) await after(down, 15);
    expect(finding(world)?.state).toBe('unknown');
  });

  test('does not hide one that did not come back', async () => {
    const world = hourly();
    await watchEvents(world);
    await after(refusing(world), 60);
    expect(finding(world)?.state).toBe('open');
  });

  test('because the process died is written by the next timer', async () => {
    const world = hourly();
    const dying = { ...world, canary: { write: () => Promise.reject(new Error('the process died')) } };
    await expect(watchEvents(dying)).rejects.toThrow('died');
    await after(world, 5);
    expect(world.canaries).toHaveLength(0);
    await after(world, 10);
    expect(world.canaries).toHaveLength(1);
  });
});

test('a finding ends when no canary is asked for any more', async () => {
  const world = hourly();
  await watchEvents(world);
  await after(world, 45);
  expect(finding(world)?.state).toBe('open');
  await watchEvents({ ...world, settings: { ...world.settings, canary: 'off' } });
  expect(finding(world)).toMatchObject({ state: 'notApplicable', reason: expect.stringMatching(/CANARY is off/) });
});

test.each([
  ['the subscription of Steward’s group', subscriptionId, 1],
  ['another subscription', '99999999-2222-4333-8444-555555555555', 0],
])('the timer’s message on %s writes canaries: %s', async (_, id, count) => {
  const world = memoryWorld(zone, { canary: 'hourly', subscriptionIds: [subscriptionId, id] });
  await judge(world, { scope: { kind: 'subscription', subscriptionId: id }, cause: 'timer', receivedAt: world.now() });
  expect(world.canaries).toHaveLength(count);
});
