import type { Message } from '../../shared/core/message';
import { changedFields, removeAndProve } from '../../shared/pipeline/apply';
import { judge } from '../../shared/pipeline/judge';
import { accountId, log, logId, networkId, zoneWith } from '../controls/landing-zone';
import { having, idIn } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import type { Resource } from '../../shared/core/resource';

const message = (world: MemoryWorld): Message => ({
  scope: { kind: 'resource', id: networkId },
  cause: 'event',
  receivedAt: world.now(),
});

/** A flow log that goes to an account that is no more: an account is made first, and then the log is repaired. */
const lost = having(log, { storageId: idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stgone') });
const logIn = (world: MemoryWorld): Resource | undefined => world.azure.resources.find(({ id }) => id === logId);
const writtenTypes = (world: MemoryWorld): readonly string[] =>
  world.azure.written.map(({ id }) => id.split('/').at(-2) ?? '');

/** While the account is made, which takes minutes, somebody does something. */
function meanwhile(world: MemoryWorld, act: (found: Resource) => Resource | undefined): void {
  const { write } = world.writer;
  world.writer.write = async (action) => {
    await write(action);
    if (!/\/storageAccounts\/[^/]+$/.test(action.id)) return;
    world.pass(180_000);
    const changed = act(logIn(world)!);
    world.azure.resources = world.azure.resources.flatMap((one) => (one.id === logId ? (changed ?? []) : one));
  };
}

const world = (): MemoryWorld => memoryWorld(zoneWith(lost).filter(({ id }) => id !== accountId));

test('a plan of several writes is carried out in its order', async () => {
  const estate = world();
  meanwhile(estate, (found) => found);
  await judge(estate, message(estate));
  expect(writtenTypes(estate)).toEqual(['storageAccounts', 'managementPolicies', 'flowLogs']);
  expect(estate.ledgered.map(({ end }) => end?.state)).toEqual(['proved', 'proved', 'proved']);
});

describe('what the owner did between two writes of a plan ends it, and is kept', () => {
  test.each<[string, (found: Resource) => Resource | undefined, RegExp]>([
    ['another tag', (found) => ({ ...found, tags: { owner: 'somebody else' } }), /changed by somebody .*: tags\.owner/],
    [
      'another interval',
      (found) =>
        having(found, { flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: false } } }),
      /changed by somebody in the meantime: properties\.flowAnalytics/,
    ],
    [
      'another field',
      (found) => having(found, { recordTypes: 'B,E' }),
      /changed by somebody .*: properties\.recordTypes/,
    ],
    ['that it is gone', () => undefined, /changed by somebody in the meantime: that it exists/],
  ])('%s', async (_, act, told) => {
    const estate = world();
    meanwhile(estate, act);
    await judge(estate, message(estate));
    expect(writtenTypes(estate)).toEqual(['storageAccounts', 'managementPolicies']);
    expect(logIn(estate)).toEqual(act(lost));
    expect(estate.ledgered.map(({ change }) => change.resourceId)).not.toContain(logId);
    const finding = [...estate.stored.values()].find(({ resourceId }) => resourceId === networkId);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringMatching(told) as string });
    expect(estate.sent.filter(({ message: { cause } }) => cause === 'retry')).toHaveLength(1);
  });

  test('and the next try is made on what the owner left', async () => {
    const estate = world();
    meanwhile(estate, (found) => ({ ...found, tags: { owner: 'somebody else' } }));
    await judge(estate, message(estate));
    const [again] = estate.sent.filter(({ message: { cause } }) => cause === 'retry');
    estate.pass(10_000);
    await judge(estate, again!.message);
    expect(logIn(estate)).toMatchObject({ tags: { owner: 'somebody else' }, properties: { enabled: true } });
    const finding = [...estate.stored.values()].find(({ resourceId }) => resourceId === networkId);
    expect(finding?.state).toBe('resolved');
  });
});

test('a removal that Azure took and does not show is not called refused in the ledger', async () => {
  const estate = world();
  const { remove } = estate.writer;
  estate.writer.remove = async (id) => {
    await remove(id);
    estate.azure.refuse = () => refusal('AuthorizationFailed');
  };
  const why = { controlId: 'flow-logs', findingId: 'f', subjectId: networkId, cause: 'revert' } as const;
  const errand = {
    lock: { name: 'lock', lastWrite: '' },
    why,
    identity: undefined,
    limits: [],
    read: { keys: new Set<string>(), at: '' },
  };
  const removal = { id: logId, before: lost, summary: 'take back' };
  await expect(removeAndProve(estate, removal, errand)).rejects.toThrow('AuthorizationFailed');
  expect(logIn(estate)).toBeUndefined();
  expect(estate.ledgered).toMatchObject([{ change: { resourceId: logId }, end: { state: 'unproved' } }]);
});

describe('two states of a resource', () => {
  test.each<[string, Resource | undefined, Resource | undefined, readonly string[]]>([
    ['are the same', log, structuredClone(log), []],
    ['are none', undefined, undefined, []],
    ['differ in what is new', log, { ...log, tags: { owner: 'network team', more: 'x' } }, ['tags.more']],
    ['differ in what is gone', log, { ...log, tags: {} }, ['tags.owner']],
    ['differ in a value, told once', log, having(log, { enabled: false }), ['properties.enabled']],
    ['differ in that one was made', undefined, log, ['that it exists']],
    ['differ in that one is gone', log, undefined, ['that it exists']],
    ['differ in their place', log, { ...log, location: 'northeurope' }, ['location']],
  ])('%s', (_, before, found, paths) => {
    expect(changedFields(before, found)).toEqual(paths);
  });

  test('do not differ in what Azure alone writes about them', () => {
    expect(changedFields({ ...log, etag: 'a' }, { ...log, etag: 'b' })).toEqual([]);
  });
});
