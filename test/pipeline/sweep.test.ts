import { judge } from '../../shared/pipeline/judge';
import { having, resource, subscription, subscriptionId } from '../given';
import { log, logId, network, networkId, watcherId, zone, zoneWith, zoneWithout } from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });

const states = (world: MemoryWorld): Record<string, string> =>
  Object.fromEntries(
    [...world.stored.values()].map(({ resourceId, state }) => [
      resourceId.slice(resourceId.lastIndexOf('/') + 1),
      state,
    ]),
  );

test('a sweep judges every subject of a subscription', async () => {
  const world = memoryWorld(zone);
  await sweep(world);
  expect(states(world)).toEqual({ 'vnet-spoke': 'compliant', 'nsg-nodes': 'compliant' });
});

test('a sweep asks by list, however many networks there are', async () => {
  const many = Array.from({ length: 200 }, (_, index) => {
    const id = `${networkId}-${index}`;
    return [
      { ...network, id, name: `vnet-${index}` },
      having({ ...log, id: `${logId}-${index}`, name: `log-${index}` }, { targetResourceId: id }),
    ];
  }).flat();
  const world = memoryWorld([...zoneWithout(), ...many]);
  await sweep(world);
  expect(Object.values(states(world)).filter((state) => state === 'compliant')).toHaveLength(202);
  expect(world.azure.asked.length).toBeLessThanOrEqual(8);
});

test('a sweep enqueues what has to be put right instead of writing it', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await sweep(world);
  expect(world.azure.written).toHaveLength(0);
  expect(
    world
      .take()
      .map(({ scope }) => scope.kind === 'resource' && scope.id)
      .toSorted(),
  ).toEqual([networkId, network.properties?.subnets?.[0]?.properties?.networkSecurityGroup?.id].toSorted());
});

test('without consent a sweep enqueues nothing', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await sweep(world);
  expect(world.sent).toHaveLength(0);
  expect(states(world)).toEqual({ 'vnet-spoke': 'open', 'nsg-nodes': 'open' });
});

test('a sweep resolves findings on what is gone', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await sweep(world);
  world.azure.resources = zone.filter(({ type }) => !/virtualNetworks|networkSecurityGroups/.test(type));
  await sweep(world);
  expect(states(world)).toEqual({ 'vnet-spoke': 'resolved', 'nsg-nodes': 'resolved' });
});

test('a type that cannot be listed is unknown, closes nothing, and is right again when it can be', async () => {
  const world = memoryWorld(zoneWithout(logId), { remediate: [] });
  await sweep(world);
  world.azure.refuse = ({ query }) =>
    query?.kind === 'list' && query.type.endsWith('virtualNetworks') ? refusal('AuthorizationFailed') : undefined;
  await sweep(world);
  expect(states(world)).toMatchObject({ [subscriptionId]: 'unknown', 'vnet-spoke': 'open' });
  world.azure.refuse = () => undefined;
  await sweep(world);
  expect(states(world)).toMatchObject({ [subscriptionId]: 'resolved', 'vnet-spoke': 'open' });
});

test('a sweep that Azure throttles comes back after Azure’s own delay, later each time, and at last leaves it to the timer', async () => {
  const world = memoryWorld(zone);
  const retryAfter = [90, undefined, undefined, undefined, undefined];
  world.azure.refuse = ({ query }) =>
    query?.kind === 'list' && query.scope === watcherId ? refusal('TooManyRequests', 429, retryAfter[0]) : undefined;
  await sweep(world);
  const delays: number[] = [];
  for (let sent = world.sent.splice(0); sent.length > 0; sent = world.sent.splice(0)) {
    const [{ message, delay }] = sent as [MemoryWorld['sent'][number]];
    expect(sent).toHaveLength(1);
    expect(message).toMatchObject({ scope: { kind: 'subscription' }, cause: 'retry', attempt: delays.length + 1 });
    delays.push(delay);
    retryAfter.shift();
    world.pass(delay * 1_000);
    await judge(world, message);
  }
  const least = [90, 120, 240, 480];
  expect(delays).toHaveLength(least.length);
  for (const [index, seconds] of least.entries()) {
    expect(delays[index]).toBeGreaterThanOrEqual(seconds);
    expect(delays[index]).toBeLessThanOrEqual(seconds * 1.2 + 1);
  }
  expect(world.lines.at(-1)).toMatchObject({ step: 'failed', text: 'given up after 4 tries; the timer looks again' });
});

test('a network whose flow log is being written stays as it was until the log has settled', async () => {
  const world = memoryWorld(zoneWith(having(log, { provisioningState: 'Updating' })));
  await sweep(world);
  expect(states(world)['vnet-spoke']).toBe('unknown');
});

test('another control than the asked ones is not run', async () => {
  const world = memoryWorld([...zone, resource(`${subscription}/resourceGroups/x`, {})]);
  await judge(world, {
    scope: { kind: 'subscription', subscriptionId },
    cause: 'backfill',
    controls: ['another'],
    receivedAt: world.now(),
  });
  expect(world.stored.size).toBe(0);
  expect(world.azure.asked).toHaveLength(0);
});
