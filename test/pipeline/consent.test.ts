import { flowLogs } from '../../shared/controls/flow-logs';
import type { Finding } from '../../shared/core/finding';
import type { Message } from '../../shared/core/message';
import type { Resource } from '../../shared/core/resource';
import { parseScopeFilter } from '../../shared/core/scope-filter';
import { refusalToWrite } from '../../shared/pipeline/consent';
import { judge } from '../../shared/pipeline/judge';
import { log, logId, network, networkId, resourceGroup, zoneWith, zoneWithout } from '../controls/landing-zone';
import { having, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const message = (world: MemoryWorld, more: Partial<Message> = {}): Message => ({
  scope: { kind: 'resource', id: networkId },
  cause: 'event',
  receivedAt: world.now(),
  ...more,
});

const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });

const findingOf = (world: MemoryWorld): Finding | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === networkId);

const filter = (texts: object) => ({
  remediateIn: parseScopeFilter({ subscriptions: '', resourceGroups: '', tags: '', ...texts }),
});

const off = having(log, { enabled: false });
const taggedGroup = { ...resourceGroup, tags: { environment: 'production' } };

function expectNothingWritten(world: MemoryWorld, why: RegExp): void {
  expect(world.azure.written).toEqual([]);
  expect(world.ledgered).toEqual([]);
  expect(findingOf(world)).toMatchObject({ state: 'open', remedy: expect.stringMatching(why) as string });
}

describe('nothing is written', () => {
  test.each<[string, object, RegExp]>([
    [
      'while a filter cannot be understood',
      filter({ tags: '=production' }),
      /^not written: nothing is written while a scope filter cannot be understood: setting REMEDIATE_TAGS has "=production"/,
    ],
    [
      'in a subscription that is not named',
      filter({ subscriptions: '99999999-2222-4333-8444-555555555555' }),
      new RegExp(`setting REMEDIATE_SUBSCRIPTIONS does not name ${subscriptionId}`),
    ],
    [
      'in a resource group that is not named',
      filter({ resourceGroups: 'rg-app-*' }),
      /setting REMEDIATE_RESOURCE_GROUPS does not name rg-network/,
    ],
    [
      'without the tag that is named',
      filter({ tags: 'environment=production' }),
      /neither vnet-spoke nor its resource group has a tag of setting REMEDIATE_TAGS/,
    ],
    ['by a control that is not named', { remediate: [] }, /^not written: setting REMEDIATE does not name flow-logs/],
  ])('%s, and the finding tells why and what would be', async (_, settings, why) => {
    const world = memoryWorld(zoneWith(off), settings);
    await judge(world, message(world));
    expectNothingWritten(world, why);
    expect(findingOf(world)?.remedy).toMatch(/; would repair flow log spoke-flowlog: switch on/);
    expect(findingOf(world)?.changes).toMatchObject([
      { resourceId: logId, differences: [{ path: 'properties.enabled', before: false, after: true }] },
    ]);
    const [row] = world.rows;
    expect(JSON.parse(String(row?.['Changes']))).toEqual(findingOf(world)?.changes);
  });

  test.each<[string, object, RegExp]>([
    ['a filter cannot be understood', filter({ resourceGroups: 'rg a' }), /scope filter cannot be understood/],
    ['it is outside', filter({ resourceGroups: 'rg-app-*' }), /does not name rg-network/],
  ])('nor enqueued to be, by a sweep: %s', async (_, settings, why) => {
    const world = memoryWorld(zoneWith(off), settings);
    await sweep(world);
    expectNothingWritten(world, why);
    expect(world.sent).toEqual([]);
  });

  test('while the resource group cannot be read that may have the tag', async () => {
    const world = memoryWorld(zoneWith(off, taggedGroup), filter({ tags: 'environment=production' }));
    world.azure.refuse = ({ query }) =>
      query?.kind === 'get' && query.id === resourceGroup.id ? refusal('AuthorizationFailed') : undefined;
    await judge(world, message(world));
    expectNothingWritten(
      world,
      /whether setting REMEDIATE_TAGS names vnet-spoke is not known: its resource group could not be read: AuthorizationFailed/,
    );
    world.azure.refuse = () => undefined;
    world.pass(61_000);
    await judge(world, message(world));
    expect(findingOf(world)?.state).toBe('resolved');
  });

  test('in a resource group that is not there', async () => {
    const world = memoryWorld(
      zoneWith(off).filter(({ id }) => id !== resourceGroup.id),
      filter({ tags: 'environment' }),
    );
    await judge(world, message(world));
    expectNothingWritten(world, /neither vnet-spoke nor its resource group has a tag/);
  });
});

describe('what is inside the filters is put right', () => {
  test.each<[string, object, readonly Resource[]]>([
    ['by its subscription', filter({ subscriptions: subscriptionId }), [off]],
    ['by its resource group', filter({ resourceGroups: 'rg-net*' }), [off]],
    ['by the tag of its resource group', filter({ tags: 'environment=production' }), [off, taggedGroup]],
    ['by its own tag', filter({ tags: 'Team' }), [off, { ...network, tags: { team: 'a' } }]],
  ])('%s', async (_, settings, resources) => {
    const world = memoryWorld(zoneWith(...resources), settings);
    await judge(world, message(world));
    expect(findingOf(world)?.state).toBe('resolved');
    expect(world.ledgered).toMatchObject([{ change: { resourceId: logId }, end: { state: 'proved' } }]);
  });
});

describe('a remedy that is undone', () => {
  /** Somebody removes the flow log, and an event tells of it. */
  async function undo(world: MemoryWorld, by?: string): Promise<void> {
    world.pass(60_000);
    world.azure.resources = world.azure.resources.filter(({ id }) => !id.includes('/flowLogs/'));
    await judge(world, message(world, { eventAt: world.now(), ...(by !== undefined && { by }) }));
  }

  test('as often as the setting says within a day is left alone, and told with who undid it', async () => {
    const world = memoryWorld(zoneWithout(logId), { undoneADay: 3 });
    await judge(world, message(world));
    for (const by of ['first', undefined]) {
      await undo(world, by);
      expect(findingOf(world)?.state).toBe('resolved');
    }
    const written = world.azure.written.length;
    await undo(world, 'object-id-of-third');
    expect(world.azure.written).toHaveLength(written);
    expect(findingOf(world)).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(
        /^not written: left alone: its remedy was undone 3 times within a day, the last time at 2026-03-01T08:0\S+, by object-id-of-third; would create flow log/,
      ) as string,
      undone: [{ by: 'first' }, {}, { by: 'object-id-of-third' }],
    });
    expect(world.rows.at(-1)).toMatchObject({ FindingState: 'open', UndoneBy: 'first, unknown, object-id-of-third' });
    expect(world.rows.at(-1)?.['Remedy']).toMatch(/by object-id-of-third/);
  });

  test('stays alone as long as it is open, by event and by sweep, and is put right again a day later', async () => {
    const world = memoryWorld(zoneWithout(logId), { undoneADay: 2 });
    await judge(world, message(world));
    for (const by of ['ada', 'ada']) await undo(world, by);
    const written = world.azure.written.length;
    world.pass(3_600_000);
    await judge(world, message(world, { by: 'ada' }));
    world.take();
    await sweep(world);
    expect(world.sent.filter(({ message: { scope } }) => scope.kind === 'resource' && scope.id === networkId)).toEqual(
      [],
    );
    expect(world.azure.written).toHaveLength(written);
    expect(findingOf(world)?.undone).toHaveLength(2);
    world.pass(86_400_000);
    await judge(world, message(world));
    expect(findingOf(world)).toMatchObject({ state: 'resolved' });
    expect(findingOf(world)?.undone).toBeUndefined();
  });

  test('by nobody that an event told of says so', async () => {
    const world = memoryWorld(zoneWithout(logId), { undoneADay: 1 });
    await judge(world, message(world));
    await undo(world);
    expect(findingOf(world)?.remedy).toMatch(/undone 1 times within a day, .*, no event says by whom/);
  });

  test('is not counted where the owner had put it right', async () => {
    const world = memoryWorld(zoneWithout(logId), { undoneADay: 1 });
    const audit = { ...world, settings: { ...world.settings, remediate: [] } };
    await judge(audit, message(world));
    world.azure.resources = zoneWith();
    world.pass(61_000);
    await judge(audit, message(world));
    expect(findingOf(world)?.state).toBe('resolved');
    await undo(world, 'ada');
    expect(findingOf(world)).toMatchObject({ state: 'resolved' });
    expect(world.ledgered).not.toEqual([]);
  });
});

test('what a person took back stays so, until a person approves the plan', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await judge(world, message(world));
  const open = findingOf(world)!;
  const held = { at: '2026-03-01T07:00:00.000Z', by: 'ada', changeId: 'c1' };
  world.stored.set(open.findingId, { ...open, held });
  const allowed = { ...world, settings: { ...world.settings, remediate: ['flow-logs'] } };
  world.pass(61_000);
  await judge(allowed, message(world));
  expect(world.azure.written).toEqual([]);
  expect(findingOf(world)).toMatchObject({
    held,
    remedy: expect.stringMatching(/left alone since 2026-03-01T07:00:00\.000Z: ada took change c1 back/) as string,
  });
  const asked = { control: flowLogs, subject: network, before: undefined, finding: findingOf(world)! };
  expect(await refusalToWrite(allowed, asked)).toMatch(/left alone since/);
  expect(await refusalToWrite(allowed, { ...asked, isApproved: true })).toBeUndefined();
  expect(await refusalToWrite(world, { ...asked, isApproved: true })).toMatch(/REMEDIATE does not name/);
});
