import { neverOpened, opened, type Breaker } from '../../shared/core/breaker';
import type { Breakers } from '../../shared/core/ports';
import { breakerStore } from '../../shared/store/breakers';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';

let azurite: Azurite;
/** Two instances. */
let store: Breakers;
let other: Breakers;

beforeAll(async () => {
  azurite = await startAzurite();
  store = breakerStore(azurite);
  other = breakerStore(azurite);
});
afterAll(() => azurite.stop());

const at = '2026-03-01T08:00:00.000Z';

test('a breaker that never changed is closed, and stays unwritten when nothing is decided', async () => {
  const key = { subscriptionId, controlId: 'quiet' };
  expect(await store.get(key)).toEqual(neverOpened);
  expect(await store.update(key, () => undefined)).toEqual(neverOpened);
  expect(await store.update(key, (breaker) => breaker)).toEqual(neverOpened);
  expect(await Array.fromAsync(store.all(), ([{ controlId }]) => controlId)).not.toContain('quiet');
});

test('a breaker is open on all instances, and the one of another control is not', async () => {
  const key = { subscriptionId, controlId: 'open' };
  const because = 'too much failed';
  expect(await store.update(key, (breaker) => opened(breaker, at, because))).toMatchObject({ open: { at, because } });
  expect(await other.get(key)).toMatchObject({ open: { at, because } });
  expect(await other.get({ ...key, controlId: 'closed' })).toEqual(neverOpened);
  expect(await Array.fromAsync(other.all())).toContainEqual([key, await store.get(key)]);
});

test('what several instances note at the same moment is all there', async () => {
  const key = { subscriptionId, controlId: 'busy' };
  const note = ({ outcomes }: Breaker): Breaker => ({ outcomes: [...outcomes, { at, failed: true }] });
  const writers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other));
  await Promise.all(writers.map((writer) => writer.update(key, note)));
  expect((await store.get(key)).outcomes).toHaveLength(8);
});
