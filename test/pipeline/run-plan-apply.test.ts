import type { Run } from '../../shared/core/run';
import { workOnRun } from '../../shared/pipeline/run-part';
import { startApply, startPlan } from '../../shared/pipeline/run-start';
import { statusOf } from '../../shared/pipeline/run-status';
import { log, logId, network, networkId, zone, zoneWith, zoneWithout } from '../controls/landing-zone';
import { having, subscription, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

import { applied, itemsOf, otherId, planned, unlogged, work } from '../runs-given';

describe('a plan', () => {
  test('shows each write field by field, and writes nothing', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    const run = await planned(world);
    expect(run.state).toBe('done');
    expect(world.azure.written).toEqual([]);
    const items = await itemsOf(world, run);
    expect(items.find(({ resourceId }) => resourceId === networkId)).toMatchObject({
      state: 'planned',
      controlId: 'flow-logs',
      text: expect.stringMatching(/^would repair flow log spoke-flowlog/),
      actions: [{ id: logId, differences: [{ path: 'properties.enabled', before: false, after: true }] }],
    });
    expect(await statusOf(world, run)).toMatchObject({ total: 2, done: 2, planned: 2, changed: 0, failed: 0 });
  });

  test('only counts what is right', async () => {
    const world = memoryWorld(zone);
    const run = await planned(world);
    expect(await itemsOf(world, run)).toEqual([]);
    expect(await statusOf(world, run)).toMatchObject({ total: 2, done: 2, planned: 0, blocked: 0 });
  });

  test('is one message per subscription, each once', async () => {
    const world = memoryWorld(zone, { subscriptionIds: [subscriptionId, otherId] });
    const run = await startPlan(world, {});
    expect(world.sent.map(({ message }) => message)).toMatchObject([
      { scope: { subscriptionId }, run: { id: run.id, part: subscriptionId } },
      { scope: { subscriptionId: otherId }, run: { id: run.id, part: otherId } },
    ]);
  });

  test('says of what cannot be read that it is unknown, with the reason', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.azure.refuse = ({ query }) =>
      query?.kind === 'list' && query.type.endsWith('/flowLogs') ? refusal('AuthorizationFailed') : undefined;
    const run = await planned(world);
    const items = await itemsOf(world, run);
    expect(items.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    expect(items[0]?.reason).toMatch(/AuthorizationFailed/);
    expect(await statusOf(world, run)).toMatchObject({ failed: 2, planned: 0 });
  });

  test('says of a type that cannot be listed that it is unknown', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = ({ query }) =>
      query?.kind === 'list' && query.type.endsWith('/virtualNetworks') ? refusal('AuthorizationFailed') : undefined;
    const run = await planned(world);
    expect(await itemsOf(world, run)).toMatchObject([
      {
        resourceId: subscription,
        state: 'unknown',
        reason: expect.stringMatching(/virtualNetworks could not be listed/),
      },
    ]);
  });

  test('waits when reading is throttled, tells until when, and counts no failure', async () => {
    const world = memoryWorld(zoneWithout(logId));
    let throttled = true;
    world.azure.refuse = ({ query }) =>
      throttled && query?.kind === 'list' && query.type.endsWith('/flowLogs')
        ? refusal('TooManyRequests', 429, 100)
        : undefined;
    const { id } = await startPlan(world, {});
    await work(world, 1);
    expect(world.sent).toMatchObject([{ delay: 100 }]);
    const status = await statusOf(world, (await world.runs.get(id)) as Run);
    expect(Date.parse(status.throttledUntil ?? '') - Date.parse(world.now())).toBeGreaterThan(95_000);
    expect(status).toMatchObject({ state: 'running', done: 0, failed: 0 });
    throttled = false;
    await work(world);
    expect(await statusOf(world, (await world.runs.get(id)) as Run)).toMatchObject({
      state: 'done',
      done: 2,
      planned: 2,
      failed: 0,
    });
  });

  test('gives up reading after some tries, and then it is unknown', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.azure.refuse = ({ query }) =>
      query?.kind === 'list' && query.type.endsWith('/flowLogs') ? refusal('InternalServerError', 500) : undefined;
    const run = await planned(world);
    expect(run.state).toBe('done');
    expect(await statusOf(world, run)).toMatchObject({ failed: 2 });
  });

  test('hands over to another message after some minutes and loses nothing', async () => {
    const world = memoryWorld(unlogged(60));
    const slow = { ...world, now: () => (world.pass(2_000), world.now()) };
    const { id } = await startPlan(slow, {});
    let messages = 0;
    for (let next = world.sent.shift(); next !== undefined; next = world.sent.shift()) {
      messages += 1;
      await workOnRun(slow, next.message);
    }
    expect(messages).toBeGreaterThan(1);
    const run = (await world.runs.get(id)) as Run;
    expect(await statusOf(world, run)).toMatchObject({ state: 'done', total: 62, done: 62, planned: 60 });
    const items = await itemsOf(world, run);
    expect(new Set(items.map(({ resourceId }) => resourceId)).size).toBe(60);
    expect(items).toHaveLength(60);
  });

  test('comes to the same when its message comes twice at the same time', async () => {
    const world = memoryWorld(unlogged(60));
    const { id } = await startPlan(world, {});
    const [message] = world.take();
    await Promise.all([workOnRun(world, message!), workOnRun(world, message!)]);
    await work(world);
    const run = (await world.runs.get(id)) as Run;
    expect(await statusOf(world, run)).toMatchObject({ state: 'done', total: 62, done: 62, planned: 60 });
    expect(await itemsOf(world, run)).toHaveLength(60);
  });

  test('does not answer an event that waits for its turn', async () => {
    const world = memoryWorld(zoneWithout(logId));
    await planned(world);
    expect([...world.stored.values()].map(({ state, pending }) => ({ state, pending }))).toEqual([
      { state: 'open', pending: true },
      { state: 'open', pending: true },
    ]);
  });
});

describe('the application of a plan', () => {
  test('writes exactly what was shown, and judges again', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    const plan = await planned(world);
    const run = await applied(world, plan.id);
    expect(run).toMatchObject({ state: 'done', kind: 'apply', planId: plan.id });
    expect(world.azure.written.map(({ id }) => id)).toEqual([logId]);
    const states = Object.fromEntries((await itemsOf(world, run)).map((item) => [item.resourceId, item.state]));
    expect(states).toEqual({
      [networkId]: 'changed',
      [network.properties?.subnets?.[0]?.properties?.networkSecurityGroup?.id ?? '']: 'right',
    });
    expect([...world.stored.values()].map(({ state }) => state)).toEqual(['resolved', 'resolved']);
    expect(await statusOf(world, run)).toMatchObject({ total: 2, done: 2, changed: 1, failed: 0, plan: plan.id });
  });

  test('takes what the first network made, as the account of its region, as shown for the others', async () => {
    const world = memoryWorld(unlogged(3));
    const run = await applied(world, (await planned(world)).id);
    expect(await statusOf(world, run)).toMatchObject({ changed: 3, blocked: 0, failed: 0 });
    const accounts = world.azure.written.filter(({ id }) => /storageAccounts\/[^/]+$/.test(id));
    expect(accounts).toHaveLength(1);
  });

  test('writes nothing where something else would be written by now, and says field by field what', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    const plan = await planned(world);
    const changed = having({ ...log, tags: { owner: 'somebody else' } }, { enabled: false });
    world.azure.resources = zoneWith(changed);
    const run = await applied(world, plan.id);
    expect(world.azure.written).toEqual([]);
    expect((await itemsOf(world, run)).find(({ resourceId }) => resourceId === networkId)).toMatchObject({
      state: 'changedSince',
      text: expect.stringMatching(/since it was planned there has changed spoke-flowlog: tags\.owner/),
      since: [{ path: 'spoke-flowlog: tags.owner', before: 'network team', after: 'somebody else' }],
    });
    expect(await statusOf(world, run)).toMatchObject({ changed: 0, blocked: expect.any(Number) });
  });

  test('sees what an owner changes while it writes something else', async () => {
    const networks = unlogged(2);
    const off = networks
      .filter(({ name }) => /^vnet-[01]$/.test(name))
      .map((one, index) =>
        having(
          { ...log, id: `${logId}-${index}`, name: `log-${index}`, tags: {} },
          { targetResourceId: one.id, enabled: false },
        ),
      );
    const world = memoryWorld([...networks, ...off]);
    const plan = await planned(world);
    world.azure.refuse = ({ action }) => {
      const owners = { ...off[1]!, tags: { owner: 'just now' } };
      if (action?.id === `${logId}-0`)
        world.azure.resources = [...world.azure.resources.filter(({ id }) => id !== owners.id), owners];
      return undefined;
    };
    const run = await applied(world, plan.id);
    expect(world.azure.written.map(({ id }) => id)).toEqual([`${logId}-0`]);
    expect((await itemsOf(world, run)).map(({ state }) => state)).toEqual(['changed', 'changedSince']);
  });

  test('asks by list, however many networks there are, and for each only for what it writes', async () => {
    const world = memoryWorld(unlogged(150));
    const plan = await planned(world);
    const asked = world.azure.asked.length;
    await applied(world, plan.id);
    const lists = world.azure.asked.slice(asked).filter(({ kind }) => kind === 'list');
    expect(lists.length).toBeLessThanOrEqual(10);
    const gets = world.azure.asked.slice(asked).filter(({ kind }) => kind === 'get');
    expect(gets.length).toBeLessThanOrEqual(150 * 3 + 20);
  });

  test('does nothing for what is right or gone by now', async () => {
    const world = memoryWorld(unlogged(2));
    const plan = await planned(world);
    world.azure.resources = [
      ...world.azure.resources.filter(({ name }) => name !== 'vnet-0' && name !== 'vnet-1'),
      ...[unlogged(2).find(({ name }) => name === 'vnet-1')!].flatMap((one) => [
        one,
        having({ ...log, id: `${logId}-1`, name: 'log-1' }, { targetResourceId: one.id }),
      ]),
    ];
    const run = await applied(world, plan.id);
    expect((await itemsOf(world, run)).map(({ state }) => state)).toEqual(['gone', 'right']);
    expect(world.azure.written).toEqual([]);
  });

  test('is refused for a control that the settings do not name', async () => {
    const world = memoryWorld(zoneWithout(logId), { remediate: [] });
    const run = await applied(world, (await planned(world)).id);
    expect(world.azure.written).toEqual([]);
    for (const item of await itemsOf(world, run))
      expect(item).toMatchObject({ state: 'blocked', text: 'not written: setting REMEDIATE does not name flow-logs' });
  });

  test('waits when a write is throttled, and goes on with the same item without counting a failure', async () => {
    const world = memoryWorld(unlogged(3));
    const plan = await planned(world);
    let refusals = 2;
    world.azure.refuse = ({ action }) =>
      action !== undefined && /flowLogs/.test(action.id) && (refusals -= 1) >= 0
        ? refusal('TooManyRequests', 429, 60)
        : undefined;
    const { id } = await startApply(world, plan.id);
    await work(world, 1);
    expect(world.sent).toMatchObject([{ delay: 60, message: { run: { id } } }]);
    const waiting = await statusOf(world, (await world.runs.get(id)) as Run);
    expect(waiting).toMatchObject({ state: 'running', done: 0, failed: 0 });
    expect(waiting.throttledUntil).toBeDefined();
    await work(world);
    expect(await statusOf(world, (await world.runs.get(id)) as Run)).toMatchObject({
      state: 'done',
      done: 3,
      changed: 3,
      failed: 0,
    });
  });

  test('goes on with the next item after one that Azure refuses for good', async () => {
    const world = memoryWorld(unlogged(3));
    const plan = await planned(world);
    world.azure.refuse = ({ action }) =>
      /fl-vnet-spoke-001/.test(action?.id ?? '') ? refusal('RequestDisallowedByPolicy') : undefined;
    const run = await applied(world, plan.id);
    expect((await itemsOf(world, run)).map(({ state }) => state)).toEqual(['changed', 'failed', 'changed']);
    expect(await statusOf(world, run)).toMatchObject({ changed: 2, failed: 1 });
  });

  test.each<[string, (world: MemoryWorld, plan: Run) => unknown, RegExp]>([
    ['a plan that does not exist', () => 'no-such-plan', /there is no plan "no-such-plan"/],
    ['a plan that is older than a day', (world, { id }) => (world.pass(86_500_000), id), /older than a day/],
    ['a run that is no plan', async (world, { id }) => (await applied(world, id)).id, /there is no plan/],
    [
      'a plan that is being applied',
      async (world, { id }) => (await startApply(world, id), id),
      /is being applied by run/,
    ],
    ['a plan that is not done', async (world) => (await startPlan(world, {})).id, /is running, not done/],
  ])('is refused for %s', async (_, idOf, message) => {
    const world = memoryWorld(zoneWithout(logId));
    const plan = await planned(world);
    const id = (await idOf(world, plan)) as string;
    await expect(startApply(world, id)).rejects.toThrow(message);
  });

  test('of a plan with nothing to write is done at once', async () => {
    const world = memoryWorld(zone);
    expect(await startApply(world, (await planned(world)).id)).toMatchObject({ state: 'done' });
  });
});
