import { same, type Resource } from '../../core/resource';

export const clusterType = 'Microsoft.ContainerService/managedClusters';

interface Switch {
  readonly enabled?: unknown;
}

export interface NodePool {
  readonly name?: string;
  readonly type?: string;
  readonly osType?: string;
  readonly osSKU?: string;
  readonly nodeImageVersion?: string;
  readonly orchestratorVersion?: string;
  readonly currentOrchestratorVersion?: string;
}

export interface ManagedCluster {
  readonly kubernetesVersion?: string;
  readonly currentKubernetesVersion?: string;
  readonly supportPlan?: string;
  readonly disableLocalAccounts?: unknown;
  readonly agentPoolProfiles?: readonly NodePool[];
  readonly addonProfiles?: Readonly<Record<string, Switch | undefined>>;
  readonly aadProfile?: { readonly managed?: unknown; readonly enableAzureRBAC?: unknown };
  readonly podIdentityProfile?: Switch;
  readonly oidcIssuerProfile?: Switch;
  readonly securityProfile?: { readonly workloadIdentity?: Switch };
  readonly ingressProfile?: {
    readonly webAppRouting?: Switch & { readonly nginx?: { readonly defaultIngressControllerType?: string } };
  };
  readonly serviceMeshProfile?: { readonly mode?: string; readonly istio?: { readonly revisions?: unknown } };
  readonly networkProfile?: {
    readonly networkPlugin?: string;
    readonly networkPolicy?: string;
    readonly loadBalancerSku?: string;
  };
  readonly apiServerAccessProfile?: {
    readonly authorizedIPRanges?: readonly string[];
    readonly disableRunCommand?: unknown;
  };
}

export function propertiesOf(cluster: Resource): ManagedCluster {
  return (cluster.properties ?? {}) as ManagedCluster;
}

/** Undefined where Azure sent something else than a list of node pools. */
export function poolsOf({ agentPoolProfiles = [] }: ManagedCluster): readonly NodePool[] | undefined {
  const isPool = (pool: unknown): boolean => typeof pool === 'object' && pool !== null;
  return Array.isArray(agentPoolProfiles) && agentPoolProfiles.every(isPool) ? agentPoolProfiles : undefined;
}

/** Names of add-ons come in either case: `azurepolicy` and `azurePolicy`. */
export function hasAddon({ addonProfiles = {} }: ManagedCluster, name: string): boolean {
  return Object.entries(addonProfiles).some(([key, addon]) => same(key, name) && isOn(addon));
}

export function isOn(part: Switch | undefined): boolean {
  return part?.enabled === true;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
