import { same } from '../../core/resource';
import { hasAddon, isOn, poolsOf, textOf, type ManagedCluster, type NodePool } from './cluster';
import type { Ending } from './end-of-support';

/** A component that Azure, or whoever makes it, stops supporting. */
export interface Retirement extends Ending {
  /** Where the date is from. */
  readonly source: string;
  isUsedBy(cluster: ManagedCluster): boolean;
}

const updates = 'https://azure.microsoft.com/updates';

/** By the last day of support. */
export const retirements: readonly Retirement[] = [
  {
    what: 'The add-on HTTP application routing',
    ends: '2025-03-03',
    instead: 'move to the Gateway API or to Application Gateway for Containers',
    source: `${updates}/retirement-http-application-routing-addon-preview-for-aks-will-retire-03032025`,
    isUsedBy: (cluster) => hasAddon(cluster, 'httpApplicationRouting'),
  },
  {
    what: 'Pod-managed identity (aad-pod-identity)',
    ends: '2025-09-30',
    instead: 'move the workloads to workload identity',
    source: 'https://learn.microsoft.com/azure/aks/use-azure-ad-pod-identity',
    isUsedBy: ({ podIdentityProfile }) => isOn(podIdentityProfile),
  },
  {
    what: 'The Basic load balancer',
    ends: '2025-09-30',
    instead: 'move to the Standard load balancer',
    source: `${updates}/azure-basic-load-balancer-will-be-retired-on-30-september-2025-upgrade-to-standard-load-balancer`,
    isUsedBy: ({ networkProfile }) => same(textOf(networkProfile?.loadBalancerSku), 'basic'),
  },
  {
    what: 'A node pool of availability sets',
    ends: '2025-09-30',
    instead: 'move to node pools of the type VirtualMachines or VirtualMachineScaleSets',
    source: 'https://github.com/Azure/AKS/issues/5021',
    isUsedBy: (cluster) => somePool(cluster, ({ type }) => same(textOf(type), 'AvailabilitySet')),
  },
  {
    what: 'The add-on Kubernetes Dashboard, whose project is archived,',
    ends: '2026-01-21',
    instead: 'disable it; the Azure portal shows the same',
    source: 'https://github.com/kubernetes-retired/dashboard',
    isUsedBy: (cluster) => hasAddon(cluster, 'kubeDashboard'),
  },
  {
    what: 'A revision of the Istio add-on up to asm-1-27',
    ends: '2026-05-29',
    instead: 'upgrade to asm-1-28 or later',
    source: 'https://github.com/Azure/AKS/releases/tag/2026-05-29',
    isUsedBy: (cluster) => istioRevisionsOf(cluster).some((revision) => revision <= 27),
  },
  {
    what: 'Azure Network Policy Manager on Windows nodes',
    ends: '2026-09-30',
    instead: 'move to Calico',
    source: `${updates}?id=500273`,
    isUsedBy: (cluster) => hasNetworkPolicyManager(cluster) && somePool(cluster, isWindows),
  },
  {
    what: 'NGINX of the add-on application routing, which only gets critical patches,',
    ends: '2026-11-30',
    instead: 'move to the Gateway API or to Application Gateway for Containers',
    source: 'https://learn.microsoft.com/azure/aks/app-routing-gateway-api',
    isUsedBy: ({ ingressProfile: { webAppRouting } = {} }) =>
      isOn(webAppRouting) && !same(textOf(webAppRouting?.nginx?.defaultIngressControllerType), 'None'),
  },
  {
    what: 'The add-on Open Service Mesh',
    ends: '2027-09-30',
    instead: 'move to the Istio add-on',
    source: `${updates}?id=open-service-mesh-add-on-for-aks-will-be-retired-on-september-30-2027`,
    isUsedBy: (cluster) => hasAddon(cluster, 'openServiceMesh'),
  },
  {
    what: 'The network plugin kubenet',
    ends: '2028-03-31',
    instead: 'move to Azure CNI Overlay',
    source: `${updates}?id=485172`,
    isUsedBy: ({ networkProfile }) => same(textOf(networkProfile?.networkPlugin), 'kubenet'),
  },
  {
    what: 'Azure Network Policy Manager on Linux nodes',
    ends: '2028-09-30',
    instead: 'move to Cilium',
    source: 'https://learn.microsoft.com/azure/aks/use-network-policies',
    isUsedBy: (cluster) => hasNetworkPolicyManager(cluster) && somePool(cluster, (pool) => !isWindows(pool)),
  },
];

function somePool(cluster: ManagedCluster, isMeant: (pool: NodePool) => boolean): boolean {
  return poolsOf(cluster)?.some(isMeant) === true;
}

function isWindows({ osType }: NodePool): boolean {
  return same(textOf(osType), 'Windows');
}

function hasNetworkPolicyManager({ networkProfile }: ManagedCluster): boolean {
  return same(textOf(networkProfile?.networkPolicy), 'azure');
}

/** The minor versions of `asm-1-28`; none while the mesh is disabled. */
function istioRevisionsOf({ serviceMeshProfile }: ManagedCluster): readonly number[] {
  const revisions = serviceMeshProfile?.istio?.revisions;
  if (!same(textOf(serviceMeshProfile?.mode), 'Istio') || !Array.isArray(revisions)) return [];
  return revisions.flatMap((revision) => /^asm-1-(\d+)$/i.exec(textOf(revision))?.[1] ?? []).map(Number);
}
