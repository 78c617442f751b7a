import type { Finding } from '../../shared/core/finding';
import type { Resource } from '../../shared/core/resource';
import { judge } from '../../shared/pipeline/judge';
import { having } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';
import { accountId, deletionRule, lifecycleOf, log, logId, networkId, zoneWith } from './landing-zone';

async function judgeIn(world: MemoryWorld): Promise<Finding | undefined> {
  await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: world.now() });
  return [...world.stored.values()].find(({ resourceId }) => resourceId === networkId);
}

const keptFor = (days: number): Resource => having(log, { retentionPolicy: { days, enabled: true } });

/** Network Watcher's documented path; below the container Azure writes in a case of its own. */
const blobs =
  'insights-logs-flowlogflowevent/FLOWLOGRESOURCEID=/11111111-2222-4333-8444-555555555555_NETWORKWATCHERRG/NETWORKWATCHER_WESTEUROPE_SPOKE-FLOWLOG';

/** The rule by which Azure carries a log's own policy out. */
const madeByAzure = (days: number): Resource =>
  lifecycleOf(accountId, [deletionRule('azure', days, { prefixMatch: [blobs] })]);

test.each([
  [120, 120],
  [30, 90],
])('a log that was kept for %d days is kept for %d in the account that it moves to', async (before, after) => {
  const world = memoryWorld(zoneWith(keptFor(before)).filter(({ id }) => id !== accountId));
  expect((await judgeIn(world))?.state).toBe('resolved');
  const rules = world.azure.written.find(({ id }) => id.endsWith('managementPolicies/default'))?.body.properties;
  expect(rules).toMatchObject({
    policy: {
      rules: [{ definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: after } } } } }],
    },
  });
});

describe('the rule that Azure made of a log’s own policy', () => {
  test('is judged as that policy, and replaced with it', async () => {
    const world = memoryWorld(zoneWith(keptFor(30), madeByAzure(30)));
    const plain = world.azure.land;
    world.azure.land = (action) => (action.id === logId ? [...plain(action), madeByAzure(90)] : plain(action));
    expect((await judgeIn(world))?.state).toBe('resolved');
    expect(world.azure.written).toMatchObject([
      { id: logId, body: { properties: { retentionPolicy: { days: 90, enabled: true } } } },
    ]);
  });

  test('is a rule like any other when the policy is another', async () => {
    const world = memoryWorld(zoneWith(keptFor(120), madeByAzure(30)), { remediate: [] });
    expect(await judgeIn(world)).toMatchObject({ state: 'open', reason: expect.stringContaining('after 30 days') });
  });

  test('and one for all logs is not taken for it', async () => {
    const everything = lifecycleOf(accountId, [deletionRule('tidy', 90)]);
    const world = memoryWorld(zoneWith(keptFor(90), everything), { remediate: [], flowLogRetentionDays: 180 });
    expect(await judgeIn(world)).toMatchObject({ reason: expect.stringContaining('lifecycle rule "tidy"') });
  });
});
