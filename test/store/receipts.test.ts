import { TableClient } from '@azure/data-tables';
import type { CanaryState, Gaps, Receipts } from '../../shared/core/delivery';
import { receipts } from '../../shared/store/receipts';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { gateTo, type Gate } from './gate';

jest.setTimeout(60_000);

const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
const gaps = (missed: number): Gaps => ({ since: at(0), watermark: at(missed), missed, perHour: {}, last: [] });

let azurite: Azurite;
let gate: Gate;
let store: Receipts;
let other: Receipts;

beforeAll(async () => {
  azurite = await startAzurite();
  gate = await gateTo(azurite);
  store = receipts(gate);
  other = receipts(azurite);
});
afterAll(async () => {
  await gate.close();
  await azurite.stop();
});
let number = 0;
const fresh = (): string => subscriptionId.replace(/.{4}$/, String((number += 1)).padStart(4, '0'));
const networkIn = (id: string): string => networkId.replace(subscriptionId, id);

test('what was heard is known by its id in any case, the latest time', async () => {
  const id = fresh();
  expect(await store.lastHeard(id, networkIn(id))).toBeUndefined();
  await store.heard(networkIn(id), at(1));
  await store.heard(networkIn(id).toUpperCase(), at(2));
  expect(await store.lastHeard(id, networkIn(id))).toBe(at(2));
  expect(await store.lastHeard(id, `${networkIn(id)}-other`)).toBeUndefined();
});

test('what was heard long ago is forgotten, more of it than fits in one page, and nothing else', async () => {
  const id = fresh();
  for (let start = 0; start < 1_080; start += 90) {
    const ids = Array.from({ length: 90 }, (_, index) => `${networkIn(id)}-${start + index}`);
    const heard = ids.map((resourceId) => ({ resourceId, at: at(1) }));
    await other.updateGaps(id, async () => ({ gaps: gaps(start), heard }));
  }
  await store.heard(networkIn(id), at(3));
  await store.updateGaps(id, async () => ({ gaps: gaps(1), heard: [] }));
  await store.forget(id, at(2));
  const client = TableClient.fromConnectionString(azurite.connectionString, 'StewardReceipts', {
    allowInsecureConnection: true,
  });
  const left = await Array.fromAsync(client.listEntities({ queryOptions: { filter: `PartitionKey eq '${id}'` } }));
  expect(left).toHaveLength(2);
  expect(await store.lastHeard(id, networkIn(id))).toBe(at(3));
  expect(await store.gaps(id)).toEqual(gaps(1));
});

test('an event that comes while its resource is being forgotten is not forgotten', async () => {
  const id = fresh();
  await store.heard(networkIn(id), at(1));
  const holding = gate.holdRequest(({ method }) => method === 'DELETE');
  const forgetting = store.forget(id, at(2));
  const held = await holding;
  await other.heard(networkIn(id), at(3));
  held.go();
  await forgetting;
  expect(await store.lastHeard(id, networkIn(id))).toBe(at(3));
});

test('a missed change is counted and heard together', async () => {
  const id = fresh();
  await store.updateGaps(id, async (previous) => {
    expect(previous).toBeUndefined();
    return { gaps: gaps(1), heard: [{ resourceId: networkIn(id), at: at(5) }] };
  });
  expect(await store.gaps(id)).toEqual(gaps(1));
  expect(await store.lastHeard(id, networkIn(id))).toBe(at(5));
});

test('as many as are counted together fit', async () => {
  const id = fresh();
  const heard = Array.from({ length: 90 }, (_, index) => ({ resourceId: `${networkIn(id)}-${index}`, at: at(5) }));
  await store.updateGaps(id, async () => ({ gaps: gaps(90), heard }));
  expect(await store.lastHeard(id, `${networkIn(id)}-89`)).toBe(at(5));
});

test('who counts while another instance does is asked again, and nothing of the first answer is kept', async () => {
  const id = fresh();
  await store.updateGaps(id, async () => ({ gaps: gaps(1), heard: [] }));
  const asked: unknown[] = [];
  const holding = gate.holdRequest(({ path }) => path.includes('$batch'));
  const late = store.updateGaps(id, async (previous) => {
    asked.push(previous?.missed);
    const first = asked.length === 1;
    return first ? { gaps: gaps(9), heard: [{ resourceId: networkIn(id), at: at(9) }] } : undefined;
  });
  const held = await holding;
  await other.updateGaps(id, async () => ({ gaps: gaps(2), heard: [] }));
  held.go();
  await late;
  expect(asked).toEqual([1, 2]);
  expect(await store.gaps(id)).toEqual(gaps(2));
  expect(await store.lastHeard(id, networkIn(id))).toBeUndefined();
});

test('two instances that begin together begin once', async () => {
  const id = fresh();
  const state: CanaryState = { begunAt: at(1), ended: false, unheard: [] };
  const asked: unknown[] = [];
  const begin = (mine: Receipts): Promise<void> =>
    mine.updateCanary(id, (previous) => {
      asked.push(previous);
      return previous === undefined ? state : undefined;
    });
  await Promise.all([begin(store), begin(other)]);
  expect(asked.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await store.canary(id)).toEqual(state);
});
