import type { Action, Body, Kept } from '../../core/control';
import { shortHash } from '../../core/hash';
import type { Inventory } from '../../core/inventory';
import { nameOf, same, type Json } from '../../core/resource';
import type { Settings } from '../../core/settings';
import type { Log } from './coverage';
import { daysOfRuleFor, ownRetention, retentionIsAmbiguous } from './retention';
import { blobsOf, lifecycleIdOf, type Part, type Remark } from './rightness';
import type { Sink } from './sink';
import type { Lifecycle } from './types';

/** The workspace that traffic analytics uses, or what a person has to do so that there is one. */
export type Analytics = { readonly workspaceId: string; readonly region: string } | { readonly blocked: string };

export interface NewLog {
  readonly watcherId: string;
  readonly region: string;
  readonly target: string;
  readonly sink: Sink;
  readonly analytics: Analytics;
}

const permission = 'Microsoft.Network/networkWatchers/flowLogs/write';
const forEver = { days: 0, enabled: false };
/** The most that a flow log's own policy takes, in days. */
const longestPolicy = 365;

export function createdLog({ watcherId, region, target, sink, analytics }: NewLog): Action {
  const name = `fl-${nameOf(target).slice(0, 50)}-${shortHash(target)}`;
  const body: Body = {
    location: region,
    properties: {
      targetResourceId: target,
      storageId: sink.id,
      enabled: true,
      retentionPolicy: forEver,
      format: { type: 'JSON', version: 2 },
      ...(!('blocked' in analytics) && { flowAnalyticsConfiguration: analyticsConfiguration(analytics) }),
    },
  };
  return {
    id: `${watcherId}/flowLogs/${name}`,
    body,
    permission,
    summary: `create flow log ${name} of ${nameOf(target)}`,
  };
}

export interface Repair {
  readonly remarks: readonly Remark[];
  /** Where the log has to go; absent: it stays where it is. */
  readonly sink: Sink | undefined;
  readonly analytics: Analytics;
  readonly inventory: Inventory;
  readonly settings: Settings;
}

/** The log as it is with what is wrong put right, under its own name; undefined when a write would change nothing. */
export function repairedLog(log: Log, repair: Repair): Action | undefined {
  const parts = [...new Set(repair.remarks.map(({ part }) => part))];
  const changed = changes(log, repair);
  const dropped = parts.includes('filter') ? ['enabledFilteringCriteria', 'recordTypes'] : [];
  const rearmed = parts.includes('state');
  if (Object.keys(changed).length === 0 && dropped.length === 0 && !rearmed) return undefined;
  const kept = Object.entries({ ...writable(log), ...changed }).filter(([name]) => !dropped.includes(name));
  const properties = Object.fromEntries(kept);
  return {
    id: log.id,
    body: { ...outer(log), properties },
    before: log,
    without: dropped.includes('enabledFilteringCriteria') ? ['properties.enabledFilteringCriteria'] : [],
    drops: dropped.map((name) => `properties.${name}`),
    keeps: keptBy(log, properties, repair.inventory),
    permission,
    summary: `repair flow log ${log.name}: ${parts.map((part) => labels[part]).join(', ')}`,
  };
}

const labels: Readonly<Record<Part, string>> = {
  state: 'switch on and write again',
  format: 'format',
  filter: 'no filter',
  storage: 'storage account',
  retention: 'retention',
  analytics: 'traffic analytics',
};

function changes(log: Log, repair: Repair): Readonly<Record<string, Json>> {
  return Object.assign({}, ...repair.remarks.map((remark) => changeFor(remark, log, repair))) as Readonly<
    Record<string, Json>
  >;
}

/** Only what the remark complains of. */
function changeFor(remark: Remark, log: Log, repair: Repair): Readonly<Record<string, Json>> {
  switch (remark.part) {
    case 'state':
      return { enabled: true };
    case 'format':
      return { format: { type: 'JSON', version: 2 } };
    case 'filter':
      return {};
    case 'storage':
    case 'retention':
      return remark.elsewhere === true ? moved(log, repair.sink) : { retentionPolicy: retentionFor(log, repair) };
    case 'analytics':
      return 'blocked' in repair.analytics
        ? {}
        : { flowAnalyticsConfiguration: analyticsConfiguration(repair.analytics, log) };
  }
}

function moved(log: Log, sink: Sink | undefined): Readonly<Record<string, Json>> {
  if (sink === undefined || same(sink.id, log.properties?.storageId)) return {};
  return { storageId: sink.id, ...(sink.own && { retentionPolicy: forEver }) };
}

function retentionFor(log: Log, { settings }: Repair): Json {
  const days = settings.flowLogRetentionDays;
  const unlimited = days === 0 || days > longestPolicy || retentionIsAmbiguous(log.properties ?? {});
  return unlimited ? forEver : { days, enabled: true };
}

/** Every 10 minutes, unless the owner chose 60; whatever else the owner configured for this workspace stays. */
function analyticsConfiguration(
  { workspaceId, region }: { readonly workspaceId: string; readonly region: string },
  log?: Log,
): Json {
  const found = log?.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration ?? {};
  return {
    networkWatcherFlowAnalyticsConfiguration: {
      ...(same(found.workspaceResourceId, workspaceId) && found),
      enabled: true,
      workspaceResourceId: workspaceId,
      workspaceRegion: region,
      trafficAnalyticsInterval: found.trafficAnalyticsInterval === 60 ? 60 : 10,
    },
  };
}

const readOnly = ['targetResourceGuid', 'provisioningState'];

function writable(log: Log): Readonly<Record<string, Json>> {
  const properties = Object.entries((log.properties ?? {}) as Readonly<Record<string, Json>>);
  return Object.fromEntries(properties.filter(([name]) => !readOnly.includes(name)));
}

function outer(log: Log): Omit<Body, 'properties'> {
  const identities = (log.identity?.['userAssignedIdentities'] ?? {}) as Readonly<Record<string, unknown>>;
  const named = Object.fromEntries(Object.keys(identities).map((id) => [id, {}]));
  return {
    ...(log.location !== undefined && { location: log.location }),
    ...(log.tags && { tags: log.tags }),
    ...(log.identity && { identity: { type: log.identity['type'], userAssignedIdentities: named } }),
  };
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
