import { judge } from '../../shared/pipeline/judge';
import { reconcile } from '../../shared/pipeline/reconcile';
import { subscriptionId } from '../given';
import { logId, networkId, zone, zoneWithout } from '../controls/landing-zone';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const look = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: world.now() });

const sentStates = (world: MemoryWorld): readonly unknown[] => world.rows.map(({ FindingState }) => FindingState);
const hour = 3_600_000;

test('while ingestion is down every transition waits, and the timer sends all of them in order', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  world.ingestionDown = true;
  await look(world);
  world.azure.resources = zone;
  world.pass(hour);
  await look(world);
  world.azure.resources = zoneWithout(logId);
  world.pass(hour);
  await look(world);
  expect(world.rows).toHaveLength(0);
  world.pass(hour);
  await reconcile(world);
  expect(world.rows).toHaveLength(0);
  world.ingestionDown = false;
  await reconcile(world);
  expect(sentStates(world)).toEqual(['open', 'resolved', 'open']);
  await reconcile(world);
  expect(world.rows).toHaveLength(3);
});

test('rows that waited keep their own times', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  world.ingestionDown = true;
  await look(world);
  const finding = [...world.stored.values()][0]!;
  world.ingestionDown = false;
  world.pass(50 * hour);
  await reconcile(world);
  expect(world.rows[0]).toMatchObject({
    SeenAt: finding.hops.seen,
    FirstSeenAt: finding.firstSeen,
    TimeGenerated: finding.announced,
  });
});

test('the timer leaves rows alone that somebody is sending at the moment', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  world.ingestionDown = true;
  await look(world);
  world.ingestionDown = false;
  await reconcile(world);
  expect(world.rows).toHaveLength(0);
});

test('an open finding is told of once a day', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await look(world);
  for (let hours = 0; hours < 49; hours += 1) {
    world.pass(hour);
    await reconcile(world);
  }
  expect(world.rows.map(({ RowKind }) => RowKind)).toEqual(['transition', 'heartbeat', 'heartbeat']);
  expect(new Set(world.rows.map(({ EventId }) => EventId)).size).toBe(3);
});

test('a finding that is right sends no heartbeat', async () => {
  const world = memoryWorld(zone);
  await look(world);
  world.pass(30 * hour);
  await reconcile(world);
  expect(world.rows).toHaveLength(0);
});

test('the timer has every subscription swept', async () => {
  const world = memoryWorld(zone);
  await reconcile(world);
  expect(world.take()).toMatchObject([{ scope: { kind: 'subscription', subscriptionId }, cause: 'timer' }]);
});

test('the timer tells of poisoned messages', async () => {
  const world = memoryWorld(zone);
  world.poison.push('broken');
  await reconcile(world);
  expect(world.lines).toContainEqual(
    expect.objectContaining({ step: 'failed', text: expect.stringMatching(/1 messages in the poison queue/) }),
  );
});
