import type { Message } from '../shared/core/message';
import type { World } from '../shared/core/ports';
import type { Resource } from '../shared/core/resource';
import type { Run, RunItem, RunPart } from '../shared/core/run';
import { workOnRun } from '../shared/pipeline/run-part';
import { startApply, startPlan } from '../shared/pipeline/run-start';
import { network, networkId, zone } from './controls/landing-zone';
import type { MemoryWorld } from './memory-world';

export const otherId = '22222222-2222-4333-8444-555555555555';

/** Works off what the queue holds, delays included; gives the messages that were worked off. */
export async function work(world: MemoryWorld, most = 1_000): Promise<readonly Message[]> {
  const worked: Message[] = [];
  while (worked.length < most) {
    const message = world.sent.shift();
    if (message === undefined) break;
    world.pass(message.delay * 1_000);
    if (message.message.run !== undefined) await workOnRun(world, message.message);
    worked.push(message.message);
  }
  return worked;
}

export async function planned(world: MemoryWorld): Promise<Run> {
  const { id } = await startPlan(world, {});
  await work(world);
  return (await world.runs.get(id)) as Run;
}

export async function applied(world: MemoryWorld, planId: string): Promise<Run> {
  const { id } = await startApply(world, planId);
  await work(world);
  return (await world.runs.get(id)) as Run;
}

export const itemsOf = (world: World, { id }: Run): Promise<readonly RunItem[]> =>
  Array.fromAsync(world.runs.items(id));
export const partsOf = (world: World, { id }: Run): Promise<readonly RunPart[]> =>
  Array.fromAsync(world.runs.parts(id, 'all'));

/** A landing zone with so many networks that are not logged. */
export function unlogged(count: number): readonly Resource[] {
  const networks = Array.from({ length: count }, (_, index) => ({
    ...network,
    id: `${networkId}-${String(index).padStart(3, '0')}`,
    name: `vnet-${index}`,
    properties: { ...network.properties, subnets: [] },
  }));
  return [...zone, ...networks];
}
