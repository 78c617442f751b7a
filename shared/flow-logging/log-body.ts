import type { Body, Kept } from '../core/control';
import type { Inventory } from '../core/inventory';
import { same, type Json, type Resource } from '../core/resource';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import { blobsOf, lifecycleIdOf } from './blobs';
import type { Log } from './coverage';
import { daysOfRuleFor, ownRetention } from './retention';
import { types, type Lifecycle } from './types';

/** A tag of a log that Steward has switched off in order to switch it on again, and what it says to people. */
export const rearmingTag = 'steward-rearming';
export const rearmingNote = 'switched off by Steward, which is about to switch it on again';

export const writeLog = 'Microsoft.Network/networkWatchers/flowLogs/write';
export const writeLifecycle = 'Microsoft.Storage/storageAccounts/managementPolicies/write';

const readOnly = ['targetResourceGuid', 'provisioningState'];

/** The properties of a log that a write takes, as they are. */
export function writable(log: Log): Readonly<Record<string, Json>> {
  const properties = Object.entries((log.properties ?? {}) as Readonly<Record<string, Json>>);
  return Object.fromEntries(properties.filter(([name]) => !readOnly.includes(name)));
}

/** What a write of a log takes beside its properties, as it is; the mark of being re-armed goes with every write. */
export function outer(log: Log): Omit<Body, 'properties'> {
  const identities = (log.identity?.['userAssignedIdentities'] ?? {}) as Readonly<Record<string, unknown>>;
  const named = Object.fromEntries(Object.keys(identities).map((id) => [id, {}]));
  return {
    ...(log.location !== undefined && { location: log.location }),
    ...(log.tags && { tags: withoutMark(log.tags) }),
    ...(log.identity && { identity: { type: log.identity['type'], userAssignedIdentities: named } }),
  };
}

function withoutMark(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !same(name, rearmingTag)));
}

/**
 * Switching retention on has been reported to overwrite the lifecycle rules of the account. A rule for this log alone that
 * deletes before its new policy does is the one that Azure made of the old policy: it is not put back.
 */
export function keptBy(log: Log, properties: Readonly<Record<string, Json>>, inventory: Inventory): readonly Kept[] {
  const days = ownRetention(properties);
  if (!Number.isFinite(days)) return [];
  const id = lifecycleIdOf(String(properties['storageId']));
  const lifecycle = inventory.get<Lifecycle>(id);
  if (lifecycle.state === 'unread') return [];
  const rules = lifecycle.value?.properties?.policy?.rules ?? [];
  const kept = rules.filter((rule) => (daysOfRuleFor(blobsOf(log), rule) ?? Infinity) >= days);
  return [{ id, properties: kept.length === 0 ? {} : { policy: { rules: kept as unknown as Json } } }];
}

/** The same for a resource that is written as it was: only a flow log's own retention is known to change what others hold. */
export function keptBeside(resource: Resource, inventory: Inventory): readonly Kept[] {
  if (!same(resource.type, types.flowLog)) return [];
  const log = withoutNulls(resource) as Log;
  return keptBy(log, (log.properties ?? {}) as Readonly<Record<string, Json>>, inventoryWithoutNulls(inventory));
}
