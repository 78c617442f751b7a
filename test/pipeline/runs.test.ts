import { keyOf } from '../../shared/core/resource';
import type { Run } from '../../shared/core/run';
import { reconcile } from '../../shared/pipeline/reconcile';
import { workOnRun } from '../../shared/pipeline/run-part';
import { pageOfItems } from '../../shared/pipeline/run-page';
import { cancelRun, startApply, startPlan } from '../../shared/pipeline/run-start';
import { statusOf } from '../../shared/pipeline/run-status';
import { logId, zone, zoneWithout } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

import { applied, itemsOf, otherId, partsOf, planned, unlogged, work } from '../runs-given';

describe('a run', () => {
  test('stops before the next item when it is cancelled, and says what it has done', async () => {
    const world = memoryWorld(unlogged(5));
    const plan = await planned(world);
    const { id } = await startApply(world, plan.id);
    world.azure.refuse = ({ action }) => {
      if (/fl-vnet-spoke-001/.test(action?.id ?? '')) void cancelRun(world, id);
      return undefined;
    };
    await work(world);
    const run = (await world.runs.get(id)) as Run;
    expect(run).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
    expect(await statusOf(world, run)).toMatchObject({ done: 2, changed: 2, total: 5 });
    expect(world.azure.written.filter(({ id: written }) => /flowLogs/.test(written))).toHaveLength(2);
    await expect(cancelRun(world, id)).rejects.toThrow(/is cancelled already/);
  });

  test('that is cancelled before anybody worked on it is over as soon as somebody looks', async () => {
    const world = memoryWorld(unlogged(1));
    const { id } = await startPlan(world, {});
    await cancelRun(world, id);
    await work(world);
    expect(await world.runs.get(id)).toMatchObject({ state: 'cancelled' });
  });

  test('goes on where it was when the instance dies after any call', async () => {
    const untouched = memoryWorld(unlogged(20));
    const plan = await planned(untouched);
    const { id } = await startApply(untouched, plan.id);
    await work(untouched);
    const whole = await statusOf(untouched, (await untouched.runs.get(id)) as Run);
    for (const deadly of ['keep', 'updatePart', 'get'] as const) {
      const world = memoryWorld(unlogged(20));
      const first = await planned(world);
      const run = await startApply(world, first.id);
      let calls = 0;
      const runs = {
        ...world.runs,
        [deadly]: async (...args: readonly unknown[]) => {
          const result = await (world.runs[deadly] as (...all: readonly unknown[]) => Promise<unknown>)(...args);
          if ((calls += 1) === 7) throw new Error('the instance died');
          return result;
        },
      };
      const [message] = world.take();
      await expect(workOnRun({ ...world, runs }, message!)).rejects.toThrow('died');
      await workOnRun(world, message!);
      await work(world);
      const now = await statusOf(world, (await world.runs.get(run.id)) as Run);
      expect(now).toMatchObject({ state: 'done', total: 20, done: 20, failed: 0 });
      expect(now.subscriptions).toHaveLength(whole.subscriptions.length);
      const logs = world.azure.written.filter(({ id: written }) => /flowLogs/.test(written));
      expect(new Set(logs.map(({ id: written }) => keyOf(written))).size).toBe(20);
      expect(logs).toHaveLength(20);
    }
  });

  test('whose message was lost goes on with the timer', async () => {
    const world = memoryWorld(unlogged(3));
    const { id } = await startPlan(world, {});
    world.take();
    world.pass(30 * 60_000);
    await reconcile(world);
    expect(world.take().filter(({ run }) => run !== undefined)).toEqual([]);
    world.pass(60 * 60_000);
    await reconcile(world);
    await work(world);
    expect(await world.runs.get(id)).toMatchObject({ state: 'done' });
  });

  test('that does not come on for a day is given up, and says so', async () => {
    const world = memoryWorld(unlogged(3));
    const { id } = await startPlan(world, {});
    world.take();
    world.pass(25 * 3_600_000);
    await reconcile(world);
    const run = (await world.runs.get(id)) as Run;
    expect(run.state).toBe('done');
    expect(await partsOf(world, run)).toMatchObject([
      { state: 'failed', text: expect.stringMatching(/not come on for a day/) },
    ]);
  });

  test('is forgotten after thirty days, with all that belongs to it', async () => {
    const world = memoryWorld(zoneWithout(logId));
    await planned(world);
    world.pass(31 * 86_400_000);
    await reconcile(world);
    expect([world.kept.runs.size, world.kept.parts.size, world.kept.items.size]).toEqual([0, 0, 0]);
  });

  test('of a subscription that the app does not keep any more fails and reads nothing', async () => {
    const world = memoryWorld(zone);
    const { id } = await startPlan(world, {});
    const [message] = world.take();
    await workOnRun({ ...world, settings: { ...world.settings, subscriptionIds: [otherId] } }, message!);
    expect(world.azure.asked).toEqual([]);
    expect(await partsOf(world, (await world.runs.get(id)) as Run)).toMatchObject([
      { state: 'failed', text: 'SUBSCRIPTION_IDS does not name it any more' },
    ]);
  });
});

test('what a crash has left behind in a plan is neither shown nor applied', async () => {
  const world = memoryWorld(unlogged(2));
  const plan = await planned(world);
  const [first] = await itemsOf(world, plan);
  await world.runs.keep(plan.id, [{ ...first!, number: 2 }]);
  expect((await pageOfItems(world, plan, undefined)).items).toHaveLength(2);
  const run = await applied(world, plan.id);
  expect((await itemsOf(world, run)).map(({ number }) => number)).toEqual([0, 1]);
});

describe('a management group', () => {
  const withGroup = (ids: readonly string[]): MemoryWorld => {
    const world = memoryWorld(zone, { subscriptionIds: [subscriptionId, otherId] });
    const value = ids.map((id) => ({ id, name: '', type: 'Microsoft.Management/managementGroups/subscriptions' }));
    return {
      ...world,
      reader: {
        ...world.reader,
        read: async (query) => ({ query, readAt: world.now(), result: { state: 'read', value } }),
      },
    };
  };

  test('is planned as the subscriptions below it that the app keeps; the others are listed', async () => {
    const foreign = '99999999-2222-4333-8444-555555555555';
    const group = '/providers/Microsoft.Management/managementGroups/inner';
    const world = withGroup([group, `/subscriptions/${otherId.toUpperCase()}`, `/subscriptions/${foreign}`]);
    const run = await startPlan(world, { managementGroupId: 'landing-zones' });
    expect(run).toMatchObject({ subscriptionIds: [otherId], notKept: [foreign], managementGroupId: 'landing-zones' });
    expect(world.sent).toHaveLength(1);
  });

  test('without any kept subscription is refused, and nothing is enqueued', async () => {
    const world = withGroup([]);
    await expect(startPlan(world, { managementGroupId: 'empty' })).rejects.toThrow(/none of the 0 subscriptions/);
    expect(world.sent).toEqual([]);
    expect(world.kept.runs.size).toBe(0);
  });
});
