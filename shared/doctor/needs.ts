import type { Inventory } from '../core/inventory';
import { readOf, type Plane } from '../core/permissions';
import { keyOf, same } from '../core/resource';
import { types } from '../flow-logging/types';
import { distinct, scopesIn, writing, type Context } from './check';
import { ruleOf } from './ingestion';
import { groupForWatchers, regionsWithoutWatcher } from './watchers';

/** Actions that have to be granted at a scope, or above it. */
export interface Need {
  readonly scope: string;
  readonly actions: readonly string[];
  readonly plane: Plane;
  /** What it is needed for, completing «to …». */
  readonly why: string;
}

/** What the line itself reads, and what the doctor does. */
const ofTheLine = [
  'Microsoft.Resources/subscriptions/read',
  'Microsoft.Resources/subscriptions/providers/read',
  'Microsoft.Insights/eventtypes/values/read',
  'Microsoft.PolicyInsights/policyStates/queryResults/action',
  'Microsoft.PolicyInsights/policyStates/queryResults/read',
];

/** What Azure asks of whoever writes a flow log (Network Watcher: RBAC permissions). */
const ofFlowLogs = [
  'Microsoft.Network/networkWatchers/configureFlowLog/action',
  'Microsoft.Network/networkWatchers/queryFlowLogStatus/action',
];
const ofFlowLogStorage = ['listKeys', 'listServiceSas', 'listAccountSas'].map(
  (action) => `Microsoft.Storage/storageAccounts/${action}/action`,
);
/** Traffic analytics needs these beside (the same page); they do not count when a management group grants them. */
const ofAnalytics = [
  ...[
    'applicationGateways',
    'connections',
    'expressRouteCircuits',
    'loadBalancers',
    'localNetworkGateways',
    'networkInterfaces',
    'publicIPAddresses',
    'routeTables',
    'virtualNetworkGateways',
  ].map((type) => `Microsoft.Network/${type}/read`),
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Compute/virtualMachineScaleSets/read',
];
const ofAnalyticsWorkspace = [
  'Microsoft.OperationalInsights/workspaces/read',
  'Microsoft.OperationalInsights/workspaces/sharedkeys/action',
];
const ofAnalyticsRules = ['dataCollectionRules', 'dataCollectionEndpoints'].flatMap((type) =>
  ['read', 'write', 'delete'].map((verb) => `Microsoft.Insights/${type}/${verb}`),
);

/** Everything that the app has to be allowed, at the narrowest scope at which it is enough. */
export function needsOf(inventory: Inventory, context: Context): readonly Need[] {
  return [
    ...scopesIn(context).flatMap((scope) => inSubscription(scope, inventory, context)),
    ...inOwnGroup(context),
    ...forAnalytics(context),
    ...forIngestion(inventory, context),
  ].filter(({ actions }) => actions.length > 0);
}

const writesOf = (context: Context, scope?: string): readonly string[] =>
  distinct(
    writing(context, scope).flatMap(({ remedy }) => [...(remedy?.permissions ?? []), ...(remedy?.toTakeBack ?? [])]),
  );

const isBelow = (action: string, type: string): boolean => keyOf(action).startsWith(`${keyOf(type)}/`);

function inSubscription(scope: string, inventory: Inventory, context: Context): readonly Need[] {
  const { controls, settings } = context;
  const reads = controls.flatMap(({ subjects, reads: others }) => [...subjects, ...others].map(readOf));
  const writes = writesOf(context, scope);
  const ofLogs = writes.filter((action) => isBelow(action, types.flowLog));
  const analysed = ofLogs.length > 0 && settings.workspaceId !== undefined;
  const elsewhere = [types.watcher, types.account];
  const others = writes.filter((action) => !elsewhere.some((type) => isBelow(action, type)));
  const control = { plane: 'control' } as const;
  return [
    { ...control, scope, actions: distinct([...ofTheLine, ...reads]), why: 'look at what is judged' },
    { ...control, scope, actions: others, why: 'put right what REMEDIATE names' },
    { ...control, scope, actions: analysed ? ofAnalytics : [], why: 'switch traffic analytics on' },
    ...watcherGroups(scope, inventory).map((group) => ({
      ...control,
      scope: group,
      actions: ofLogs.length === 0 ? [] : [...ofLogs, ...ofFlowLogs],
      why: 'write flow logs',
    })),
    ...newWatchers(scope, inventory, context),
  ];
}

/** Where the flow logs of the subscription lie. */
function watcherGroups(scope: string, inventory: Inventory): readonly string[] {
  const watchers = inventory.list(types.watcher, scope);
  if (watchers.state === 'unread') return [];
  return distinct(watchers.value.map(({ id }) => id.split(/\/providers\//i)[0] ?? id));
}

function newWatchers(scope: string, inventory: Inventory, context: Context): readonly Need[] {
  const make = writesOf(context, scope).filter((action) => same(action, `${types.watcher}/write`));
  const lacking = regionsWithoutWatcher(scope, inventory);
  if (make.length === 0 || lacking.length === 0 || typeof lacking === 'string') return [];
  const ofLogs = writesOf(context, scope).filter((action) => isBelow(action, types.flowLog));
  const actions = [...make, ...ofLogs, ...ofFlowLogs];
  const why = `make the Network Watcher of ${lacking.join(', ')}`;
  return [{ scope: groupForWatchers(scope, context), actions, plane: 'control', why }];
}

function inOwnGroup(context: Context): readonly Need[] {
  const { resourceGroupId: scope, canary, flowLogStorage } = context.settings;
  const writes = writesOf(context).filter((action) => isBelow(action, types.account));
  const logs = writesOf(context).some((action) => isBelow(action, types.flowLog));
  const blobs = ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'];
  const looked = context.controls.some(({ reads }) => reads.some((type) => same(type, types.flowLog)));
  const accounts = [scope, ...distinct(Object.values(flowLogStorage))];
  const tag = canary === 'hourly' ? ['Microsoft.Resources/tags/write'] : [];
  return [
    { scope, actions: [...writes, ...tag], plane: 'control', why: 'make storage accounts for flow logs' },
    ...accounts.flatMap((account): readonly Need[] => [
      { scope: account, actions: logs ? ofFlowLogStorage : [], plane: 'control', why: 'have flow logs written to it' },
      { scope: account, actions: looked ? blobs : [], plane: 'data', why: 'see whether flow logs are written' },
    ]),
  ];
}

function forAnalytics(context: Context): readonly Need[] {
  const { workspaceId } = context.settings;
  const logs = writesOf(context).some((action) => isBelow(action, types.flowLog));
  if (workspaceId === undefined || !logs) return [];
  const group = workspaceId.split(/\/providers\//i)[0] ?? workspaceId;
  const why = 'switch traffic analytics on';
  return [
    { scope: workspaceId, actions: ofAnalyticsWorkspace, plane: 'control', why },
    { scope: group, actions: ofAnalyticsRules, plane: 'control', why },
  ];
}

function forIngestion(inventory: Inventory, context: Context): readonly Need[] {
  const rule = ruleOf(inventory, context);
  if (rule.state === 'unread' || rule.value === undefined) return [];
  const actions = ['Microsoft.Insights/Telemetry/Write'];
  return [{ scope: rule.value.id, actions, plane: 'data', why: 'send findings' }];
}
