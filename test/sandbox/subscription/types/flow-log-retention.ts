import type { Cloud } from '../cloud';
import { resourceGroupOf, same, subscriptionOf, typeOf } from '../ids';
import type { Fields, WireResource } from '../wire';
import { fieldsOf, itemsOf, textOf } from '../wire';
import { guidOf } from './network';

/**
 * Flow-log retention is a lifecycle rule in the account. [R] Writing it replaces the rules that others made
 * (hashicorp/terraform-provider-azurerm#6935). derived: it comes from the service, so no event tells of it, and turning
 * retention off takes away the flow log's own rule alone.
 */
export function writeLifecycleRule(log: WireResource, cloud: Cloud): void {
  const id = `${textOf(log.properties?.['storageId'])}/managementPolicies/default`;
  const policy = cloud.store.get(id);
  const all = itemsOf(fieldsOf(policy, 'properties', 'policy')['rules']);
  const others = all.filter((rule) => rule['name'] !== ruleNameOf(log));
  const { days, enabled } = fieldsOf(log, 'properties', 'retentionPolicy');
  const retains = enabled === true && typeof days === 'number' && days > 0;
  if (!retains && others.length === all.length) return;
  const keepsOthers = !retains || !cloud.settings.retentionOverwritesLifecycleRules;
  const kept = keepsOthers ? others : others.filter((rule) => textOf(rule['name']).startsWith('flowlog-'));
  const rules = retains ? [...kept, lifecycleRule(log, days)] : kept;
  if (rules.length === 0) {
    cloud.store.remove(id);
    return;
  }
  cloud.store.set({
    id,
    name: 'DefaultManagementPolicy',
    type: 'Microsoft.Storage/storageAccounts/managementPolicies',
    properties: { policy: { rules }, lastModifiedTime: new Date(cloud.settings.clock()).toISOString() },
  });
}

const lifecycleRule = (log: WireResource, days: number): Fields => ({
  enabled: true,
  name: ruleNameOf(log),
  type: 'Lifecycle',
  definition: {
    actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
    filters: { blobTypes: ['blockBlob'], prefixMatch: [blobPrefixOf(log)] },
  },
});

/** Name of a flow log's own rule in the lifecycle policy of its account. derived: the service's real names differ. */
const ruleNameOf = (log: WireResource): string => `flowlog-${guidOf(log.id)}`;

/** Where the blobs of a flow log are: container and prefix are documented (Network Watcher FAQ). */
function blobPrefixOf(log: WireResource): string {
  const target = textOf(log.properties?.['targetResourceId']);
  const group = `${subscriptionOf(log.id) ?? ''}_${resourceGroupOf(log.id) ?? ''}`.toUpperCase();
  if (same(typeOf(target), 'Microsoft.Network/networkSecurityGroups')) {
    return `insights-logs-networksecuritygroupflowevent/resourceId=${target.toUpperCase()}`;
  }
  return `insights-logs-flowlogflowevent/flowLogResourceID=/${group}/${watcherNameOf(log)}_${log.name ?? ''}`;
}

const watcherNameOf = (log: WireResource): string => (log.id.split('/').at(-3) ?? '').toUpperCase();
