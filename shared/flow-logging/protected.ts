import type { Inventory, Reading } from '../core/inventory';
import { nameOf, parseId, same, type Resource } from '../core/resource';
import { types, type Network, type NetworkInterface, type SecurityGroup, type Subnet } from './types';
import { unloggableBecause } from './unloggable';

/** A subnet that a subject answers for, and the network it is part of. */
export interface Protected {
  readonly subnet: Subnet;
  readonly networkId: string;
  /** The security group whose legacy flow log would count. */
  readonly groupId: string | undefined;
  /** Where not the whole subnet is meant: the interface in it. */
  readonly interfaceId?: string;
}

/** The subnets of a network; of a security group, those that it protects, directly or through network interfaces. */
export function protectedBy(subject: Resource, inventory: Inventory): Reading<readonly Protected[]> {
  if (same(subject.type, types.network)) {
    const { subnets = [] } = (subject as Resource<Network>).properties ?? {};
    return { state: 'read', value: subnets.map((subnet) => ofNetwork(subnet, subject.id)) };
  }
  const { subnets = [], networkInterfaces = [] } = (subject as Resource<SecurityGroup>).properties ?? {};
  const whole = subnets.flatMap(({ id }) => (id === undefined ? [] : [{ subnetId: id }]));
  const placed = allRead(networkInterfaces.flatMap(({ id }) => id ?? []).map((id) => placesOf(id, inventory)));
  if (placed.state === 'unread') return placed;
  return allRead([...whole, ...placed.value.flat()].map((place) => ofGroup(place, subject.id, inventory)));
}

interface Place {
  readonly subnetId: string;
  readonly interfaceId?: string;
}

function ofNetwork(subnet: Subnet, networkId: string): Protected {
  return { subnet, networkId, groupId: subnet.properties?.networkSecurityGroup?.id };
}

function ofGroup({ subnetId: id, ...rest }: Place, groupId: string, inventory: Inventory): Reading<Protected> {
  const networkId = parseId(id).parent ?? id;
  const network = inventory.get<Network>(networkId);
  if (network.state === 'unread') return { state: 'unread', reason: `network ${nameOf(networkId)}: ${network.reason}` };
  const subnet = network.value?.properties?.subnets?.find((candidate) => same(candidate.id, id));
  if (subnet === undefined)
    return { state: 'unread', reason: `subnet ${nameOf(id)} is named by it and does not exist` };
  return { state: 'read', value: { subnet, networkId, groupId, ...rest } };
}

function placesOf(id: string, inventory: Inventory): Reading<readonly Place[]> {
  const found = inventory.get<NetworkInterface>(id);
  if (found.state === 'unread') return { state: 'unread', reason: `network interface ${nameOf(id)}: ${found.reason}` };
  const configurations = found.value?.properties?.ipConfigurations ?? [];
  const subnets = configurations.flatMap(({ properties }) => properties?.subnet?.id ?? []);
  const distinct = subnets.filter((subnet, index) => subnets.findIndex((other) => same(other, subnet)) === index);
  return { state: 'read', value: distinct.map((subnetId) => ({ subnetId, interfaceId: id })) };
}

/** Those that can be logged. */
export function loggable(parts: readonly Protected[]): readonly Protected[] {
  return parts.filter(({ subnet }) => unloggableBecause(subnet) === undefined);
}

/** Every question is put before the first unread one is answered, so that they are read together. */
export function allRead<T>(readings: readonly Reading<T>[]): Reading<readonly T[]> {
  const unread = readings.find((reading) => reading.state === 'unread');
  if (unread !== undefined) return unread;
  return { state: 'read', value: readings.flatMap((reading) => (reading.state === 'read' ? [reading.value] : [])) };
}
