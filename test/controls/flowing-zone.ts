import { liveFlowLogs } from '../../shared/controls/live-flow-logs';
import type { Control } from '../../shared/core/control';
import { singleFindings, type Finding } from '../../shared/core/finding';
import type { Json, Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import type { Network, StorageAccount } from '../../shared/flow-logging/types';
import { judge } from '../../shared/pipeline/judge';
import { having, idIn, subscription, type StoredBlob } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';
import { account, logId, network, networkId, subnetId, watcherId, zoneWith } from './landing-zone';

export const endpoint = 'https://stlogs.blob.core.windows.net/';
export const flowContainer = 'insights-logs-flowlogflowevent';
export const nicId = idIn('rg-network', 'Microsoft.Network/networkInterfaces/nic-node-1');

export const storage = having<StorageAccount>(account, { primaryEndpoints: { blob: endpoint } });

/** The network with something in its subnet. */
export function used(
  subnet: object = { ipConfigurations: [{ id: `${nicId}/ipConfigurations/ip1` }] },
): Resource<Network> {
  const properties = { ...network.properties?.subnets?.[0]?.properties, ...subnet };
  return having(network, { subnets: [{ id: subnetId, name: 'snet-nodes', properties: properties as Json }] });
}

export const flowingZone = zoneWith(storage, used());

/** The folder of a log in the form in which Azure writes it. */
export function folder(name = 'SPOKE-FLOWLOG'): string {
  const [, , subscriptionId = ''] = subscription.split('/');
  return `flowLogResourceID=/${subscriptionId.toUpperCase()}_NETWORKWATCHERRG/NETWORKWATCHER_WESTEUROPE_${name}/`;
}

/** A blob of one network interface, written at a time and of that time's hour. */
export function blob(at: string, below = folder(), container = flowContainer): StoredBlob {
  const [year = '', month = '', rest = ''] = at.split('-');
  const hour = `y=${year}/m=${month}/d=${rest.slice(0, 2)}/h=${rest.slice(3, 5)}/m=00`;
  const name = `${below}${hour}/macAddress=000D3A1B2C3D/PT1H.json`;
  return { container: `${endpoint}${container}`, name, lastModified: at, size: 4_096 };
}

export const minutes = (count: number): number => count * 60_000;

export function watching(
  resources: readonly Resource[] = flowingZone,
  changed: Partial<Settings> = {},
  controls: readonly Control[] = [liveFlowLogs],
): MemoryWorld {
  return memoryWorld(resources, { remediate: ['live-flow-logs'], ...changed }, controls);
}

/** The log writes now. */
export function writes(world: MemoryWorld, below?: string): string {
  const at = world.now();
  world.azure.blobs = [...world.azure.blobs, blob(at, below)];
  return at;
}

/** Looks at the network, as the timer or an event would have it, some minutes after the last look. */
export async function look(world: MemoryWorld, minutesLater = 0): Promise<readonly Finding[]> {
  world.pass(minutes(minutesLater));
  const receivedAt = world.now();
  await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'timer', receivedAt });
  return aspects(world);
}

export function aspects(world: MemoryWorld): readonly Finding[] {
  const own = [...world.stored.values()].filter(({ controlId }) => controlId === 'live-flow-logs');
  return own.flatMap(singleFindings);
}

/** Looks until the log is silent: it is watched, and then for two hours and a minute nothing comes. */
export async function silence(world: MemoryWorld): Promise<readonly Finding[]> {
  await look(world);
  return look(world, 121);
}

export const blobQueries = (world: MemoryWorld): readonly string[] =>
  world.azure.asked.flatMap((query) => (query.kind === 'blobs' ? [query.prefix] : []));

export { logId, watcherId };
