import { busyNetwork, networkRefusal, scopeLocked } from '../answers';
import type { Cloud, ResourceType, Write } from '../cloud';
import { rootOf, same, sameRegion, subscriptionOf, typeOf } from '../ids';
import { lockOf } from '../locks';
import type { Answer, Fields, WireResource } from '../wire';
import { fieldsOf, textOf, without } from '../wire';
import { guidOf } from './network';
import { writeLifecycleRule } from './flow-log-retention';

/** The flow-log part of the network resource provider. */
export const flowLogs: ResourceType = {
  hasProvisioningState: true,
  hasEtag: true,
  put: 'operation',
  remove: 'accepted',
  pendingState: 'Updating',
  refuse: (write, cloud) => {
    for (const check of checks) {
      const refused = check(write, cloud);
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
  refuseRemoval: (log, cloud) => refuseWhileWatcherIsBusy(log.id, cloud),
  complete: (log, _existing, cloud) => completeFlowLog(log, cloud),
  written: (log, cloud) => {
    writeLifecycleRule(log, cloud);
    cloud.flows.noteWritten(log, cloud);
  },
  removed: (log, cloud) => {
    cloud.flows.noteRemoved(log, cloud);
  },
};

type Check = (write: Write, cloud: Cloud) => Answer | undefined;

const propertiesOf = (write: Write): Fields => fieldsOf(write.body, 'properties');
const targetOf = (write: Write): string => textOf(propertiesOf(write)['targetResourceId']);
const storageOf = (write: Write): string => textOf(propertiesOf(write)['storageId']);

const checks: readonly Check[] = [
  (write) => {
    const missing = ['targetResourceId', 'storageId'].filter((name) => textOf(propertiesOf(write)[name]) === '');
    if (missing.length === 0) return undefined;
    return networkRefusal(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
      { code: 'MissingJsonProperty', message: `Required property missing in JSON: ${missing.join(', ')}.` },
    ]);
  },
  ({ place }, cloud) => refuseWhileWatcherIsBusy(place.id, cloud),
  (write) => {
    if (targetTypes.has(typeInside(targetOf(write)))) return undefined;
    // derived: the documents name the four kinds of target but no code for others.
    return networkRefusal(
      400,
      'InvalidFlowLogTarget',
      `Resource ${targetOf(write)} cannot be the target of a flow log.`,
    );
  },
  (write, cloud) => {
    if (cloud.read(targetOf(write)) !== undefined) return undefined;
    // derived: the code and status that Microsoft.Network gives for what a request refers to and it does not have.
    return networkRefusal(404, 'ResourceNotFound', `The Resource '${targetOf(write)}' was not found.`);
  },
  (write) => {
    if (same(subscriptionOf(targetOf(write)) ?? '', subscriptionOf(write.place.id) ?? '')) return undefined;
    // Azure/azure-cli#21724: a flow log lives in its target's subscription. derived: the code.
    return networkRefusal(
      400,
      'FlowLogTargetSubscriptionMismatch',
      `Target ${targetOf(write)} and flow log ${write.place.id} must be in the same subscription.`,
    );
  },
  (write, cloud) => {
    const region = watcherOf(write.place.id, cloud)?.location;
    if (sameRegion(regionOf(targetOf(write), cloud), region)) return undefined;
    // derived: the documents state the rule and no code.
    return networkRefusal(
      400,
      'FlowLogTargetLocationMismatch',
      `Target ${targetOf(write)} must be in region ${region ?? ''} of its network watcher.`,
    );
  },
  (write, cloud) => {
    const root = cloud.store.get(rootOf(targetOf(write)));
    const state = textOf(root?.properties?.['provisioningState']);
    if (root === undefined || !['Updating', 'Deleting'].includes(state)) return undefined;
    return { ...notProvisioned(root.id, write.place.id, state), headers: { 'Retry-After': '1' } };
  },
  (write, cloud) => {
    const lock = lockOf(targetOf(write), 'write', cloud);
    return lock === undefined ? undefined : scopeLocked(targetOf(write), 'write', lock);
  },
  (write) => {
    if (typeInside(targetOf(write)) !== 'microsoft.network/networksecuritygroups') return undefined;
    if (same(textOf(write.existing?.properties?.['targetResourceId']), targetOf(write))) return undefined;
    // The code and the text are documented; derived: the status, since nothing the caller repeats can help.
    return networkRefusal(400, 'NsgFlowLogCreationBlocked', nsgFlowLogsBlocked);
  },
  (write, cloud) => {
    const account = cloud.store.get(storageOf(write));
    if (account !== undefined) return undefined;
    // derived: the documents demand an account and name no code. Its tier is not checked: Azure is silent about it.
    return networkRefusal(400, 'StorageAccountNotFound', `Storage account ${storageOf(write)} was not found.`);
  },
  (write, cloud) => {
    const account = cloud.store.get(storageOf(write));
    if (sameRegion(account?.location, regionOf(targetOf(write), cloud))) return undefined;
    // derived: the documents state the rule (considerations for flow logs, storage account) and no code.
    return networkRefusal(
      400,
      'FlowLogStorageLocationMismatch',
      `Storage account ${storageOf(write)} must be in the region of ${targetOf(write)}.`,
    );
  },
  (write, cloud) => {
    const { enabled, days } = fieldsOf(propertiesOf(write), 'retentionPolicy');
    const retains = enabled === true && typeof days === 'number' && days > 0;
    if (!retains || cloud.store.get(storageOf(write))?.kind === 'StorageV2') return undefined;
    // derived: retention is documented for general-purpose v2 only; the code is not.
    return networkRefusal(
      400,
      'FlowLogRetentionNotSupported',
      `Storage account ${storageOf(write)} is not StorageV2: a retention policy needs a general-purpose v2 account.`,
    );
  },
  (write, cloud) => {
    const others = cloud.relations.flowLogsOf(targetOf(write)).filter((id) => !same(id, write.place.id));
    if (others.length === 0) return undefined;
    // derived: one flow log per target is known, its code is not.
    return networkRefusal(
      409,
      'FlowLogTargetConflict',
      `Flow log ${others[0] ?? ''} already exists for target ${targetOf(write)}.`,
    );
  },
  (write, cloud) => refuseWorkspace(analyticsIn(propertiesOf(write)), cloud),
];

function refuseWorkspace(analytics: Fields, cloud: Cloud): Answer | undefined {
  if (analytics['enabled'] !== true) return undefined;
  const interval = analytics['trafficAnalyticsInterval'];
  if (interval !== undefined && interval !== 10 && interval !== 60) {
    // derived: 10 and 60 are the documented values.
    return networkRefusal(400, 'InvalidTrafficAnalyticsInterval', 'The interval must be 10 or 60 minutes.');
  }
  const id = textOf(analytics['workspaceResourceId']);
  const workspace = cloud.store.get(id);
  const simulated = cloud.settings.subscriptionIds.some((subscription) => same(subscription, subscriptionOf(id) ?? ''));
  if (workspace === undefined) {
    // derived: a workspace outside the simulated subscriptions is taken to exist.
    return simulated ? networkRefusal(400, 'WorkspaceNotFound', `Workspace ${id} was not found.`) : undefined;
  }
  const region = textOf(analytics['workspaceRegion']);
  if (region === '' || sameRegion(region, workspace.location)) return undefined;
  // aztfmod/terraform-azurerm-caf#613
  return networkRefusal(
    400,
    'InvalidTAWorkspaceRegion',
    `The specified region ${region} for workspace is invalid. Workspace ${id} located in ${workspace.location ?? ''} region.`,
  );
}

/** derived: the service locks one watcher at a time; reports name this answer, `AnotherOperationInProgress` and 500s. */
function refuseWhileWatcherIsBusy(id: string, cloud: Cloud): Answer | undefined {
  const watcher = id.split('/').slice(0, -2).join('/');
  const busy = cloud.relations.busyFlowLogOf(watcher);
  return busy === undefined ? undefined : busyNetwork('PutFlowLogOperation', busy, 1);
}

const targetTypes: ReadonlySet<string> = new Set([
  'microsoft.network/virtualnetworks',
  'microsoft.network/virtualnetworks/subnets',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
]);

const nsgFlowLogsBlocked =
  'On September 30, 2027, Network Security Group (NSG) flow logs will be retired. As part of this retirement, creation ' +
  'of new NSG flow logs is blocked starting June 30, 2025, but you will be able to continue using and modifying ' +
  'settings for existing NSG flow logs until Sept 30th 2027.';

const typeInside = (id: string): string =>
  /\/providers\/[^/]+\/[^/]+\/[^/]+/i.test(id) ? typeOf(id).toLowerCase() : '';

const watcherOf = (logId: string, cloud: Cloud): WireResource | undefined =>
  cloud.store.get(logId.split('/').slice(0, -2).join('/'));

const regionOf = (targetId: string, cloud: Cloud): string | undefined => cloud.store.get(rootOf(targetId))?.location;

const analyticsIn = (properties: Fields): Fields =>
  fieldsOf(properties, 'flowAnalyticsConfiguration', 'networkWatcherFlowAnalyticsConfiguration');

/** hashicorp/terraform#7986: what refers to a resource that is being written has to wait. */
const notProvisioned = (resource: string, by: string, state: string): Answer =>
  networkRefusal(429, 'RetryableError', 'A retryable error occurred.', [
    {
      code: 'ReferencedResourceNotProvisioned',
      message:
        `Cannot proceed with operation because resource ${resource} used by resource ${by} is not in Succeeded state. ` +
        `Resource is in ${state} state and the last operation that updated/is updating the resource is PutOperation.`,
    },
  ]);

/** Defaults of the specification (FlowLog, RetentionPolicyParameters, FlowLogFormatParameters). */
function completeFlowLog(log: WireResource, cloud: Cloud): WireResource {
  const properties = log.properties ?? {};
  const target = textOf(properties['targetResourceId']);
  const guid = cloud.read(target)?.properties?.['resourceGuid'];
  const region = log.location ?? watcherOf(log.id, cloud)?.location;
  return {
    ...log,
    ...(region === undefined ? {} : { location: region }),
    properties: {
      // derived: the specification has no default for `enabled`; a missing boolean is false to the service.
      enabled: false,
      retentionPolicy: { days: 0, enabled: false },
      // derived: the documents know versions 1 and 2; the older one is what a caller who says nothing had before 2.
      format: { type: 'JSON', version: 1 },
      ...without(properties, 'targetResourceGuid'),
      targetResourceGuid: typeof guid === 'string' ? guid : guidOf(target),
      ...completeAnalytics(properties, cloud),
    },
  };
}

/** The service fills in what it knows about the workspace: its GUID, its region, and the hourly interval. */
function completeAnalytics(properties: Fields, cloud: Cloud): Fields {
  const analytics = analyticsIn(properties);
  if (Object.keys(analytics).length === 0) return {};
  const workspace = cloud.store.get(textOf(analytics['workspaceResourceId']));
  const known = {
    trafficAnalyticsInterval: 60,
    ...(workspace?.location === undefined ? {} : { workspaceRegion: workspace.location }),
    ...(workspace === undefined ? {} : { workspaceId: workspace.properties?.['customerId'] }),
  };
  return { flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { ...known, ...analytics } } };
}
