import { watches } from '../../shared/pipeline/watches';
import type { Finding } from '../../shared/core/finding';
import { closeBreaker } from '../../shared/pipeline/breakers';
import { judge } from '../../shared/pipeline/judge';
import { reconcile } from '../../shared/pipeline/reconcile';
import { having, idIn, subscriptionId } from '../given';
import { log, logId, logOn, network, networkId, zone, zoneWith, zoneWithout } from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import type { Resource } from '../../shared/core/resource';

const key = { subscriptionId, controlId: 'flow-logs' };
const closing = { by: '0b1e0000-0000-4000-8000-00000000cccc', reason: 'the change was planned' };

const watched = (world: MemoryWorld, id: string): Finding | undefined =>
  [...world.stored.values()].find(({ controlId }) => controlId === id);

async function judged(world: MemoryWorld, id: string): Promise<Finding | undefined> {
  world.pass(61_000);
  await judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() });
  return [...world.stored.values()].find(({ resourceId }) => resourceId === id);
}

const networks = Array.from({ length: 12 }, (_, index) =>
  idIn('rg-network', `Microsoft.Network/virtualNetworks/vnet-${index}`),
);
const many: readonly Resource[] = networks.map((id) => ({
  ...network,
  id,
  name: id.split('/').at(-1) ?? '',
  properties: {},
}));
const logs = networks.map((id, index) => logOn(id, `log-${index}`));

describe('a sudden mass of violations', () => {
  const drifted = async (world: MemoryWorld): Promise<void> => {
    for (const id of networks) await judged(world, id);
    const offs = logs.map((one) => having(one, { enabled: false }));
    world.azure.resources = [...zone, ...many, ...offs];
    for (const id of networks) await judged(world, id);
  };

  test('is put right up to the limit; then nothing is written until a person closes the breaker', async () => {
    const world = memoryWorld([...zone, ...many, ...logs], { driftsAnHour: 4 });
    await drifted(world);
    expect(world.azure.written).toHaveLength(4);
    const left = await judged(world, networks[11] ?? '');
    expect(left).toMatchObject({ state: 'open', remedy: expect.stringContaining('a person has to close it') });
    await closeBreaker(world, key, closing);
    expect(await judged(world, networks[11] ?? '')).toMatchObject({ state: 'resolved' });
  });

  test('is a finding while the breaker is open, and tells who closed it', async () => {
    const world = memoryWorld([...zone, ...many, ...logs], { driftsAnHour: 4 });
    await drifted(world);
    expect(watched(world, watches.circuitBreaker.id)).toMatchObject({ state: 'open' });
    await closeBreaker(world, key, closing);
    const finding = watched(world, watches.circuitBreaker.id);
    expect(finding?.state).toBe('resolved');
    expect(finding?.aspects?.[0]?.reason).toContain(closing.by);
  });

  test('is no mass where it was never right: an old subscription is backfilled', async () => {
    const offs = logs.map((one) => having(one, { enabled: false }));
    const world = memoryWorld([...zone, ...many, ...offs], { driftsAnHour: 4 });
    for (const id of networks) await judged(world, id);
    expect(world.azure.written).toHaveLength(12);
  });
});

describe('remedies that fail', () => {
  test('stop nothing while more than half of them go well', async () => {
    const offs = logs.map((one) => having(one, { enabled: false }));
    const world = memoryWorld([...zone, ...many, ...offs]);
    const fails = networks.slice(0, 4);
    const isRefused = (id: string): boolean => logs.some((one, index) => one.id === id && index < fails.length);
    world.azure.refuse = ({ action }) =>
      action !== undefined && isRefused(action.id) ? refusal('ScopeLocked', 409) : undefined;
    for (const id of networks) await judged(world, id);
    for (const id of fails.slice(0, 2)) await judged(world, id);
    expect(world.azure.written).toHaveLength(8);
    expect((await judged(world, networks[0] ?? ''))?.remedy).toContain('ScopeLocked');
  });

  test('stop the control when half of the last ones failed for good', async () => {
    const offs = logs.map((one) => having(one, { enabled: false }));
    const world = memoryWorld([...zone, ...many, ...offs]);
    world.azure.refuse = ({ action }) => (action === undefined ? undefined : refusal('RequestDisallowedByPolicy'));
    for (const id of networks) await judged(world, id);
    world.azure.refuse = () => undefined;
    const finding = await judged(world, networks[0] ?? '');
    expect(finding?.remedy).toContain('10 of the last 10 remedies within an hour failed');
    expect(world.azure.written).toEqual([]);
  });

  test('do not when Azure only asks to wait', async () => {
    const offs = logs.map((one) => having(one, { enabled: false }));
    const world = memoryWorld([...zone, ...many, ...offs]);
    world.azure.refuse = ({ action }) => (action === undefined ? undefined : refusal('TooManyRequests', 429, 5));
    for (const id of networks) await judged(world, id);
    world.azure.refuse = () => undefined;
    expect((await judged(world, networks[0] ?? ''))?.state).toBe('resolved');
  });
});

test('a breaker that is not open cannot be closed', async () => {
  await expect(closeBreaker(memoryWorld(zone), key, closing)).rejects.toThrow('is not open');
});

test('at most so many writes are made in an hour, and the others wait and say so', async () => {
  const offs = logs.map((one) => having(one, { enabled: false }));
  const world = memoryWorld([...zone, ...many, ...offs], { writesAnHour: 5 });
  for (const id of networks) await judged(world, id);
  expect(world.azure.written).toHaveLength(5);
  const waiting = [...world.stored.values()].filter(({ state }) => state === 'open');
  expect(waiting).toHaveLength(7);
  expect(waiting[0]?.remedy).toContain('writes in an hour by flow-logs');
});

describe('a filter that cannot be understood', () => {
  const unreadable = {
    remediateIn: { unreadable: 'setting REMEDIATE_TAGS has "="; <name> or <name>=<value> is needed' },
  };

  test('lets nothing be written, and both findings say so', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })), unreadable);
    await reconcile(world);
    expect(await judged(world, networkId)).toMatchObject({ remedy: expect.stringContaining('REMEDIATE_TAGS') });
    expect(world.azure.written).toEqual([]);
    expect(watched(world, watches.scopeFilters.id)).toMatchObject({ state: 'open' });
  });

  test('is no finding where all are understood', async () => {
    const world = memoryWorld(zoneWithout(logId));
    await reconcile(world);
    expect(watched(world, watches.scopeFilters.id)).toBeUndefined();
  });
});
