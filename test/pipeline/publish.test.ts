import { judge } from '../../shared/pipeline/judge';
import type { World } from '../../shared/core/ports';
import { publishBacklog } from '../../shared/pipeline/publish';
import { reconcile } from '../../shared/pipeline/reconcile';
import { subscriptionId } from '../given';
import { logId, networkId, zone, zoneWithout } from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

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

test('rows of a table that takes none do not keep those of the other one back, however many wait before them', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  world.ingestionDown = true;
  await look(world);
  world.ingestionDown = false;
  const old = { table: 'StewardPosture_CL', subscriptionId, row: {} } as const;
  for (let index = 0; index < 1_001; index += 1) {
    const key = `2026-02-01T08:00:00.000Z-${String(index).padStart(4, '0')}`;
    world.outbox.set(key, { ...old, key });
  }
  let calls = 0;
  const ingest: World['sentinel']['ingest'] = async (announcements) => {
    calls += 1;
    if (announcements.some(({ table }) => table === old.table)) throw refusal('InvalidStream', 400);
    return world.sentinel.ingest(announcements);
  };
  world.pass(hour);
  expect(await publishBacklog({ ...world, sentinel: { ingest } }, subscriptionId)).toBe(1);
  expect(sentStates(world)).toEqual(['open']);
  expect(world.outbox.size).toBe(1_001);
  expect(calls).toBe(2);
});

test('all of many rows that waited are sent, oldest first', async () => {
  const world = memoryWorld(zone);
  const keys = Array.from(
    { length: 1_201 },
    (_, index) => `2026-02-01T08:00:00.000Z-${String(index).padStart(4, '0')}`,
  );
  const tables = ['StewardFindings_CL', 'StewardPosture_CL'] as const;
  for (const [index, key] of keys.entries())
    world.outbox.set(key, { table: tables[index % 2] ?? tables[0], key, subscriptionId, row: { EventId: key } });
  expect(await publishBacklog(world, subscriptionId)).toBe(1_201);
  expect(world.rows.map(({ EventId }) => EventId)).toEqual(keys.filter((_, index) => index % 2 === 0));
  expect(world.postures.map(({ EventId }) => EventId)).toEqual(keys.filter((_, index) => index % 2 === 1));
  expect(world.outbox.size).toBe(0);
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
