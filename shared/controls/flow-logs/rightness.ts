import type { Inventory, Reading } from '../../core/inventory';
import { nameOf, same, subscriptionScope, type Resource } from '../../core/resource';
import type { Settings } from '../../core/settings';
import type { Problem, Severity } from '../../core/verdict';
import { accountProblem } from '../../flow-logging/account';
import { blobsOf, lifecycleIdOf } from '../../flow-logging/blobs';
import { daysOfRuleFor, earliestDeletion, ownRetention, retentionIsAmbiguous } from '../../flow-logging/retention';
import {
  types,
  type FlowLog,
  type Lifecycle,
  type LifecycleRule,
  type StorageAccount,
  type Workspace,
} from '../../flow-logging/types';

/** Which part of a flow log is wrong or could not be read; the remedy repairs by part. */
export type Part = 'state' | 'format' | 'filter' | 'storage' | 'retention' | 'analytics';

export interface Remark extends Problem {
  readonly part: Part;
  /** The fact could not be read: no violation, but no compliance either. */
  readonly unread?: true;
  /** Whoever repairs has to choose another storage account. */
  readonly elsewhere?: true;
}

/** What is wrong with a flow log, judged against what the requirement asks of it. Empty: it is right. */
export function remarksOn(log: Resource<FlowLog>, inventory: Inventory, settings: Settings): readonly Remark[] {
  return [
    ...stateOf(log),
    ...formatOf(log),
    ...filtersOf(log),
    ...storageOf(log, inventory, settings),
    ...analyticsOf(log, inventory),
  ];
}

function remark(part: Part, severity: Severity, reason: string): Remark {
  return { part, severity, reason };
}

function unread(part: Part, reason: string): Remark {
  return { part, severity: 'low', reason, unread: true };
}

function titleOf(log: Resource<FlowLog>): string {
  return `flow log ${log.name}`;
}

function stateOf(log: Resource<FlowLog>): readonly Remark[] {
  const { enabled, provisioningState } = log.properties ?? {};
  if (enabled !== true) return [remark('state', 'high', `${titleOf(log)} is switched off`)];
  if (same(provisioningState, 'Succeeded')) return [];
  const found = `the provisioning state of ${titleOf(log)} is ${provisioningState ?? 'missing'}, not Succeeded`;
  const settled = same(provisioningState, 'Failed') || same(provisioningState, 'Canceled');
  return [settled ? remark('state', 'high', found) : unread('state', found)];
}

function formatOf(log: Resource<FlowLog>): readonly Remark[] {
  const { type, version } = log.properties?.format ?? {};
  if (same(type, 'JSON') && version === 2) return [];
  const found = type === undefined ? 'no format' : `format ${type} ${version ?? 'without a version'}`;
  return [remark('format', 'medium', `${titleOf(log)} has ${found}, not JSON version 2`)];
}

const allRecordTypes = ['B', 'C', 'E', 'D'];

function filtersOf(log: Resource<FlowLog>): readonly Remark[] {
  const { enabledFilteringCriteria = '', recordTypes = '' } = log.properties ?? {};
  const kept = recordTypes.split(',').map((letter) => letter.trim().toUpperCase());
  const dropped = recordTypes.trim() === '' ? [] : allRecordTypes.filter((letter) => !kept.includes(letter));
  return [
    ...(enabledFilteringCriteria.trim() === ''
      ? []
      : [remark('filter', 'high', `${titleOf(log)} keeps only flows that match "${enabledFilteringCriteria}"`)]),
    ...(dropped.length === 0
      ? []
      : [remark('filter', 'high', `${titleOf(log)} drops record types ${dropped.join(', ')}`)]),
  ];
}

function storageOf(log: Resource<FlowLog>, inventory: Inventory, settings: Settings): readonly Remark[] {
  const id = log.properties?.storageId ?? '';
  const own = ownRetentionRemarks(log, settings);
  if (id === '') return [elsewhere('storage', 'high', `${titleOf(log)} names no storage account`), ...own];
  const account = inventory.get<StorageAccount>(id);
  const lifecycle = inventory.get<Lifecycle>(lifecycleIdOf(id));
  if (account.state === 'unread')
    return [unread('storage', `storage account ${nameOf(id)}: ${account.reason}`), ...own];
  const wrong = accountProblem(account.value, log.location);
  const rules = wrong === undefined ? ruleRemarks(log, lifecycle, settings) : [];
  const unfit = elsewhere('storage', 'high', `storage account ${nameOf(id)} of ${titleOf(log)} ${wrong ?? ''}`);
  return [...own, ...rules, ...(wrong === undefined ? [] : [unfit])];
}

function elsewhere(part: Part, severity: Severity, reason: string): Remark {
  return { ...remark(part, severity, reason), elsewhere: true };
}

function ownRetentionRemarks(log: Resource<FlowLog>, settings: Settings): readonly Remark[] {
  if (retentionIsAmbiguous(log.properties ?? {})) {
    const reason = `${titleOf(log)} has retention switched on with 0 days; «for ever» is switched off with 0 days`;
    return [remark('retention', 'low', reason)];
  }
  const days = ownRetention(log.properties ?? {});
  if (days >= daysWanted(settings)) return [];
  return [remark('retention', 'medium', tooShort(log, `its retention policy deletes after ${days} days`, settings))];
}

function ruleRemarks(
  log: Resource<FlowLog>,
  lifecycle: Reading<Resource<Lifecycle> | undefined>,
  settings: Settings,
): readonly Remark[] {
  if (lifecycle.state === 'unread') {
    return [unread('retention', `lifecycle rules of the storage account of ${titleOf(log)}: ${lifecycle.reason}`)];
  }
  const deletion = earliestDeletion(rulesBeside(log, lifecycle.value), blobsOf(log));
  if (deletion === undefined || deletion.days >= daysWanted(settings)) return [];
  const because = `lifecycle rule "${deletion.rule}" of its storage account deletes after ${deletion.days} days`;
  return [elsewhere('retention', 'medium', tooShort(log, because, settings))];
}

/** Rules of a log's account without the one by which Azure carries out the log's own policy; that is judged as such. */
function rulesBeside(log: Resource<FlowLog>, lifecycle: Resource<Lifecycle> | undefined): readonly LifecycleRule[] {
  const days = ownRetention(log.properties ?? {});
  const rules = lifecycle?.properties?.policy?.rules ?? [];
  return rules.filter((rule) => daysOfRuleFor(blobsOf(log), rule) !== days);
}

function daysWanted({ flowLogRetentionDays: days }: Settings): number {
  return days === 0 ? Infinity : days;
}

function tooShort(log: Resource<FlowLog>, because: string, { flowLogRetentionDays: days }: Settings): string {
  return `${titleOf(log)} has to be kept ${days === 0 ? 'for ever' : `for ${days} days`}, but ${because}`;
}

function analyticsOf(log: Resource<FlowLog>, inventory: Inventory): readonly Remark[] {
  const analytics = log.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (analytics?.enabled !== true)
    return [remark('analytics', 'medium', `traffic analytics of ${titleOf(log)} is off`)];
  const { workspaceResourceId = '', workspaceId = '', trafficAnalyticsInterval: interval = 60 } = analytics;
  const wrongInterval = `traffic analytics of ${titleOf(log)} runs every ${interval} minutes, not every 10 or 60`;
  return [
    ...(interval === 10 || interval === 60 ? [] : [remark('analytics', 'low', wrongInterval)]),
    ...workspaceRemarks(log, { workspaceResourceId, workspaceId }, inventory),
  ];
}

interface WorkspaceNames {
  readonly workspaceResourceId: string;
  readonly workspaceId: string;
}

function workspaceRemarks(log: Resource<FlowLog>, names: WorkspaceNames, inventory: Inventory): readonly Remark[] {
  const { workspaceResourceId: id, workspaceId: guid } = names;
  if (id === '')
    return /^[0-]*$/.test(guid) ? [noWorkspace(log, 'names no workspace')] : workspaceByGuid(log, guid, inventory);
  const workspace = inventory.get<Workspace>(id);
  if (workspace.state === 'unread') return [unread('analytics', `workspace ${nameOf(id)}: ${workspace.reason}`)];
  return workspace.value === undefined ? [noWorkspace(log, `uses workspace ${nameOf(id)}, which does not exist`)] : [];
}

function noWorkspace(log: Resource<FlowLog>, found: string): Remark {
  return remark('analytics', 'medium', `traffic analytics of ${titleOf(log)} ${found}`);
}

function workspaceByGuid(log: Resource<FlowLog>, guid: string, inventory: Inventory): readonly Remark[] {
  const workspaces = inventory.list<Workspace>(types.workspace, subscriptionScope(log.id));
  if (workspaces.state === 'unread') return [unread('analytics', `workspaces: ${workspaces.reason}`)];
  if (workspaces.value.some((workspace) => same(workspace.properties?.customerId, guid))) return [];
  const reason = `${titleOf(log)} names workspace ${guid} by GUID alone, and no workspace of this subscription has it`;
  return [unread('analytics', reason)];
}
