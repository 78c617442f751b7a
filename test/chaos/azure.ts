import { types, type FlowLog, type Lifecycle, type LifecycleRule, type Network } from '../../shared/flow-logging/types';
import type { Body } from '../../shared/core/control';
import { shortHash } from '../../shared/core/hash';
import type { Query } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import { keyOf, nameOf, parseId, same, type Json, type Resource } from '../../shared/core/resource';
import { refusalOf } from '../../shared/azure/refusal';
import { answered, resource } from '../given';
import type { Told } from './schedule';
import type { Timeline } from './timeline';

export type Actor = 'steward' | 'somebody';

export interface Put {
  readonly id: string;
  readonly body: Body;
  readonly by: Actor;
  /** How a long-running operation ends; absent: well. */
  readonly ends?: 'fails' | 'fails for now' | 'hangs' | undefined;
  readonly told?: Told;
  /** When the caller sent it, by the timeline. */
  readonly sentAt?: number;
}

export interface Operation {
  state: 'running' | 'succeeded' | 'failed';
  code: string;
}

export interface Change {
  readonly id: string;
  readonly kind: 'written' | 'deleted';
  readonly by: Actor;
  readonly told?: Told | undefined;
}

/** A subscription in memory, with the refusals of Azure that matter here. Resources are replaced, never changed. */
export interface Azure {
  read(query: Query): Found;
  get<P>(id: string): Resource<P> | undefined;
  ofType<P>(type: string): readonly Resource<P>[];
  set(resource: Resource): void;
  /** With everything below it, and the flow logs whose target it is. */
  remove(id: string): void;
  /** Throws AzureError. Undefined: it is done already. */
  put(put: Put): Operation | undefined;
  isBusy(watcherId: string): boolean;
  /** When somebody else last wrote a resource by a PUT, by its key. */
  readonly touched: Map<string, number>;
  /** Azure has replaced the lifecycle rules of the log's account. */
  onLogWritten: (log: Resource<FlowLog>, put: Put) => void;
  onChange: (change: Change) => void;
}

export function refused(status: number, code: string, retryAfter?: number): Error {
  return refusalOf({ status, code, message: `${code} it is`, retryAfter: retryAfter?.toString() });
}

export function memoryAzure(time: Timeline, resources: readonly Resource[]): Azure {
  const all = new Map(resources.map((one) => [keyOf(one.id), one]));
  const running = new Map<string, Operation>();
  const azure: Azure = {
    read: (query) => read(azure, all, query),
    get: <P>(id: string) => all.get(keyOf(id)) as Resource<P> | undefined,
    ofType: <P>(type: string) => [...all.values()].filter((one) => same(one.type, type)) as Resource<P>[],
    set: (one) => void all.set(keyOf(one.id), one),
    remove: (id) => {
      for (const key of [...all.keys()]) if (key === keyOf(id) || key.startsWith(`${keyOf(id)}/`)) all.delete(key);
      for (const log of azure.ofType<FlowLog>(types.flowLog)) {
        const target = keyOf(log.properties?.targetResourceId ?? '');
        if (target === keyOf(id) || target.startsWith(`${keyOf(id)}/`)) all.delete(keyOf(log.id));
      }
    },
    touched: new Map(),
    isBusy: (watcherId) => running.get(keyOf(watcherId))?.state === 'running',
    put: (put) => {
      const refusal = refusalTo(azure, put);
      if (refusal !== undefined) throw refusal;
      if (put.by === 'somebody') azure.touched.set(keyOf(put.id), time.now());
      if (same(parseId(put.id).type, types.flowLog)) return putLog(azure, time, running, put);
      const state = same(parseId(put.id).type, types.lifecycle) ? {} : { provisioningState: 'Succeeded' };
      azure.set(resource(put.id, { ...put.body, properties: { ...put.body.properties, ...state } }));
      azure.onChange({ id: put.id, kind: 'written', by: put.by, told: put.told });
      return undefined;
    },
    onLogWritten: () => undefined,
    onChange: () => undefined,
  };
  return azure;
}

function read(azure: Azure, all: ReadonlyMap<string, Resource>, query: Query): Found {
  if (query.kind === 'list' && same(query.type, types.flowLog) && azure.get(query.scope) === undefined)
    throw refused(404, 'ParentResourceNotFound');
  if (query.kind === 'get') {
    const one = all.get(keyOf(query.id));
    return one === undefined ? undefined : shown(azure, one);
  }
  const found = answered([...all.values()], query);
  return Array.isArray(found) ? (found as readonly Resource[]).map((one) => shown(azure, one)) : found;
}

/** A security group shows the subnets that name it. */
function shown(azure: Azure, one: Resource): Resource {
  if (!same(one.type, types.securityGroup)) return one;
  const subnets = subnetsOf(azure, one.id).map(({ id }) => ({ id }));
  return { ...one, properties: { ...(one.properties as object), ...(subnets.length > 0 && { subnets }) } };
}

export function subnetsOf(azure: Azure, groupId: string): readonly { readonly id: string }[] {
  return azure
    .ofType<Network>(types.network)
    .flatMap(({ properties }) => properties?.subnets ?? [])
    .filter(({ properties }) => same(properties?.networkSecurityGroup?.id, groupId));
}

function refusalTo(azure: Azure, { id, body }: Put): Error | undefined {
  switch (keyOf(parseId(id).type)) {
    case keyOf(types.flowLog):
      return refusalToLog(azure, id, body);
    case keyOf(types.lifecycle):
      return azure.get(parseId(id).parent ?? '') === undefined ? refused(404, 'ParentResourceNotFound') : undefined;
    case keyOf(types.watcher): {
      const others = azure.ofType(types.watcher).filter(({ location }) => location === body.location);
      return others.some((other) => !same(other.id, id)) ? refused(400, 'NetworkWatcherCountLimitReached') : undefined;
    }
    default:
      return undefined;
  }
}

function refusalToLog(azure: Azure, id: string, body: Body): Error | undefined {
  const wanted = (body.properties ?? {}) as FlowLog;
  const target = wanted.targetResourceId ?? '';
  const watcher = azure.get(parseId(id).parent ?? '');
  if (watcher === undefined) return refused(404, 'ParentResourceNotFound');
  if (azure.isBusy(watcher.id)) return refused(429, 'RetryableErrorDueToAnotherOperation', 1);
  const root = azure.get<{ readonly provisioningState?: string }>(target.replace(/\/subnets\/[^/]+$/i, ''));
  if (root === undefined || !hasTarget(azure, target)) return refused(404, 'ResourceNotFound');
  if (root.location !== watcher.location) return refused(400, 'FlowLogTargetLocationMismatch');
  if (root.properties?.provisioningState === 'Updating') return refused(429, 'RetryableError', 1);
  const logs = azure.ofType<FlowLog>(types.flowLog);
  const isNew = !same(azure.get<FlowLog>(id)?.properties?.targetResourceId, target);
  if (isNew && same(parseId(target).type, types.securityGroup)) return refused(400, 'NsgFlowLogCreationBlocked');
  const account = azure.get(wanted.storageId ?? '');
  if (account === undefined) return refused(400, 'StorageAccountNotFound');
  if (account.location !== root.location) return refused(400, 'FlowLogStorageLocationMismatch');
  const others = logs.filter((log) => same(log.properties?.targetResourceId, target) && !same(log.id, id));
  if (others.length > 0) return refused(409, 'FlowLogTargetConflict');
  const analytics = wanted.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  const hasWorkspace = analytics?.enabled !== true || azure.get(analytics.workspaceResourceId ?? '') !== undefined;
  return hasWorkspace ? undefined : refused(400, 'WorkspaceNotFound');
}

function hasTarget(azure: Azure, target: string): boolean {
  if (!same(parseId(target).type, `${types.network}/subnets`)) return azure.get(target) !== undefined;
  const network = azure.get<Network>(parseId(target).parent ?? '');
  return network?.properties?.subnets?.some(({ id }) => same(id, target)) ?? false;
}

const operationMs = 1_500;
const hangMs = 600_000;

/** One at a time under a watcher; the log is there at once, `Updating` until the operation has ended. */
function putLog(azure: Azure, time: Timeline, running: Map<string, Operation>, put: Put): Operation {
  const operation: Operation = { state: 'running', code: '' };
  const watcher = keyOf(parseId(put.id).parent ?? '');
  running.set(watcher, operation);
  const properties = put.body.properties ?? {};
  const analytics = analyticsOf(azure, properties as FlowLog);
  const log = (state: string): Resource<FlowLog> =>
    resource(put.id, {
      ...put.body,
      properties: { ...properties, ...analytics, targetResourceGuid: 'a-guid', provisioningState: state },
    }) as Resource<FlowLog>;
  azure.set(log('Updating'));
  time.at(time.now() + (put.ends === 'hangs' ? hangMs : operationMs), () => {
    operation.state = put.ends === undefined ? 'succeeded' : 'failed';
    operation.code = put.ends === 'fails for now' ? 'InternalServerError' : 'OperationFailed';
    running.delete(watcher);
    if (azure.get(put.id) === undefined) return;
    azure.set(log(put.ends === undefined ? 'Succeeded' : 'Failed'));
    if (put.ends !== undefined) return;
    writeRetentionRule(azure, log('Succeeded'), put);
    azure.onChange({ id: put.id, kind: 'written', by: put.by, told: put.told });
  });
  return operation;
}

function analyticsOf(azure: Azure, wanted: FlowLog): FlowLog {
  const analytics = wanted.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (analytics === undefined) return {};
  const workspace = azure.get<{ readonly customerId?: string }>(analytics.workspaceResourceId ?? '');
  const guid = workspace?.properties?.customerId;
  return {
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: {
        trafficAnalyticsInterval: 60,
        ...(guid !== undefined && { workspaceId: guid }),
        ...analytics,
      },
    },
  };
}

/** A log's own retention is a rule of its account, and writing it replaces the rules of others. */
function writeRetentionRule(azure: Azure, log: Resource<FlowLog>, put: Put): void {
  const id = lifecycleId(log.properties?.storageId ?? '');
  const before = rulesOf(azure, id);
  const name = `flowlog-${shortHash(log.id)}`;
  const { enabled, days = 0 } = log.properties?.retentionPolicy ?? {};
  const retains = enabled === true && days > 0;
  const others = before.filter((one) => one.name !== name);
  if (!retains && others.length === before.length) return;
  const kept = retains ? others.filter((one) => one.name?.startsWith('flowlog-')) : others;
  azure.set(lifecycle(id, retains ? [...kept, ruleOf(name, days, [blobsOf(log)])] : kept));
  if (retains) azure.onLogWritten(log, put);
}

/** Where a log's blobs begin (Network Watcher: flow-log FAQ; NSG flow logs overview). */
export function blobsOf(log: Resource<FlowLog>): string {
  const { subscriptionId, resourceGroup = '', parent = '' } = parseId(log.id);
  const target = log.properties?.targetResourceId ?? log.id;
  if (same(parseId(target).type, types.securityGroup))
    return `insights-logs-networksecuritygroupflowevent/resourceId=${target}/`;
  return `insights-logs-flowlogflowevent/flowLogResourceID=/${subscriptionId}_${resourceGroup}/${nameOf(parent)}_${log.name}/`;
}

export function lifecycleId(accountId: string): string {
  return `${accountId}/managementPolicies/default`;
}

export function lifecycle(id: string, rules: readonly LifecycleRule[]): Resource<Lifecycle> {
  return resource(id, { properties: { policy: { rules } } }) as Resource<Lifecycle>;
}

export function rulesOf(azure: Azure, id: string): readonly LifecycleRule[] {
  return azure.get<Lifecycle>(id)?.properties?.policy?.rules ?? [];
}

export function ruleOf(name: string, days: number, prefixMatch: readonly string[]): LifecycleRule {
  return {
    name,
    enabled: true,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: ['blockBlob'], prefixMatch },
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
    },
  };
}

export function asJson(rules: readonly LifecycleRule[]): Json {
  return rules as unknown as Json;
}
