import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, same, type Resource } from '../../core/resource';
import {
  coverageOf,
  interfacesIn,
  isOn,
  logsOn,
  regionFor,
  type Coverage,
  type Log,
  type Region,
} from '../../flow-logging/coverage';
import { rearmingTag } from '../../flow-logging/log-body';
import { loggable, protectedBy, type Protected } from '../../flow-logging/protected';

/** A flow log that counts for a network. */
export interface Watched {
  readonly log: Log;
  /** How many network interfaces and gateways have nobody but this log to record their traffic. */
  readonly users: number;
}

/** The logs that count for a network, and those that Steward has switched off and not on again. */
export function watchedFor(network: Resource, inventory: Inventory): Reading<readonly Watched[]> {
  const region = regionFor(network, inventory);
  const parts = protectedBy(network, inventory);
  if (region.state === 'unread') return region;
  if (parts.state === 'unread') return parts;
  const covered = loggable(parts.value);
  const coverages = covered.map((part) => coverageOf(part, region.value));
  const counting = coverages.flatMap(({ effective, overrides }) => [...effective, ...overrides]);
  const logs = new Set([...counting, ...logsOn(network.id, region.value), ...rearmingOnGroups(covered, region.value)]);
  return { state: 'read', value: [...logs].map((log) => ({ log, users: usersOf(log, coverages, region.value) })) };
}

/** Whether Steward has switched the log off and not on again. */
export function isRearming({ tags = {}, ...log }: Log): boolean {
  return !isOn(log) && Object.keys(tags).some((name) => same(name, rearmingTag));
}

/** Where a security group's log was the one that counted, none does while it is off. */
function rearmingOnGroups(parts: readonly Protected[], region: Region): readonly Log[] {
  return parts.flatMap(({ groupId }) => logsOn(groupId, region)).filter(isRearming);
}

function usersOf(log: Log, coverages: readonly Coverage[], region: Region): number {
  const counts = coverages.map((coverage) => {
    if (coverage.overrides.includes(log)) return 1;
    return coverage.effective.includes(log) ? usersIn(coverage, region) : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Interfaces with a log of their own have another; traffic of private endpoints is seen at its source alone. */
function usersIn({ subnet }: Coverage, region: Region): number {
  const distinct = new Map(interfacesIn(subnet).map((id) => [keyOf(id), id]));
  const withoutLog = [...distinct.values()].filter((id) => !logsOn(id, region).some(isOn));
  return Math.max(0, withoutLog.length - (subnet.properties?.privateEndpoints ?? []).length);
}

/** `flow log fl-spoke of vnet-spoke`. */
export function titleOf({ name, properties }: Log): string {
  return `flow log ${name} of ${nameOf(properties?.targetResourceId ?? '')}`;
}
