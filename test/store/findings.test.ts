import { createHash, randomBytes } from 'node:crypto';
import type { Announcement, Finding } from '../../shared/core/finding';
import type { FindingStore } from '../../shared/core/ports';
import { findingStore } from '../../shared/store/findings';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { gateTo, type Gate } from './gate';

let azurite: Azurite;
let gate: Gate;
/** Two instances; what the first one sends passes the gate. */
let store: FindingStore;
let other: FindingStore;

beforeAll(async () => {
  azurite = await startAzurite();
  gate = await gateTo(azurite);
  store = findingStore(gate);
  other = findingStore(azurite);
});
afterAll(async () => {
  await gate.close();
  await azurite.stop();
});

let serial = 0;
/** A subscription of its own for each test. */
function freshSubscription(): string {
  serial += 1;
  return subscriptionId.replace(/^.{8}/, String(serial).padStart(8, '0'));
}

const findingIn = (subscription: string, findingId: string, changed: Partial<Finding> = {}): Finding => ({
  findingId,
  controlId: 'flow-logs',
  title: 'Traffic is logged',
  resourceId: networkId.replace(subscriptionId, subscription),
  resourceType: 'Microsoft.Network/virtualNetworks',
  state: 'open',
  severity: 'high',
  reason: 'no flow log',
  remedy: '',
  firstSeen: '2026-03-01T08:00:00.000Z',
  lastSeen: '2026-03-01T08:00:00.000Z',
  asOf: '2026-03-01T08:00:00.000Z',
  hops: { seen: '2026-03-01T08:00:00.000Z', decided: '2026-03-01T08:00:01.000Z' },
  lookedAt: ['a', 'b'],
  ...changed,
});

const rowOf = (subscription: string, key: string, text = ''): Announcement => ({
  table: 'StewardFindings_CL',
  key,
  subscriptionId: subscription,
  row: { EventId: key, Reason: text, TimeToComplianceMs: 7, PreviousState: null },
});

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
const keysIn = async (subscription: string): Promise<readonly string[]> =>
  (await all(store.outbox(subscription))).map(({ key }) => key);

async function put(finding: Finding, ...announcements: readonly Announcement[]): Promise<void> {
  const subscription = finding.resourceId.split('/')[2] ?? '';
  await store.update({ subscriptionId: subscription, findingId: finding.findingId }, () => ({
    finding,
    announcements,
  }));
}

describe('a finding', () => {
  test('is stored and announced together, and read as it was', async () => {
    const id = freshSubscription();
    const finding = findingIn(id, 'one', {
      timeToCompliance: 7,
      reason: 'a «b» "c" \n 😀 \u0001 <&>',
      announced: 'now',
    });
    const change = { finding, announcements: [rowOf(id, 'k1', '<&>\n😀')] };
    expect(await store.update({ subscriptionId: id, findingId: 'one' }, () => change)).toEqual(change);
    expect(await other.get(id, 'one')).toEqual(finding);
    expect(await all(other.of(id))).toEqual([finding]);
    expect(await all(other.outbox(id))).toEqual(change.announcements);
  });

  test('of a quiet change is stored without an announcement', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'));
    await put(findingIn(id, 'one', { lastSeen: '2026-03-02T08:00:00.000Z' }));
    expect(await store.get(id, 'one')).toMatchObject({ lastSeen: '2026-03-02T08:00:00.000Z' });
    expect(await keysIn(id)).toEqual([]);
  });

  test('loses the fields that it does not have any more', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one', { announced: 'now', lookedAt: ['x'] }), rowOf(id, 'k1'));
    await put(findingIn(id, 'one', { lookedAt: [] }), rowOf(id, 'k2'));
    expect(await store.get(id, 'one')).toEqual(findingIn(id, 'one', { lookedAt: [] }));
  });

  test('holds thousands of objects of a cluster, each with its reason', async () => {
    const id = freshSubscription();
    const aspects = Array.from({ length: 5_000 }, (_, index) => {
      const findingId = createHash('sha256').update(String(index)).digest('hex').slice(0, 32);
      const reason = `container worker-${index * 7} may run as root: spec.containers[${index % 9}] of «größe-${findingId}»`;
      return findingIn(id, findingId, { aspect: `${networkId}/${findingId}`, reason, lookedAt: [] });
    });
    await put(findingIn(id, 'one', { aspects }));
    expect(await other.get(id, 'one')).toEqual(findingIn(id, 'one', { aspects }));
    await put(findingIn(id, 'one', { aspects: aspects.slice(0, 2) }));
    expect(await all(other.of(id))).toEqual([findingIn(id, 'one', { aspects: aspects.slice(0, 2) })]);
  });

  test('that no row can hold is refused, and what was there stays', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'));
    const reason = randomBytes(1_500_000).toString('base64');
    await expect(put(findingIn(id, 'one', { reason }))).rejects.toThrow(/too long for a row/);
    expect(await store.get(id, 'one')).toEqual(findingIn(id, 'one'));
  });

  test('may be as large as it gets, and small again', async () => {
    const id = freshSubscription();
    const large = findingIn(id, 'one', {
      reason: '«ü😀»"\\\n'.repeat(1_000),
      lookedAt: Array.from({ length: 300 }, (_, index) => `${networkId}-größe-${index}`),
    });
    await put(large, rowOf(id, 'k1', large.reason));
    expect(await store.get(id, 'one')).toEqual(large);
    expect(await all(store.of(id))).toEqual([large]);
    await put(findingIn(id, 'one'));
    expect(await store.get(id, 'one')).toEqual(findingIn(id, 'one'));
  });

  test('is decided upon what was there before', async () => {
    const id = freshSubscription();
    const key = { subscriptionId: id, findingId: 'one' };
    const asked: unknown[] = [];
    const decide = (previous: Finding | undefined): undefined => void asked.push(previous);
    expect(await store.update(key, decide)).toBeUndefined();
    await put(findingIn(id, 'one'));
    await store.update(key, decide);
    expect(asked).toEqual([undefined, findingIn(id, 'one')]);
  });

  test('stays as it was when nothing is decided, or the decision fails', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'));
    const failing = store.update({ subscriptionId: id, findingId: 'one' }, () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
    expect(await all(store.of(id))).toEqual([findingIn(id, 'one')]);
  });

  test('that nobody has is undefined', async () => {
    expect(await store.get(freshSubscription(), 'none')).toBeUndefined();
  });

  test('can be removed, also twice', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'), rowOf(id, 'k1'));
    await store.remove({ subscriptionId: id, findingId: 'one' }, () => true);
    await store.remove({ subscriptionId: id, findingId: 'one' }, () => true);
    expect(await all(store.of(id))).toEqual([]);
    expect(await keysIn(id)).toEqual(['k1']);
  });

  test('whose announcement cannot be stored is not stored either', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'));
    const twice = rowOf(id, 'k1');
    await expect(put(findingIn(id, 'one', { state: 'resolved' }), twice, twice)).rejects.toThrow();
    expect(await store.get(id, 'one')).toMatchObject({ state: 'open' });
    expect(await keysIn(id)).toEqual([]);
  });

  test('of one subscription is not one of another, however its id is quoted', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'), rowOf(id, 'k1'));
    expect(await store.get(freshSubscription(), 'one')).toBeUndefined();
    expect(await all(store.of(freshSubscription()))).toEqual([]);
    expect(await all(store.of(`x' or PartitionKey ne '`))).toEqual([]);
    expect(await all(store.outbox(`x' or PartitionKey ne '`))).toEqual([]);
  });
});

describe('when several write one finding', () => {
  const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';

  test.each([
    ['without an announcement', 0],
    ['with an announcement', 1],
  ])('at the same moment, all of it lands, %s', async (_, rows) => {
    const id = freshSubscription();
    const writers = Array.from({ length: 8 }, (_unused, index) => index);
    await Promise.all(
      writers.map((writer) =>
        (writer % 2 === 0 ? store : other).update({ subscriptionId: id, findingId: 'one' }, (previous) => ({
          finding: findingIn(id, 'one', { lookedAt: [...(previous?.lookedAt ?? []), String(writer)] }),
          announcements: rows === 0 ? [] : [rowOf(id, `k${writer}`)],
        })),
      ),
    );
    const finding = await store.get(id, 'one');
    expect(finding?.lookedAt.toSorted()).toEqual(writers.map(String));
    expect(await keysIn(id)).toEqual(rows === 0 ? [] : writers.map((writer) => `k${writer}`));
  });

  test.each([
    ['somebody else has made it', false, ['first', 'late']],
    ['somebody else has changed it', true, ['old', 'first', 'late']],
  ])('between reading and writing, the later is asked again: %s', async (_, isThere, words) => {
    const id = freshSubscription();
    if (isThere) await put(findingIn(id, 'one', { lookedAt: ['old'] }));
    const add = (word: string) => (previous: Finding | undefined) => ({
      finding: findingIn(id, 'one', { lookedAt: [...(previous?.lookedAt ?? []), word] }),
      announcements: [rowOf(id, word)],
    });
    const key = { subscriptionId: id, findingId: 'one' };
    const holding = gate.holdRequest(isWrite);
    const late = store.update(key, add('late'));
    const held = await holding;
    await other.update(key, add('first'));
    held.go();
    expect((await late)?.finding.lookedAt).toEqual(words);
    expect((await store.get(id, 'one'))?.lookedAt).toEqual(words);
    expect(await keysIn(id)).toEqual(['first', 'late']);
  });

  test.each([
    ['without an announcement', []],
    ['with an announcement', ['k1']],
  ])('and one removes it meanwhile, the other is asked again, %s', async (_, keys) => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'));
    const asked: boolean[] = [];
    const holding = gate.holdRequest(isWrite);
    const late = store.update({ subscriptionId: id, findingId: 'one' }, (previous) => {
      asked.push(previous !== undefined);
      return { finding: findingIn(id, 'one'), announcements: keys.map((key) => rowOf(id, key)) };
    });
    const held = await holding;
    await other.remove({ subscriptionId: id, findingId: 'one' }, () => true);
    held.go();
    await late;
    expect(asked).toEqual([true, false]);
    expect(await store.get(id, 'one')).toEqual(findingIn(id, 'one'));
    expect(await keysIn(id)).toEqual(keys);
  });
});

describe('when two instances hold the same finding', () => {
  test('what one writes the other does not remove, and is asked again', async () => {
    const id = freshSubscription();
    const key = { subscriptionId: id, findingId: 'one' };
    await put(findingIn(id, 'one'));
    const asked: (readonly string[])[] = [];
    const holding = gate.holdRequest(({ method }) => method === 'DELETE');
    const late = store.remove(key, ({ lookedAt }) => {
      asked.push(lookedAt);
      return !lookedAt.includes('opened meanwhile');
    });
    const held = await holding;
    const opened = { ...findingIn(id, 'one'), lookedAt: ['opened meanwhile'] };
    await other.update(key, () => ({ finding: opened, announcements: [] }));
    held.go();
    await late;
    expect(asked).toEqual([findingIn(id, 'one').lookedAt, ['opened meanwhile']]);
    expect(await store.get(id, 'one')).toEqual(opened);
  });
});

describe('the outbox', () => {
  test('gives the oldest first, whenever it was put in', async () => {
    const id = freshSubscription();
    const times = ['2026-03-02T08:00:00.000Z-b', '2026-03-01T08:00:00.000Z-z', '2026-03-02T08:00:00.000Z-a'];
    await put(findingIn(id, 'one'), ...times.map((time) => rowOf(id, time)));
    expect(await keysIn(id)).toEqual(times.toSorted());
  });

  test('forgets what was delivered, also twice, and keeps the rest', async () => {
    const id = freshSubscription();
    const rows = ['k1', 'k2', 'k3'].map((key) => rowOf(id, key));
    await put(findingIn(id, 'one'), ...rows);
    await store.delivered(rows.slice(0, 2));
    await store.delivered(rows.slice(0, 2));
    expect(await keysIn(id)).toEqual(['k3']);
    expect(await store.get(id, 'one')).toBeDefined();
  });

  test('takes the same announcement twice and keeps it once', async () => {
    const id = freshSubscription();
    await put(findingIn(id, 'one'), rowOf(id, 'k1', 'old'));
    await put(findingIn(id, 'one'), rowOf(id, 'k1', 'new'));
    expect(await all(store.outbox(id))).toEqual([rowOf(id, 'k1', 'new')]);
  });

  test('gives all of many pages, in order, and none of its neighbours', async () => {
    const id = freshSubscription();
    const keys = Array.from({ length: 1_089 }, (_, index) => String(index).padStart(5, '0'));
    const batches = Array.from({ length: 11 }, (_, batch) => keys.slice(batch * 99, batch * 99 + 99));
    await Promise.all(
      batches.map((batch, index) => put(findingIn(id, `finding-${index}`), ...batch.map((key) => rowOf(id, key)))),
    );
    await put(findingIn(freshSubscription(), 'neighbour'));
    expect(await keysIn(id)).toEqual(keys);
    expect(await all(store.of(id))).toHaveLength(11);
  });
});

test('a table that could not be made at first is made at the next use', async () => {
  const id = freshSubscription();
  const unlucky = findingStore(gate);
  gate.refuse(({ method, path }) => method === 'POST' && path.includes('/Tables'), 403);
  await expect(unlucky.get(id, 'one')).rejects.toThrow();
  expect(await unlucky.get(id, 'one')).toBeUndefined();
});
