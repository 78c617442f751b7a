import type { RunStore } from '../../shared/core/ports';
import type { Run, RunItem, RunPart } from '../../shared/core/run';
import { runStore } from '../../shared/store/runs';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { memoryRuns } from '../memory-runs';

jest.setTimeout(30_000);

const otherId = '22222222-2222-4333-8444-555555555555';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const runOf = (createdAt: string, changed: Partial<Run> = {}): Omit<Run, 'id'> => ({
  kind: 'plan',
  state: 'running',
  createdAt,
  subscriptionIds: [subscriptionId],
  ...changed,
});

const partOf = (key: string, changed: Partial<RunPart> = {}): RunPart => ({
  key,
  subscriptionId: key.slice(0, 36),
  state: 'waiting',
  done: 0,
  planned: 0,
  changed: 0,
  failed: 0,
  blocked: 0,
  items: 0,
  cursor: '',
  updatedAt: '2026-03-01T08:00:00.000Z',
  ...changed,
});

const itemOf = (subscription: string, number: number, text = ''): RunItem => ({
  subscriptionId: subscription,
  number,
  resourceId: `/subscriptions/${subscription}/resourceGroups/rg/providers/a/b/c${number}`,
  controlId: 'flow-logs',
  state: 'planned',
  reason: 'ré',
  text,
  actions: [],
});

const numbersOf = async (items: AsyncIterable<RunItem>): Promise<readonly string[]> =>
  (await Array.fromAsync(items)).map((item) => `${item.subscriptionId.slice(0, 1)}${item.number}`);

/** The same promises, kept by the tables and by what stands in for them in other tests. */
describe.each<[string, () => RunStore]>([
  ['in Azure Tables', () => runStore(azurite)],
  ['in memory', () => memoryRuns().store],
])('runs %s', (_, storeOf) => {
  let store: RunStore;
  beforeAll(() => {
    store = storeOf();
  });

  test('are kept with their parts, and listed by time', async () => {
    const later = await store.create(runOf('2026-03-01T09:00:00.000Z'), [partOf(subscriptionId)]);
    const earlier = await store.create(runOf('2026-03-01T08:00:00.000Z'), [partOf(otherId), partOf(subscriptionId)]);
    expect(await store.get(later.id)).toEqual(later);
    expect((await Array.fromAsync(store.all())).map(({ id }) => id)).toEqual([earlier.id, later.id]);
    expect((await Array.fromAsync(store.parts(earlier.id, 'all'))).map(({ key }) => key)).toEqual([
      subscriptionId,
      otherId,
    ]);
    expect(await store.get('nobody')).toBeUndefined();
    expect(await store.part(earlier.id, 'nobody')).toBeUndefined();
  });

  test('are as large as a thousand subscriptions make them', async () => {
    const ids = Array.from({ length: 1_000 }, (__, index) =>
      subscriptionId.replace(/^.{8}/, String(index).padStart(8, '0')),
    );
    const run = await store.create(
      runOf('2026-03-01T10:00:00.000Z', { subscriptionIds: ids }),
      ids.map((id) => partOf(id)),
    );
    expect((await store.get(run.id))?.subscriptionIds).toEqual(ids);
    expect(await Array.fromAsync(store.parts(run.id, 'open'))).toHaveLength(1_000);
  });

  test('have open parts until these are over', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:01.000Z'), [partOf(subscriptionId), partOf(otherId)]);
    await store.updatePart(run.id, otherId, (part) => ({ ...part, state: 'done' }));
    expect((await Array.fromAsync(store.parts(run.id, 'open'))).map(({ key }) => key)).toEqual([subscriptionId]);
    expect(await Array.fromAsync(store.parts(run.id, 'all'))).toHaveLength(2);
  });

  test('take updates of many at the same time, and lose none', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:02.000Z'), [partOf(subscriptionId)]);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.updatePart(run.id, subscriptionId, (part) => ({ ...part, done: part.done + 1 })),
      ),
    );
    expect((await store.part(run.id, subscriptionId))?.done).toBe(10);
  });

  test('are left as they are when there is nothing to decide', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:03.000Z'), []);
    expect(await store.update(run.id, () => undefined)).toBeUndefined();
    expect(await store.update('nobody', (one) => one)).toBeUndefined();
    expect(await store.get(run.id)).toEqual(run);
  });

  test('have items in order, from any place on, and each number once', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:04.000Z'), []);
    await store.keep(run.id, [itemOf(otherId, 0), itemOf(otherId, 1)]);
    await store.keep(
      run.id,
      Array.from({ length: 130 }, (__, number) => itemOf(subscriptionId, number)),
    );
    await store.keep(run.id, [itemOf(subscriptionId, 5, 'again')]);
    const all = await Array.fromAsync(store.items(run.id));
    expect(all).toHaveLength(132);
    expect(all[5]).toEqual(itemOf(subscriptionId, 5, 'again'));
    expect(await numbersOf(store.items(run.id, { subscriptionId, number: 127 }))).toEqual(['1128', '1129', '20', '21']);
    const own = { subscriptionId, number: 127, only: true } as const;
    expect(await numbersOf(store.items(run.id, own))).toEqual(['1128', '1129']);
    expect(await numbersOf(store.items(run.id, { ...own, number: -1 }))).toHaveLength(130);
  });

  test('keep items that are larger than a column, and more at once than a batch takes', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:05.000Z'), []);
    const large = Array.from({ length: 20 }, (__, number) => itemOf(subscriptionId, number, 'é'.repeat(60_000)));
    await store.keep(run.id, large);
    expect(await Array.fromAsync(store.items(run.id))).toEqual(large);
  });

  test('leave nothing behind when they are removed', async () => {
    const run = await store.create(runOf('2026-03-01T08:00:06.000Z'), [partOf(subscriptionId)]);
    await store.keep(
      run.id,
      Array.from({ length: 130 }, (__, number) => itemOf(subscriptionId, number)),
    );
    await store.remove(run.id);
    expect(await store.get(run.id)).toBeUndefined();
    expect(await Array.fromAsync(store.items(run.id))).toEqual([]);
    expect(await Array.fromAsync(store.parts(run.id, 'all'))).toEqual([]);
    await store.remove(run.id);
  });
});
