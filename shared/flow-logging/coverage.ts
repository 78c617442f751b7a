import type { Inventory, Reading } from '../core/inventory';
import { keyOf, regionOf, subscriptionScope, type Resource } from '../core/resource';
import { allRead, type Protected } from './protected';
import { types, type FlowLog, type Subnet } from './types';

export type Log = Resource<FlowLog>;

/** Watchers and flow logs of one region of a subscription. */
export interface Region {
  readonly name: string;
  readonly watcherId: string | undefined;
  readonly logs: readonly Log[];
}

/** Which flow logs a subnet is logged by. */
export interface Coverage {
  readonly subnet: Subnet;
  readonly networkId: string;
  /** The subnet's own logs, else the network's, else those of its security group: what counts. */
  readonly effective: readonly Log[];
  /** Logs on single network interfaces, which beat what is effective. */
  readonly overrides: readonly Log[];
  /** Every address in use is on an interface with a log of its own. */
  readonly byInterfaces: boolean;
  /** Logs that run beside the ones that count and log the same again. */
  readonly twice: readonly Log[];
}

/** A watcher is found by its region, whatever its name and resource group are. */
export function regionFor(subject: Resource, inventory: Inventory): Reading<Region> {
  const name = regionOf(subject.location);
  const watchers = inventory.list(types.watcher, subscriptionScope(subject.id));
  if (watchers.state === 'unread') return { state: 'unread', reason: `network watchers: ${watchers.reason}` };
  const here = watchers.value.filter((candidate) => regionOf(candidate.location) === name);
  const logs = allRead(here.map(({ id }) => inventory.list<FlowLog>(types.flowLog, id)));
  if (logs.state === 'unread') return { state: 'unread', reason: `flow logs: ${logs.reason}` };
  // The list of the one watcher as it is: what is known of it stays known.
  const [only = [], ...others] = logs.value;
  const all = others.length === 0 ? only : logs.value.flat();
  return { state: 'read', value: { name, watcherId: here[0]?.id, logs: all } };
}

export function logsOn(target: string | undefined, region: Region): readonly Log[] {
  return target === undefined ? [] : (logsByTarget(region.logs).get(keyOf(target)) ?? []);
}

const byTarget = new WeakMap<readonly Log[], ReadonlyMap<string, readonly Log[]>>();

/** By the keys of what they log, in the order of the list; made once for each list. */
function logsByTarget(logs: readonly Log[]): ReadonlyMap<string, readonly Log[]> {
  const known = byTarget.get(logs);
  if (known !== undefined) return known;
  const index = new Map<string, Log[]>();
  for (const log of logs) {
    const key = targetKeyOf(log);
    if (key === undefined) continue;
    const beside = index.get(key);
    if (beside === undefined) index.set(key, [log]);
    else beside.push(log);
  }
  byTarget.set(logs, index);
  return index;
}

const targetKeys = new WeakMap<Log, string>();

function targetKeyOf(log: Log): string | undefined {
  const target = log.properties?.targetResourceId;
  const known = targetKeys.get(log);
  if (known !== undefined || target === undefined) return known;
  const key = keyOf(target);
  targetKeys.set(log, key);
  return key;
}

export function isOn(log: Log): boolean {
  return log.properties?.enabled === true;
}

/**
 * A log on a network interface beats one on the subnet, which beats one on the network (Network Watcher: manage virtual
 * network flow logs); a security group's log counts while it lives and nothing else logs.
 */
export function coverageOf({ subnet, networkId, groupId, interfaceId }: Protected, region: Region): Coverage {
  const onInterface = logsOn(interfaceId, region).filter(isOn);
  const onSubnet = logsOn(subnet.id, region);
  const onNetwork = logsOn(networkId, region);
  const onGroup = logsOn(groupId, region).filter(isOn);
  const effective = firstThatLogs([onInterface, onSubnet, onNetwork.filter(isOn), onGroup, onNetwork]);
  const interfaces = interfaceId === undefined ? interfaceLogs(subnet, region) : { logs: [], all: false };
  return {
    subnet,
    networkId,
    effective,
    overrides: interfaces.logs,
    byInterfaces: effective.length === 0 && interfaces.all,
    twice: [...([...onSubnet, ...onNetwork].some(isOn) ? onGroup : []), ...onSubnet.filter(isOn).slice(1)],
  };
}

export function isUncovered({ effective, byInterfaces }: Coverage): boolean {
  return effective.length === 0 && !byInterfaces;
}

function firstThatLogs(levels: readonly (readonly Log[])[]): readonly Log[] {
  return levels.find((level) => level.length > 0) ?? [];
}

function interfaceLogs(subnet: Subnet, region: Region): { readonly logs: readonly Log[]; readonly all: boolean } {
  const interfaces = interfacesIn(subnet);
  const logsPerInterface = interfaces.map((id) => logsOn(id, region));
  const logs = [...new Set(logsPerInterface.flat())];
  return { logs, all: interfaces.length > 0 && logsPerInterface.every((found) => found.some(isOn)) };
}

/** Ids of what has an address in a subnet: network interfaces, gateways and the like, each as often as it has one. */
export function interfacesIn({ properties }: Subnet): readonly string[] {
  return (properties?.ipConfigurations ?? []).map(({ id = '' }) => interfaceOf(id));
}

/** `…/networkInterfaces/nic-1/ipConfigurations/ipconfig1` is an address of `…/networkInterfaces/nic-1`. */
function interfaceOf(ipConfigurationId: string): string {
  return ipConfigurationId.replace(/\/ipConfigurations\/[^/]+$/i, '');
}
