import type { Control } from '../../shared/core/control';
import type { Past } from '../../shared/core/past';
import type { Aspect } from '../../shared/core/verdict';
import { judge } from '../../shared/pipeline/judge';
import { networkId, zone } from '../controls/landing-zone';
import { memoryWorld, type MemoryWorld } from '../memory-world';

/** A control that only notes what it is told. */
function noting(remembers?: readonly string[]): { readonly control: Control; readonly told: (Past | undefined)[] } {
  const told: (Past | undefined)[] = [];
  const control: Control = {
    id: 'noting',
    title: 'Nothing is asked',
    judges: [],
    severity: 'low',
    requirement: '3',
    subjects: ['Microsoft.Network/virtualNetworks'],
    reads: [],
    ...(remembers && { remembers }),
    evaluate: (_subject, { now }, _settings, past): readonly Aspect[] => {
      told.push(past);
      const before = past?.findings.get('noting')?.aspects?.[0]?.hops.awaited;
      const verdict = { state: 'compliant', reason: 'nothing is asked' } as const;
      return [{ key: 'one', title: 'one', verdict, hops: { awaited: before ?? now, flowing: now } }];
    },
  };
  return { control, told };
}

const looked = async (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'timer', receivedAt: world.now() });

function counting(world: MemoryWorld): { readonly world: MemoryWorld; readonly count: () => number } {
  let count = 0;
  const get: MemoryWorld['findings']['get'] = (...key) => {
    count += 1;
    return world.findings.get(...key);
  };
  return { world: { ...world, findings: { ...world.findings, get } }, count: () => count };
}

test('a control that remembers is told of the last finding, and of those of the others that it names', async () => {
  const { control, told } = noting(['noting', 'other']);
  const other = { ...noting().control, id: 'other' };
  const world = memoryWorld(zone, {}, [other, control]);
  await looked(world);
  await looked(world);
  expect(told[0]?.findings.get('noting')).toBeUndefined();
  expect(told[0]?.findings.get('other')).toMatchObject({ state: 'compliant', resourceId: networkId });
  expect(told.at(-1)?.findings.get('noting')).toMatchObject({ aspects: [{ state: 'compliant' }] });
});

test('the times of an aspect are its own, and stay as long as the control says them', async () => {
  const { control, told } = noting(['noting']);
  const world = memoryWorld(zone, {}, [control]);
  await looked(world);
  world.pass(60_000);
  await looked(world);
  await looked(world);
  const times = told.slice(1).map((past) => past?.findings.get('noting')?.aspects?.[0]?.hops);
  expect(times[0]?.awaited).toBe(times[1]?.awaited);
  expect(times[0]?.flowing).not.toBe(times[1]?.flowing);
});

test('a control that remembers nothing is told nothing and costs no look-up', async () => {
  const [silent, curious] = [noting(), noting(['noting'])];
  const counts = await Promise.all(
    [silent, curious].map(async ({ control }) => {
      const { world, count } = counting(memoryWorld(zone, {}, [control]));
      await looked(world);
      return count();
    }),
  );
  expect(silent.told).toEqual([undefined]);
  expect(counts).toEqual([1, 2]);
});
