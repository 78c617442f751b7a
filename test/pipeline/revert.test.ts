import { RefusedError } from '../../shared/core/errors';
import type { Resource } from '../../shared/core/resource';
import type { Finding } from '../../shared/core/finding';
import { judge } from '../../shared/pipeline/judge';
import { recover } from '../../shared/pipeline/recover';
import { revert } from '../../shared/pipeline/revert';
import { having, subscriptionId } from '../given';
import {
  accountId,
  deletionRule,
  lifecycleOf,
  log,
  logId,
  networkId,
  stewardAccountPrefix,
  zoneWith,
  zoneWithout,
} from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const off = having(log, { enabled: false });
const person = '0b1e0000-0000-4000-8000-00000000cccc';

async function settle(world: MemoryWorld): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const messages = world.take();
    if (messages.length === 0) return;
    for (const message of messages) await judge(world, message);
  }
  throw new Error('it goes in circles');
}

async function happens(world: MemoryWorld): Promise<void> {
  world.pass(120_000);
  const scope = { kind: 'resource', id: networkId } as const;
  await judge(world, { scope, cause: 'event', receivedAt: world.now() });
  await settle(world);
}

async function putRight(resources: readonly Resource[]): Promise<MemoryWorld> {
  const world = memoryWorld(resources);
  await happens(world);
  return world;
}

const findingOf = (world: MemoryWorld): Finding | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === networkId);

const stateOf = (world: MemoryWorld, id: string): unknown =>
  world.azure.resources.find((one) => one.id === id)?.properties;

const lastChange = (world: MemoryWorld): string => world.ledgered.at(-1)?.change.changeId ?? '';

const refused = async (promise: Promise<unknown>): Promise<RefusedError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RefusedError)) throw new Error(`not refused: ${String(error)}`);
  return error;
};

describe('a repair that is taken back', () => {
  test('leaves the log as it was', async () => {
    const world = await putRight(zoneWith(off));
    expect(stateOf(world, logId)).toMatchObject({ enabled: true });
    await revert(world, { changeId: lastChange(world), by: person });
    const { targetResourceGuid, ...writable } = off.properties as Readonly<Record<string, unknown>>;
    expect(targetResourceGuid).toBeDefined();
    expect(stateOf(world, logId)).toEqual({ ...writable, provisioningState: 'Succeeded' });
  });

  test('is in the ledger, with who asked for it, and the change knows who took it back', async () => {
    const world = await putRight(zoneWith(off));
    const changeId = lastChange(world);
    await revert(world, { changeId, by: person });
    const entry = world.ledgered.at(-1);
    expect(entry?.change.why).toMatchObject({ cause: 'revert', by: person, reverts: changeId });
    expect(entry?.end?.state).toBe('proved');
    expect((await world.ledger.find(changeId))?.revertedBy).toBe(entry?.change.changeId);
  });

  test('is not done again: the resource is left alone, and its finding says who took it back', async () => {
    const world = await putRight(zoneWith(off));
    await revert(world, { changeId: lastChange(world), by: person });
    await settle(world);
    await happens(world);
    expect(world.azure.written).toHaveLength(2);
    expect(findingOf(world)?.state).toBe('open');
    expect(findingOf(world)?.remedy).toContain(`${person} took change`);
  });

  test('puts back what others keep in the account, where Azure takes it by that write', async () => {
    const short = having(log, { retentionPolicy: { enabled: true, days: 30 } });
    const rules = lifecycleOf(accountId, [
      deletionRule('backups', 400, { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] }),
    ]);
    const world = await putRight([...zoneWith(short), rules]);
    const { land } = world.azure;
    world.azure.land = (action) =>
      action.id === logId ? [...land(action), { ...rules, properties: { policy: { rules: [] } } }] : land(action);
    await revert(world, { changeId: lastChange(world), by: person });
    expect(stateOf(world, logId)).toMatchObject({ retentionPolicy: { enabled: true, days: 30 } });
    expect(stateOf(world, rules.id)).toEqual(rules.properties);
  });
});

describe('it is refused, and nothing is written,', () => {
  test('when the resource was changed since', async () => {
    const world = await putRight(zoneWith(off));
    const now = world.azure.resources.find(({ id }) => id === logId) ?? log;
    world.azure.resources = [...zoneWithout(logId), { ...now, tags: { ...now.tags, touched: 'by hand' } }];
    const { kind, message } = await refused(revert(world, { changeId: lastChange(world), by: person }));
    expect({ kind, message }).toEqual({ kind: 'conflict', message: 'spoke-flowlog was changed since: tags.touched' });
    expect(world.azure.written).toHaveLength(1);
  });

  test('when it was taken back already', async () => {
    const world = await putRight(zoneWith(off));
    const changeId = lastChange(world);
    await revert(world, { changeId, by: person });
    expect((await refused(revert(world, { changeId, by: person }))).message).toContain('taken back already');
    expect(world.azure.written).toHaveLength(2);
  });

  test.each(['', 'nothing', `${subscriptionId}-20260301T080000000Z-aaaaaaaaaaaaa`, '../../other'])(
    'when there is no change "%s"',
    async (changeId) => {
      const world = await putRight(zoneWith(off));
      expect((await refused(revert(world, { changeId, by: person }))).kind).toBe('notFound');
    },
  );

  test('when Azure refuses it', async () => {
    const world = await putRight(zoneWith(off));
    world.azure.refuse = ({ action }) => (action === undefined ? undefined : refusal('ScopeLocked', 409));
    expect((await refused(revert(world, { changeId: lastChange(world), by: person }))).message).toContain(
      'ScopeLocked',
    );
    expect(world.ledgered.at(-1)?.end?.state).toBe('refused');
    expect(findingOf(world)?.held).toBeUndefined();
  });

  test('when the change was cut off and somebody else made the resource: it is not Steward’s to remove', async () => {
    const world = await putRight(zoneWithout(logId));
    const entry = world.ledgered.at(-1)!;
    const { change } = entry;
    world.ledgered[world.ledgered.length - 1] = { change };
    const made = world.azure.resources.find(({ id }) => id === change.resourceId)!;
    world.azure.resources = [
      ...world.azure.resources.filter(({ id }) => id !== change.resourceId),
      having(made as typeof log, { enabledFilteringCriteria: 'DstPort=443', storageId: accountId }),
    ];
    await recover(world, subscriptionId);
    expect(await world.ledger.find(change.changeId)).toMatchObject({ end: { state: 'interrupted' } });
    await refused(revert(world, { changeId: change.changeId, by: person }));
    expect(stateOf(world, change.resourceId)).toMatchObject({ enabledFilteringCriteria: 'DstPort=443' });
  });
});

describe('what Steward made', () => {
  test('is removed when it is a flow log', async () => {
    const world = await putRight(zoneWithout(logId));
    const made = world.ledgered.at(-1)?.change.resourceId ?? '';
    expect(stateOf(world, made)).toBeDefined();
    await revert(world, { changeId: lastChange(world), by: person });
    expect(stateOf(world, made)).toBeUndefined();
    expect(world.ledgered.at(-1)).toMatchObject({
      change: { resourceId: made, why: { cause: 'revert' } },
      end: { state: 'proved' },
    });
  });
});

test('an account that was made is not removed: it may hold data by now', async () => {
  const world = await putRight(zoneWithout(logId));
  const made = world.ledgered.find(({ change }) => change.resourceId.startsWith(stewardAccountPrefix))?.change;
  world.writer.remove = (id) => Promise.reject(refusal(`NotRemoved ${id}`, 400));
  expect((await refused(revert(world, { changeId: made?.changeId ?? '', by: person }))).message).toContain(
    'NotRemoved',
  );
});
