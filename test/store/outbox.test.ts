import { TableClient } from '@azure/data-tables';
import type { Announcement } from '../../shared/core/finding';
import type { FindingStore } from '../../shared/core/ports';
import { findingStore } from '../../shared/store/findings';
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
function freshSubscription(): string {
  serial += 1;
  return subscriptionId.replace(/^.{8}/, String(serial).padStart(8, '0'));
}

const rowOf = (subscription: string, key: string): Announcement => ({
  table: 'StewardPosture_CL',
  key,
  subscriptionId: subscription,
  row: { EventId: key, Open: 7 },
});

const turnIn = (id: string, at: string) => ({ subscriptionId: id, name: 'posture-0', at });
const keysIn = (id: string): Promise<readonly string[]> => Array.fromAsync(other.outbox(id), ({ key }) => key);
const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';

describe('what is told in turns', () => {
  test('waits with its table, as it was put', async () => {
    const id = freshSubscription();
    const rows = ['a', 'b'].map((key) => rowOf(id, key));
    expect(await store.lastTurn(id, 'posture-0')).toBeUndefined();
    expect(await store.announce(turnIn(id, '2026-03-01T08'), rows)).toBe(true);
    expect(await Array.fromAsync(other.outbox(id))).toEqual(rows);
    expect(await other.lastTurn(id, 'posture-0')).toBe('2026-03-01T08');
  });

  test('is put there once a turn, and never for one that is past', async () => {
    const id = freshSubscription();
    await store.announce(turnIn(id, '2026-03-01T09'), [rowOf(id, 'a')]);
    expect(await other.announce(turnIn(id, '2026-03-01T09'), [rowOf(id, 'b')])).toBe(false);
    expect(await other.announce(turnIn(id, '2026-03-01T08'), [rowOf(id, 'c')])).toBe(false);
    expect(await other.announce(turnIn(id, '2026-03-01T10'), [rowOf(id, 'd')])).toBe(true);
    expect(await keysIn(id)).toEqual(['a', 'd']);
  });

  test('of other names and of other subscriptions has turns of its own', async () => {
    const [id, neighbour] = [freshSubscription(), freshSubscription()];
    await store.announce(turnIn(id, '2026-03-01T09'), [rowOf(id, 'a')]);
    expect(await store.announce({ ...turnIn(id, '2026-03-01T09'), name: 'posture-1' }, [rowOf(id, 'b')])).toBe(true);
    expect(await store.announce(turnIn(neighbour, '2026-03-01T09'), [rowOf(neighbour, 'c')])).toBe(true);
    expect([await keysIn(id), await keysIn(neighbour)]).toEqual([['a', 'b'], ['c']]);
  });

  test('is no finding, and as many as are stored together fit', async () => {
    const id = freshSubscription();
    const rows = Array.from({ length: 90 }, (_, index) => rowOf(id, `k${String(index).padStart(2, '0')}`));
    await store.announce(turnIn(id, '2026-03-01T08'), rows);
    expect(await Array.fromAsync(store.of(id))).toEqual([]);
    expect(await keysIn(id)).toEqual(rows.map(({ key }) => key));
  });

  test.each([
    ['the first turn', undefined],
    ['another turn', '2026-03-01T07'],
  ])('by two instances at the same moment is put there by one of them: %s', async (_, before) => {
    const id = freshSubscription();
    if (before !== undefined) await other.announce(turnIn(id, before), []);
    const holding = gate.holdRequest(isWrite);
    const late = store.announce(turnIn(id, '2026-03-01T08'), [rowOf(id, 'late')]);
    const held = await holding;
    expect(await other.announce(turnIn(id, '2026-03-01T08'), [rowOf(id, 'first')])).toBe(true);
    held.go();
    expect(await late).toBe(false);
    expect(await keysIn(id)).toEqual(['first']);
  });

  test('is there once when the answer was lost', async () => {
    const id = freshSubscription();
    await store.announce(turnIn(id, '2026-03-01T07'), []);
    gate.loseAnswer(isWrite);
    await store.announce(turnIn(id, '2026-03-01T08'), [rowOf(id, 'a')]);
    expect(await keysIn(id)).toEqual(['a']);
  });

  test('is not told when its rows cannot be stored', async () => {
    const id = freshSubscription();
    const twice = rowOf(id, 'a');
    await expect(store.announce(turnIn(id, '2026-03-01T08'), [twice, twice])).rejects.toThrow();
    expect(await store.lastTurn(id, 'posture-0')).toBeUndefined();
    expect(await keysIn(id)).toEqual([]);
  });
});

test('a row that has waited since before there were two tables is one about a finding', async () => {
  const id = freshSubscription();
  await store.announce(turnIn(id, '2026-03-01T08'), []);
  const table = TableClient.fromConnectionString(azurite.connectionString, 'StewardFindings', {
    allowInsecureConnection: true,
  });
  await table.createEntity({ partitionKey: id, rowKey: 'o:old', row: JSON.stringify({ EventId: 'old' }) });
  expect(await Array.fromAsync(store.outbox(id))).toEqual([
    { table: 'StewardFindings_CL', key: 'old', subscriptionId: id, row: { EventId: 'old' } },
  ]);
});
