import type { Sweeps } from '../../shared/core/sweeps';
import { sweepStore } from '../../shared/store/sweeps';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';

let azurite: Azurite;
let sweeps: Sweeps;

beforeAll(async () => {
  azurite = await startAzurite();
  sweeps = sweepStore(azurite);
});
afterAll(() => azurite.stop());

test('of each control in each subscription the last end of a sweep is known, on all instances', async () => {
  const other = subscriptionId.replace(/^.{8}/, '00000000');
  expect(await sweeps.of(subscriptionId)).toEqual(new Map());
  await sweeps.ended(subscriptionId, 'flow-logs', '2026-03-01T08:00:00.000Z');
  await sweeps.ended(subscriptionId, 'assigned-policies', '2026-03-01T08:01:00.000Z');
  await sweeps.ended(other, 'flow-logs', '2026-03-01T08:02:00.000Z');
  await sweeps.ended(subscriptionId, 'flow-logs', '2026-03-01T08:15:00.000Z');
  expect(await sweepStore(azurite).of(subscriptionId)).toEqual(
    new Map([
      ['assigned-policies', '2026-03-01T08:01:00.000Z'],
      ['flow-logs', '2026-03-01T08:15:00.000Z'],
    ]),
  );
  expect(await sweeps.of(other)).toEqual(new Map([['flow-logs', '2026-03-01T08:02:00.000Z']]));
});
