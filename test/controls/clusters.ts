import type { Aspect, Verdict } from '../../shared/core/verdict';
import type { Json, Resource } from '../../shared/core/resource';
import { idIn, resource } from '../given';

export const clusterId = idIn('rg-shop', 'Microsoft.ContainerService/managedClusters/aks-shop');
const networkId = idIn('rg-network', 'Microsoft.Network/virtualNetworks/vnet-spoke');
export const workspaceId = idIn('rg-logs', 'Microsoft.OperationalInsights/workspaces/log-platform');

export type Properties = Readonly<Record<string, Json>>;

export const pool: Properties = {
  name: 'system',
  mode: 'System',
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  osSKU: 'Ubuntu',
  nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202602.13.0',
  orchestratorVersion: '1.35.1',
  currentOrchestratorVersion: '1.35.1',
  vnetSubnetID: `${networkId}/subnets/snet-nodes`,
};

/** A cluster that is right on the day of the fixtures, 1 March 2026. */
export const cluster = resource(clusterId, {
  location: 'westeurope',
  kind: 'Base',
  sku: { name: 'Base', tier: 'Standard' },
  properties: {
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    kubernetesVersion: '1.35.1',
    currentKubernetesVersion: '1.35.1',
    supportPlan: 'KubernetesOfficial',
    disableLocalAccounts: true,
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: null },
    apiServerAccessProfile: { enablePrivateCluster: true, disableRunCommand: true, privateDNSZone: 'system' },
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
    networkProfile: { networkPlugin: 'azure', networkPolicy: 'cilium', loadBalancerSku: 'standard' },
    addonProfiles: {
      azurepolicy: { enabled: true, config: null },
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } },
    },
    agentPoolProfiles: [pool],
  },
}) as Resource<Properties>;

/** The same list of node pools with one more, that differs in these. */
export function withPool(changed: Properties): Properties {
  return { agentPoolProfiles: [pool, { ...pool, name: 'work', mode: 'User', ...changed }] };
}

/** The verdicts by the aspects' keys. */
export function verdictsOf(aspects: readonly Aspect[]): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(aspects.map(({ key, verdict }) => [key, verdict]));
}
