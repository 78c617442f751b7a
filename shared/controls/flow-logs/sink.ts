import type { Action, Body } from '../../core/control';
import { shortHash } from '../../core/hash';
import type { Inventory } from '../../core/inventory';
import { nameOf, regionOf, same, type Json, type Resource } from '../../core/resource';
import type { Settings } from '../../core/settings';
import { blobsOf, containers, lifecycleIdOf } from '../../flow-logging/blobs';
import type { Lifecycle, LifecycleRule, StorageAccount } from '../../flow-logging/types';
import { earliestDeletion } from '../../flow-logging/retention';
import type { Log } from '../../flow-logging/coverage';
import { accountProblem } from '../../flow-logging/account';
import type { Remark } from './rightness';

/** The storage account that a region's flow logs go to, and what has to be written before they can. */
export interface Sink {
  readonly id: string;
  readonly actions: readonly Action[];
  readonly blocked: readonly string[];
  /** Steward's own account: retention is its lifecycle rule alone. */
  readonly own: boolean;
}

/** The account that the settings name for the region, else Steward's own, made or put right where necessary. */
export function sinkFor(region: string, inventory: Inventory, settings: Settings): Sink {
  const named = Object.entries(settings.flowLogStorage).find(([name]) => regionOf(name) === region)?.[1];
  return named === undefined ? ownSink(region, inventory, settings) : namedSink(named, region, inventory);
}

function namedSink(id: string, region: string, inventory: Inventory): Sink {
  const account = inventory.get<StorageAccount>(id);
  const problem =
    account.state === 'unread' ? `could not be read: ${account.reason}` : accountProblem(account.value, region);
  const blocked =
    problem === undefined ? [] : [`setting FLOW_LOG_STORAGE names ${nameOf(id)} for ${region}, which ${problem}`];
  return { id, actions: [], blocked, own: false };
}

function ownSink(region: string, inventory: Inventory, settings: Settings): Sink {
  const name = `stflow${shortHash(`${settings.resourceGroupId}/${region}`)}`;
  const id = `${settings.resourceGroupId}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const account = inventory.get<StorageAccount>(id);
  const lifecycle = inventory.get<Lifecycle>(lifecycleIdOf(id));
  const unread = [account, lifecycle].find((reading) => reading.state === 'unread');
  if (account.state === 'unread' || lifecycle.state === 'unread') {
    return {
      id,
      actions: [],
      blocked: [`storage account ${name}: ${unread?.state === 'unread' ? unread.reason : ''}`],
      own: true,
    };
  }
  const immutable = account.value === undefined ? undefined : accountProblem(withoutFirewall(account.value), region);
  if (immutable !== undefined)
    return { id, actions: [], blocked: [`Steward's storage account ${name} ${immutable}; delete it`], own: true };
  const actions = [...accountActions(id, region, account.value), ...lifecycleActions(id, lifecycle.value, settings)];
  return { id, actions, blocked: [], own: true };
}

/** The firewall is put right by a write, kind, tier and region are not. */
function withoutFirewall(account: Resource<StorageAccount>): Resource<StorageAccount> {
  return { ...account, properties: {} };
}

function accountActions(id: string, region: string, before: Resource<StorageAccount> | undefined): readonly Action[] {
  const permission = 'Microsoft.Storage/storageAccounts/write';
  if (before === undefined) {
    const body: Body = { location: region, kind: 'StorageV2', sku: { name: 'Standard_LRS' }, properties: secured({}) };
    return [{ id, body, permission, summary: `create storage account ${nameOf(id)} for the flow logs of ${region}` }];
  }
  if (isSecured(before.properties ?? {})) return [];
  const { location = region, sku = {}, tags, properties = {} } = before;
  const name = sku.name ?? 'Standard_LRS';
  const body: Body = {
    location,
    kind: 'StorageV2',
    sku: { name },
    ...(tags && { tags }),
    properties: secured(properties),
  };
  return [
    {
      id,
      body,
      before,
      permission,
      summary: `secure storage account ${nameOf(id)}: TLS, https, public blobs, firewall`,
    },
  ];
}

function secured(before: StorageAccount): Readonly<Record<string, Json>> {
  return {
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
    allowBlobPublicAccess: false,
    networkAcls: {
      ...(before.networkAcls as Record<string, Json> | undefined),
      defaultAction: 'Deny',
      bypass: 'AzureServices',
    },
  };
}

function isSecured(account: StorageAccount): boolean {
  const { defaultAction, bypass = '' } = account.networkAcls ?? {};
  const firewall = same(defaultAction, 'Deny') && bypass.toLowerCase().includes('azureservices');
  const transport =
    ['TLS1_2', 'TLS1_3'].includes(account.minimumTlsVersion ?? '') && account.supportsHttpsTrafficOnly !== false;
  return firewall && transport && account.allowBlobPublicAccess === false;
}

/** The rule by which Steward's own accounts delete. */
export const ownRule = 'steward-flow-logs';

/** Read, merge, write: the rules of others stay as they are, in their order. */
function lifecycleActions(
  accountId: string,
  before: Resource<Lifecycle> | undefined,
  { flowLogRetentionDays: days }: Settings,
): readonly Action[] {
  const rules = before?.properties?.policy?.rules ?? [];
  const ours = rules.find(({ name }) => name === ownRule);
  if (isWanted(ours, days)) return [];
  const others = rules.filter(({ name }) => name !== ownRule);
  const wanted = days === 0 ? rule(deletionDays(ours) ?? 0, false) : rule(days, true);
  return [
    {
      id: lifecycleIdOf(accountId),
      body: { properties: { policy: { rules: [...others, wanted] as unknown as Json } } },
      ...(before && { before }),
      permission: 'Microsoft.Storage/storageAccounts/managementPolicies/write',
      summary: `keep the flow logs in ${nameOf(accountId)} ${days === 0 ? 'for ever' : `for ${days} days`}`,
    },
  ];
}

/** Whoever keeps longer, or switched deletion off, has a reason: retention is never shortened. */
function isWanted(ours: LifecycleRule | undefined, days: number): boolean {
  if (days === 0) return ours === undefined || ours.enabled === false;
  return ours !== undefined && (ours.enabled === false || (deletionDays(ours) ?? 0) >= days);
}

function deletionDays(ours: LifecycleRule | undefined): number | undefined {
  return ours?.definition?.actions?.baseBlob?.delete?.['daysAfterModificationGreaterThan'];
}

function rule(days: number, enabled: boolean): Json {
  return {
    name: ownRule,
    enabled,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: ['blockBlob'], prefixMatch: Object.values(containers).map((container) => `${container}/`) },
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
    },
  };
}

export interface Moving {
  readonly remarks: readonly Remark[];
  readonly inventory: Inventory;
  readonly settings: Settings;
}

/** Whether a log whose account is fit but for a rule would go to where a rule of somebody deletes early, too. */
export function deletesEarly(sink: Sink, log: Log, { remarks, inventory, settings }: Moving): boolean {
  if (remarks.some(({ part, elsewhere }) => elsewhere === true && part !== 'retention')) return false;
  const lifecycle = inventory.get<Lifecycle>(lifecycleIdOf(sink.id));
  if (lifecycle.state === 'unread') return true;
  const others = (lifecycle.value?.properties?.policy?.rules ?? []).filter(({ name }) => name !== ownRule);
  const deletion = earliestDeletion(others, blobsOf(log));
  const { flowLogRetentionDays: days } = settings;
  return deletion !== undefined && (days === 0 || deletion.days < days);
}
