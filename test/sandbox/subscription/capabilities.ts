import { key } from './ids';

/**
 * What ARM says a type can do, in its own words. derived: from the list of types that support tags (Azure Resource
 * Manager: tag support), for the types that policies are written for; else a type on top of its provider does.
 */
export function capabilitiesOf(type: string): string {
  return isTracked(type)
    ? 'CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, SupportsLocation'
    : 'None';
}

/** A type whose resources have tags and a location of their own. */
export function isTracked(type: string): boolean {
  const wanted = key(type);
  const [namespace = '', ...path] = wanted.split('/');
  if (path.length > 1 || namespacesOfSettings.has(namespace)) return tracked.has(wanted);
  return !untracked.has(wanted);
}

const lowered = (types: readonly string[]): ReadonlySet<string> => new Set(types.map(key));

/** Providers whose types are settings of something else unless named below. */
const namespacesOfSettings = lowered([
  'Microsoft.Authorization',
  'Microsoft.Management',
  'Microsoft.PolicyInsights',
  'Microsoft.Resources',
  'Microsoft.Security',
  'Microsoft.SecurityInsights',
]);

const tracked = lowered([
  'Microsoft.Compute/capacityReservationGroups/capacityReservations',
  'Microsoft.Compute/galleries/applications',
  'Microsoft.Compute/galleries/applications/versions',
  'Microsoft.Compute/galleries/images',
  'Microsoft.Compute/galleries/images/versions',
  'Microsoft.Compute/hostGroups/hosts',
  'Microsoft.Compute/virtualMachines/extensions',
  'Microsoft.Compute/virtualMachines/runCommands',
  'Microsoft.ContainerRegistry/registries/agentPools',
  'Microsoft.ContainerRegistry/registries/buildTasks',
  'Microsoft.ContainerRegistry/registries/replications',
  'Microsoft.ContainerRegistry/registries/taskRuns',
  'Microsoft.ContainerRegistry/registries/tasks',
  'Microsoft.ContainerRegistry/registries/webhooks',
  'Microsoft.Network/dnsResolvers/inboundEndpoints',
  'Microsoft.Network/dnsResolvers/outboundEndpoints',
  'Microsoft.Network/networkExperimentProfiles/experiments',
  'Microsoft.Network/networkWatchers/connectionMonitors',
  'Microsoft.Network/networkWatchers/flowLogs',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  'Microsoft.Resources/deploymentScripts',
  'Microsoft.Resources/templateSpecs',
  'Microsoft.Resources/templateSpecs/versions',
  'Microsoft.Security/assignments',
  'Microsoft.Security/automations',
  'Microsoft.Security/iotSecuritySolutions',
  'Microsoft.Security/standards',
  'Microsoft.Web/sites/premierAddOns',
  'Microsoft.Web/sites/slots',
  'Microsoft.Web/sites/slots/premierAddOns',
]);

const untracked = lowered([
  'Microsoft.EventGrid/eventSubscriptions',
  'Microsoft.Insights/dataCollectionRuleAssociations',
  'Microsoft.Insights/diagnosticSettings',
  'Microsoft.Insights/guestDiagnosticSettingsAssociation',
  'Microsoft.Insights/logProfiles',
  'Microsoft.Insights/myWorkbooks',
  'Microsoft.Insights/tenantActionGroups',
  'Microsoft.KubernetesConfiguration/extensions',
  'Microsoft.KubernetesConfiguration/fluxConfigurations',
  'Microsoft.KubernetesConfiguration/sourceControlConfigurations',
  'Microsoft.Network/networkManagerConnections',
  'Microsoft.Network/trafficManagerUserMetricsKeys',
  'Microsoft.Web/publishingUsers',
  'Microsoft.Web/sourceControls',
]);
