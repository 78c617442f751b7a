import { liveFlowLogs } from '../../shared/controls/live-flow-logs';
import { inTurns } from '../../shared/core/in-turns';
import type { FlowLog } from '../../shared/flow-logging/types';
import type { Resource } from '../../shared/core/resource';
import { judge } from '../../shared/pipeline/judge';
import { having, resource, subscription } from '../given';
import { refusal, type MemoryWorld } from '../memory-world';
import { applied, itemsOf, planned } from '../runs-given';
import { aspects, blob, flowingZone, look, minutes, silence, storage, used, watching, writes } from './flowing-zone';
import { accountId, deletionRule, groupId, lifecycleOf, log, logId, networkId, zoneWith } from './landing-zone';

const tag = 'steward-rearming';
const logIn = (world: MemoryWorld): Resource<FlowLog> | undefined =>
  world.azure.resources.find(({ id }) => id === logId) as Resource<FlowLog> | undefined;
const switches = (world: MemoryWorld): readonly unknown[] =>
  world.azure.written.map(({ id, body }) => [id === logId, body.properties?.['enabled'], tag in (body.tags ?? {})]);
const [off, on] = [
  [true, false, true],
  [true, true, false],
];
/** What a death between the two writes leaves. */
const halfway = { ...having(log, { enabled: false }), tags: { ...log.tags, [tag]: 'about to be on again' } };

describe('a silent log', () => {
  test('is switched off and on again, and is unknown until its first blob is there', async () => {
    const world = watching();
    const [finding] = await silence(world);
    expect(switches(world)).toEqual([off, on]);
    expect(finding).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/off and on again at .*waited for/),
    });
    expect(finding?.remedy).toMatch(/^done: switch flow log .* off.*; switch flow log .* on again/);
    expect(finding?.hops.written).toBe(finding?.hops.renewed);
  });

  test('is resolved when it flows again, and each step is told to Sentinel once', async () => {
    const world = watching();
    await silence(world);
    const at = writes(world);
    const [finding] = await look(world, 3);
    expect(finding).toMatchObject({ state: 'resolved', hops: { flowing: at } });
    const { written = '', confirmed = '', flowing = '' } = finding?.hops ?? {};
    expect([written, confirmed, flowing].toSorted()).toEqual([written, confirmed, flowing]);
    expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'unknown', 'resolved']);
  });

  test('is not switched a second time while its first blob is waited for', async () => {
    const world = watching();
    await silence(world);
    await look(world, 1);
    expect(await look(world, 117)).toMatchObject([{ state: 'unknown' }]);
    expect(world.azure.written).toHaveLength(2);
  });

  test('does not count as flowing by a blob that is older than the switching', async () => {
    const world = watching();
    const [finding] = await silence(world);
    const before = new Date(Date.parse(finding?.hops.renewed ?? '') - 1_000).toISOString();
    world.azure.blobs = [blob(before)];
    expect(await look(world, 2)).toMatchObject([{ state: 'unknown' }]);
  });

  test('keeps everything else that its owner chose', async () => {
    const world = watching();
    await silence(world);
    const after = logIn(world);
    expect({ ...after, properties: { ...after?.properties, provisioningState: 'Succeeded' } }).toEqual({
      ...log,
      properties: { ...log.properties, targetResourceGuid: undefined },
    });
    expect(world.azure.written.map(({ body }) => body.tags)).toEqual([
      { owner: 'network team', [tag]: expect.stringContaining('about to switch it on again') },
      { owner: 'network team' },
    ]);
  });

  test('is switched on though its owner’s log took minutes to be switched off', async () => {
    const world = watching();
    const { land } = world.azure;
    world.azure.land = (action) => {
      world.pass(minutes(3));
      const { targetResourceGuid = '' } = log.properties as { readonly targetResourceGuid?: string };
      return land(action).map((one) => having(one, { targetResourceGuid }));
    };
    await silence(world);
    expect(switches(world)).toEqual([off, on]);
  });

  test('is not switched off where one write an hour is allowed, for a second has to follow', async () => {
    const world = watching(flowingZone, { writesAnHour: 1 });
    expect(await silence(world)).toMatchObject([
      { state: 'open', remedy: expect.stringContaining('WriteBudgetSpent') },
    ]);
    expect(world.azure.written).toEqual([]);
  });

  test('is switched where two writes an hour are allowed', async () => {
    const world = watching(flowingZone, { writesAnHour: 2 });
    await silence(world);
    expect(switches(world)).toEqual([off, on]);
  });

  test('is switched by a plan that says the same whenever it is made', async () => {
    const [first, second] = [watching(), watching()];
    await silence(first);
    second.pass(minutes(7));
    await silence(second);
    expect(first.azure.written.map(({ id, body }) => [id, body])).toEqual(
      second.azure.written.map(({ id, body }) => [id, body]),
    );
  });

  test('has the lifecycle rules of its account put back when Azure overwrites them', async () => {
    const rules = lifecycleOf(accountId, [deletionRule('archive', 400)]);
    const world = watching([...flowingZone, rules]);
    const { land } = world.azure;
    world.azure.land = (action) => [
      ...land(action),
      ...(action.id === logId ? [lifecycleOf(accountId, [deletionRule('by the log', 120)])] : []),
    ];
    await silence(world);
    const kept = world.azure.resources.find(({ id }) => id === rules.id);
    expect(JSON.stringify(kept)).toContain('archive');
  });

  test('is left alone without consent, and the remedy says what would be done', async () => {
    const world = watching(flowingZone, { remediate: ['flow-logs'] });
    await silence(world);
    expect(world.azure.written).toEqual([]);
    const [sum] = [...world.stored.values()];
    expect(sum).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(
        /REMEDIATE does not name live-flow-logs; would switch .* off.*, switch .* on again/,
      ),
    });
  });

  test.each([
    [
      'that AKS manages',
      {
        ...resource(`${subscription}/resourceGroups/rg-network`, {}),
        managedBy: `${subscription}/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks`,
      },
    ],
  ])('is left alone in a group %s', async (_, group) => {
    const world = watching(zoneWith(storage, used(), group));
    const [finding] = await silence(world);
    expect(world.azure.written).toEqual([]);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringContaining('AKS manages') });
  });

  test('is left alone while the lifecycle rules cannot be read that the write may overwrite', async () => {
    const world = watching();
    world.azure.refuse = ({ query }) =>
      query?.kind === 'get' && query.id.endsWith('/managementPolicies/default')
        ? refusal('AuthorizationFailed')
        : undefined;
    const [finding] = await silence(world);
    expect(world.azure.written).toEqual([]);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringContaining('lifecycle rules') });
  });

  test('is switched in turn with whatever else is written in its region', async () => {
    const world = watching();
    const names: string[] = [];
    const watched: MemoryWorld = {
      ...world,
      locks: { under: (name, work) => (names.push(name), world.locks.under(name, work)) },
    };
    await silence(watched);
    expect(names).toEqual([`${subscription}/locations/westeurope`]);
  });
});

describe('a log that stays silent', () => {
  test('after it was switched is left to a person', async () => {
    const world = watching();
    await silence(world);
    const [finding] = await look(world, 121);
    expect(finding).toMatchObject({
      state: 'open',
      reason: expect.stringMatching(/has written nothing .*; it was switched off and on again at/),
      remedy: expect.stringMatching(/has not helped: look at the firewall/),
    });
    await look(world, 121);
    expect(world.azure.written).toHaveLength(2);
  });

  test('a second time, after it had flowed, is switched a second time', async () => {
    const world = watching();
    await silence(world);
    writes(world);
    await look(world, 2);
    expect(await look(world, 121)).toMatchObject([{ state: 'unknown' }]);
    expect(switches(world)).toEqual([off, on, off, on]);
  });
});

describe('a log that was switched off and not on again', () => {
  test('because Azure refused for now is open, and the next try switches it on and does nothing else', async () => {
    const world = watching();
    world.azure.refuse = ({ action }) =>
      action?.body.properties?.['enabled'] === true ? refusal('TooManyRequests', 429, 7) : undefined;
    expect(await silence(world)).toMatchObject([
      {
        state: 'open',
        reason: expect.stringContaining('is still off'),
        remedy: expect.stringContaining('TooManyRequests'),
      },
    ]);
    expect(world.sent.filter(({ message }) => message.cause === 'retry')).toHaveLength(1);
    world.azure.refuse = () => undefined;
    expect(await look(world, 1)).toMatchObject([{ state: 'unknown' }]);
    expect(switches(world)).toEqual([off, on]);
  });

  test('because Steward died in between is switched on, though nothing is remembered of it', async () => {
    const world = watching(zoneWith(storage, used(), halfway));
    expect(await look(world)).toMatchObject([{ state: 'unknown' }]);
    expect(switches(world)).toEqual([on]);
    expect(logIn(world)?.tags).toEqual({ owner: 'network team' });
  });

  test('is found though it is the log of a security group, which counts for nothing while it is off', async () => {
    const onGroup = { ...having(halfway, { targetResourceId: groupId }), id: `${logId}-group`, name: 'group-flowlog' };
    const world = watching([...zoneWith(storage, used(), onGroup).filter(({ id }) => id !== logId)]);
    await look(world);
    expect(world.azure.written.map(({ id, body }) => [id, body.properties?.['enabled']])).toEqual([[onGroup.id, true]]);
  });

  test('is switched on, whatever was written within the hour', async () => {
    const world = watching(zoneWith(storage, used(), halfway), { writesAnHour: 1 });
    await world.budget.take([
      { name: `writes in an hour by live-flow-logs|${networkId.split('/')[2] ?? ''}`, most: 1, seconds: 3_600 },
    ]);
    await look(world);
    expect(switches(world)).toEqual([on]);
  });

  test('is a violation without consent, and stays as it is', async () => {
    const world = watching(zoneWith(storage, used(), halfway), { remediate: [] });
    expect(await look(world)).toMatchObject([{ state: 'open', severity: 'high' }]);
    expect(world.azure.written).toEqual([]);
  });

  test('by somebody else is not touched', async () => {
    const world = watching();
    await look(world);
    world.azure.resources = zoneWith(storage, used(), having(log, { enabled: false }));
    expect(await look(world, 121)).toMatchObject([{ state: 'notApplicable' }]);
    expect(world.azure.written).toEqual([]);
  });
});

test('two instances that judge a silent log at once switch it once', async () => {
  const world = watching();
  await look(world);
  world.pass(minutes(121));
  const oneByOne = inTurns();
  const locks: MemoryWorld['locks'] = { under: (name, work) => oneByOne(name, () => world.locks.under(name, work)) };
  const instances = [1, 2].map(() => ({ ...world, locks, inTurn: inTurns() }));
  const receivedAt = world.now();
  const scope = { kind: 'resource', id: networkId } as const;
  await Promise.all(instances.map((instance) => judge(instance, { scope, cause: 'timer', receivedAt })));
  expect(switches(world)).toEqual([off, on]);
  expect(aspects(world)).toMatchObject([{ state: 'unknown' }]);
});

test('a sweep finds a silent log, remembers what was, and has it switched', async () => {
  const world = watching();
  const sweep = async (): Promise<void> => {
    const subscriptionId = subscription.split('/')[2] ?? '';
    await judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });
    for (const message of world.take()) await judge(world, message);
  };
  await sweep();
  expect(aspects(world)).toMatchObject([{ state: 'notApplicable' }]);
  world.pass(minutes(121));
  await sweep();
  expect(switches(world)).toEqual([off, on]);
});

test('a backfill shows how a silent log would be switched, and switches it as shown', async () => {
  const world = watching();
  await look(world);
  world.take();
  world.pass(minutes(121));
  const plan = await planned(world);
  expect(await itemsOf(world, plan)).toMatchObject([
    {
      resourceId: networkId,
      state: 'planned',
      text: expect.stringMatching(/^would switch .* off.*, switch .* on again$/),
    },
  ]);
  expect(world.azure.written).toEqual([]);
  world.pass(minutes(1));
  await applied(world, plan.id);
  expect(switches(world)).toEqual([off, on]);
});

test('every write is one that the remedy names', async () => {
  const world = watching();
  await silence(world);
  expect(world.azure.written.map(({ permission }) => permission)).toEqual([
    ...liveFlowLogs.remedy.permissions,
    ...liveFlowLogs.remedy.permissions,
  ]);
});
