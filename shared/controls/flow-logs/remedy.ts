import type { Action, Plan, Remedy } from '../../core/control';
import type { Inventory } from '../../core/inventory';
import { keyOf, nameOf, regionOf, same, subscriptionScope, type Resource } from '../../core/resource';
import type { Settings } from '../../core/settings';
import { inventoryWithoutNulls, withoutNulls } from '../../core/without-nulls';
import {
  coverageOf,
  isUncovered,
  logsOn,
  regionFor,
  type Coverage,
  type Log,
  type Region,
} from '../../flow-logging/coverage';
import { createdLog, repairedLog, type Analytics } from './log-actions';
import { loggable, protectedBy, type Protected } from '../../flow-logging/protected';
import { remarksOn, type Remark } from './rightness';
import { lifecycleIdOf } from '../../flow-logging/blobs';
import { keptBeside, writeLifecycle } from '../../flow-logging/log-body';
import { managedByCluster, regionLock } from '../../flow-logging/where';
import { ownRetention } from '../../flow-logging/retention';
import { deletesEarly, sinkFor, type Sink } from './sink';
import { types, type Workspace } from '../../flow-logging/types';

/**
 * Creates or repairs the flow log of the network, and what it needs: the region's watcher and storage account. A log
 * that exists is adopted under its own name; only what is wrong about it changes. Nothing is ever deleted.
 */
export const flowLogRemedy: Remedy = {
  does: [
    'Creates the Network Watcher of the region where there is none.',
    'Makes one storage account per region in Steward’s resource group, unless FLOW_LOG_STORAGE names one, with a lifecycle rule that deletes flow logs after FLOW_LOG_RETENTION_DAYS.',
    'Creates the flow log of the network, or repairs the one that exists under its own name; everything about it that is not wrong stays.',
    'Moves a log away from an account that is unfit; raises a retention policy that is too short.',
    'Never deletes anything, never switches a log off, never changes the lifecycle rules of others, and writes nothing for networks in the managed resource group of a cluster.',
  ],
  permissions: [
    'Microsoft.Network/networkWatchers/write',
    'Microsoft.Network/networkWatchers/flowLogs/write',
    'Microsoft.Storage/storageAccounts/write',
    'Microsoft.Storage/storageAccounts/managementPolicies/write',
  ],
  toTakeBack: [
    'Microsoft.Network/networkWatchers/flowLogs/delete',
    'Microsoft.Storage/storageAccounts/managementPolicies/delete',
  ],
  toPutBack: [writeLifecycle],
  keeps: keptBeside,
  plan: (subject, inventory, settings) => planned(withoutNulls(subject), inventoryWithoutNulls(inventory), settings),
};

function planned(subject: Resource, inventory: Inventory, settings: Settings): Plan {
  const lock = regionLock(subject);
  const region = regionFor(subject, inventory);
  const parts = protectedBy(subject, inventory);
  if (region.state === 'unread') return { actions: [], blocked: [region.reason], lock };
  if (parts.state === 'unread') return { actions: [], blocked: [parts.reason], lock };
  return { ...planFor({ subject, parts: loggable(parts.value), region: region.value, inventory, settings }), lock };
}

interface Case {
  readonly subject: Resource;
  readonly parts: readonly Protected[];
  readonly region: Region;
  readonly inventory: Inventory;
  readonly settings: Settings;
}

type Steps = Omit<Plan, 'lock'>;

const nothing: Steps = { actions: [], blocked: [] };

function planFor(one: Case): Steps {
  const coverages = one.parts.map((part) => coverageOf(part, one.region));
  const targets = unloggedNetworks(one, coverages);
  const wrong = wrongLogs(one, coverages);
  const sink = sinkFor(one.region.name, one.inventory, {
    ...one.settings,
    flowLogRetentionDays: daysToKeep(
      wrong.filter((log) => isOfSubject(log, one) && hasToMove(log, one)),
      one,
    ),
  });
  const analytics = analyticsFor(one);
  const created = targets
    .filter(() => writesFor(one))
    .map((target) => guarded(target, one, () => createLog(target, { one, sink, analytics })));
  const repaired = wrong
    .filter((log) => isOfSubject(log, one))
    .map((log) => guarded(log.properties?.targetResourceId ?? '', one, () => repairLog(log, { one, sink, analytics })));
  return { ...withWatcher(join([...created, ...repaired]), one), wakes: leftToNetworks(one, coverages, wrong) };
}

/** A security group writes a log only where it tries its own first: the log of its network is the network's to write. */
function writesFor({ subject, settings }: Case): boolean {
  return same(subject.type, types.network) || settings.nsgFlowLogs === 'create';
}

function isOfSubject(log: Log, { subject }: Case): boolean {
  return same(subject.type, types.network) || same(log.properties?.targetResourceId, subject.id);
}

function leftToNetworks(one: Case, coverages: readonly Coverage[], wrong: readonly Log[]): readonly string[] {
  const isLeft = (coverage: Coverage): boolean =>
    (isUncovered(coverage) && !writesFor(one)) ||
    [...coverage.effective, ...coverage.overrides].some((log) => wrong.includes(log) && !isOfSubject(log, one));
  return [...new Set(coverages.filter(isLeft).map(({ networkId }) => networkId))];
}

/** Networks with a subnet that nothing logs, or without any subnet yet, and without a log of their own. */
function unloggedNetworks(one: Case, coverages: readonly Coverage[]): readonly string[] {
  const unused = one.parts.length === 0 && same(one.subject.type, types.network) ? [one.subject.id] : [];
  const uncovered = coverages.filter(isUncovered).map(({ networkId }) => networkId);
  const distinct = new Map([...unused, ...uncovered].map((id) => [keyOf(id), id]));
  return [...distinct.values()].filter((id) => logsOn(id, one.region).length === 0);
}

function wrongLogs(one: Case, coverages: readonly Coverage[]): readonly Log[] {
  const unused = one.parts.length === 0 ? logsOn(one.subject.id, one.region) : [];
  const logs = [...unused, ...coverages.flatMap(({ effective, overrides }) => [...effective, ...overrides])];
  return [...new Set(logs)].filter((log) =>
    remarksOn(log, one.inventory, one.settings).some(({ unread }) => unread !== true),
  );
}

/** What a log that moves was kept for by its owner's choice, it is kept for in the account that it moves to. */
function daysToKeep(moved: readonly Log[], { settings }: Case): number {
  const days = settings.flowLogRetentionDays;
  const chosen = moved.map((log) => ownRetention(log.properties ?? {})).filter(Number.isFinite);
  return days === 0 ? 0 : Math.max(days, ...chosen);
}

function hasToMove(log: Log, { inventory, settings }: Case): boolean {
  return remarksOn(log, inventory, settings).some(({ elsewhere }) => elsewhere === true);
}

interface Means {
  readonly one: Case;
  readonly sink: Sink;
  readonly analytics: Analytics;
}

function createLog(target: string, { one, sink, analytics }: Means): Steps {
  if (sink.blocked.length > 0) return { actions: [], blocked: sink.blocked };
  const watcherId = one.region.watcherId ?? watcherIdFor(one);
  const onNetwork = createdLog({ watcherId, region: one.region.name, target, sink, analytics });
  const blocked = 'blocked' in analytics ? [analytics.blocked] : [];
  const group =
    one.settings.nsgFlowLogs === 'create' && same(one.subject.type, types.securityGroup) ? one.subject.id : undefined;
  if (group === undefined) return { actions: [...sink.actions, onNetwork], blocked };
  const onGroup = createdLog({ watcherId, region: one.region.name, target: group, sink, analytics });
  const otherwise = { code: 'NsgFlowLogCreationBlocked', actions: [onNetwork] };
  return guarded(group, one, () => ({ actions: [...sink.actions, { ...onGroup, otherwise }], blocked }));
}

function repairLog(log: Log, { one, sink, analytics }: Means): Steps {
  const remarks = remarksOn(log, one.inventory, one.settings).filter(({ unread }) => unread !== true);
  const moves = hasToMove(log, one) && !deletesEarly(sink, log, { remarks, ...one });
  if (moves && sink.blocked.length > 0) return { actions: [], blocked: sink.blocked };
  const rules = one.inventory.get(lifecycleIdOf(log.properties?.storageId ?? ''));
  if (rules.state === 'unread' && !moves)
    return { actions: [], blocked: [`lifecycle rules of its account: ${rules.reason}`] };
  const wanted = workspaceInUse(log, one.inventory) ?? analytics;
  const action = repairedLog(log, { remarks, sink: moves ? sink : undefined, analytics: wanted, ...one });
  const actions = [...(moves ? sink.actions : []), ...[action].filter((one) => one !== undefined)];
  return {
    actions,
    blocked: [...missingAnalytics(remarks, wanted), ...(actions.length === 0 ? immovable(remarks) : [])],
  };
}

function missingAnalytics(remarks: readonly Remark[], analytics: Analytics): readonly string[] {
  return 'blocked' in analytics && remarks.some(({ part }) => part === 'analytics') ? [analytics.blocked] : [];
}

/** The log is where it has to be, and a lifecycle rule of somebody else deletes it too early. */
function immovable(remarks: readonly Remark[]): readonly string[] {
  const rules = remarks.filter(({ part, elsewhere }) => part === 'retention' && elsewhere === true);
  return rules.map(({ reason }) => `${reason}; its owner has to raise or remove that rule`);
}

function workspaceInUse(log: Log, inventory: Inventory): Analytics | undefined {
  const found = log.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  const id = found?.workspaceResourceId ?? '';
  return id === '' ? undefined : workspaceOf(id, inventory);
}

function workspaceOf(id: string, inventory: Inventory): Analytics | undefined {
  const workspace = inventory.get<Workspace>(id);
  if (workspace.state === 'unread') return { blocked: `workspace ${nameOf(id)}: ${workspace.reason}` };
  return workspace.value && { workspaceId: id, region: regionOf(workspace.value.location) };
}

function analyticsFor({ inventory, settings }: Case): Analytics {
  const id = settings.workspaceId;
  const setting = 'setting TRAFFIC_ANALYTICS_WORKSPACE_ID';
  if (id === undefined) return { blocked: `${setting} has to name a workspace for traffic analytics` };
  return workspaceOf(id, inventory) ?? { blocked: `${setting} names ${nameOf(id)}, which does not exist` };
}

function guarded(target: string, one: Case, steps: () => Steps): Steps {
  const reason = managedByCluster(target, one.inventory);
  return reason === undefined ? steps() : { actions: [], blocked: [reason] };
}

function watcherIdFor({ subject, region, settings }: Case): string {
  const group = `${subscriptionScope(subject.id)}/resourceGroups/${nameOf(settings.resourceGroupId)}`;
  return `${group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region.name}`;
}

function withWatcher(steps: Steps, one: Case): Steps {
  if (steps.actions.length === 0 || one.region.watcherId !== undefined) return steps;
  const groupId = watcherIdFor(one).split('/providers/')[0] ?? '';
  const group = one.inventory.get(groupId);
  const missing = group.state === 'read' && group.value === undefined;
  if (missing)
    return {
      actions: [],
      blocked: [`${one.region.name} has no Network Watcher, and ${groupId} does not exist to make one in`],
    };
  const watcher: Action = {
    id: watcherIdFor(one),
    body: { location: one.region.name },
    permission: 'Microsoft.Network/networkWatchers/write',
    summary: `create the Network Watcher of ${one.region.name}`,
  };
  return { ...steps, actions: [watcher, ...steps.actions] };
}

/** Two logs of a plan may need the same account: it is made ready once. */
function join(all: readonly Steps[]): Steps {
  const actions = new Map(all.flatMap((steps) => steps.actions).map((action) => [keyOf(action.id), action]));
  return all.length === 0
    ? nothing
    : { actions: [...actions.values()], blocked: [...new Set(all.flatMap((steps) => steps.blocked))] };
}
