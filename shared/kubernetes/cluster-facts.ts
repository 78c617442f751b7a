import { same } from '../core/resource';
import { at, fieldsIn, fieldsOf, textOf, textsIn, type Fields } from './fields';
import type { ClusterFacts } from './judgement';
import { managedNamespacesOf } from './managed-namespaces';
import { engineOf, type Engine } from './network-policies/facts';
import type { KubernetesObject } from './object';

/** What the resource of a cluster tells of its inside. A property that is absent has its default. */
export interface ResourceFacts {
  /** What enforces NetworkPolicies. */
  readonly engine: Engine;
  /** Names of the node pools that run Windows. */
  readonly windowsPools: readonly string[];
  /** Pods ask a resolver on their node for names. */
  readonly localDns: boolean;
  /** Groups of Entra ID whose members are administrators of the cluster. */
  readonly adminGroups: readonly string[];
  /** The cluster takes its local administrator's certificate. */
  readonly localAccounts: boolean;
  /** Azure's role assignments decide what people may do, besides the roles in the cluster. */
  readonly azureRbac: boolean;
  /** The Istio add-on's settings; absent: it is off. */
  readonly istio?: Fields;
  readonly openServiceMesh: boolean;
  /** The NGINX or the Gateway of the application routing add-on serves Ingress objects. */
  readonly applicationRouting: boolean;
  /** An agent collects what containers write. */
  readonly collectsLogs: boolean;
  /** Id of the Application Gateway that the cluster configures by itself; absent: there is none, or it has no id yet. */
  readonly ownGateway?: string;
}

/** Undefined: the cluster's resource is not known, as when manifests are judged. */
export function resourceFactsOf({ cluster }: Pick<ClusterFacts, 'cluster'>): ResourceFacts | undefined {
  if (cluster === undefined) return undefined;
  const pools = fieldsIn(cluster['agentPoolProfiles']);
  const access = fieldsOf(cluster['aadProfile']);
  const { mode, istio } = fieldsOf(cluster['serviceMeshProfile']);
  const ownGateway = gatewayOf(addOn(cluster, 'ingressApplicationGateway'));
  return {
    engine: engineOf(cluster['networkProfile']),
    windowsPools: pools.filter(({ osType }) => same(textOf(osType), 'Windows')).map(({ name }) => textOf(name)),
    localDns: pools.some(hasLocalDns),
    adminGroups: textsIn(access['adminGroupObjectIDs']),
    localAccounts: cluster['disableLocalAccounts'] !== true,
    azureRbac: access['enableAzureRBAC'] === true,
    ...(same(textOf(mode), 'Istio') && { istio: fieldsOf(istio) }),
    openServiceMesh: isOn(addOn(cluster, 'openServiceMesh')),
    applicationRouting: isOn(at(cluster, 'ingressProfile', 'webAppRouting')),
    collectsLogs: isOn(addOn(cluster, 'omsagent')) || isOn(at(cluster, 'azureMonitorProfile', 'containerInsights')),
    ...(ownGateway !== undefined && { ownGateway }),
  };
}

const isOn = (profile: unknown): boolean => at(profile, 'enabled') === true;

/** Names of add-ons come in either case, as `omsagent` and `omsAgent`. */
function addOn(cluster: Fields, name: string): unknown {
  return Object.entries(fieldsOf(cluster['addonProfiles'])).find(([key]) => same(key, name))?.[1];
}

function hasLocalDns(pool: Fields): boolean {
  const mode = textOf(at(pool, 'localDNSProfile', 'mode'));
  return mode !== '' && !same(mode, 'Disabled');
}

function gatewayOf(profile: unknown): string | undefined {
  if (!isOn(profile)) return undefined;
  const { effectiveApplicationGatewayId, applicationGatewayId } = fieldsOf(at(profile, 'config'));
  const id = textOf(effectiveApplicationGatewayId) || textOf(applicationGatewayId);
  return id === '' ? undefined : id;
}

/** Where each type of extension puts its components unless it says otherwise (AKS documentation: cluster extensions). */
const homes: Readonly<Record<string, string>> = {
  'microsoft.flux': 'flux-system',
  'microsoft.dapr': 'dapr-system',
  'microsoft.azureml.kubernetes': 'azureml',
  'microsoft.dataprotection.kubernetes': 'dataprotection-microsoft',
  'microsoft.azurecontainerstorage': 'acstor',
  'microsoft.appconfiguration': 'azappconfig-system',
};

const ofCalico = ['calico-system', 'tigera-operator', 'tigera-system'];

/** Namespaces of extensions and add-ons that ARM shows on the cluster, whatever their labels say. */
export function extensionNamespacesOf({
  cluster,
  extensions = [],
}: Pick<ClusterFacts, 'cluster' | 'extensions'>): readonly string[] {
  const hasCalico = cluster !== undefined && engineOf(cluster['networkProfile']) === 'calico';
  return [
    ...(hasCalico ? ofCalico : []),
    ...extensions.map(homeOf).filter((name) => name !== ''),
    ...(extensions.length > 0 ? ['azure-extensions-usage-system'] : []),
  ];
}

function homeOf({ properties }: Fields): string {
  const said = textOf(at(properties, 'scope', 'cluster', 'releaseNamespace'));
  const type = textOf(at(properties, 'extensionType')).toLowerCase();
  return said || (Object.hasOwn(homes, type) ? (homes[type] ?? '') : '');
}

/** Whether an object is in a namespace that AKS answers for: what runs there is never changed. */
export function isOfAks(
  { metadata }: KubernetesObject,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): boolean {
  return managedNamespacesOf(objects, extensionNamespacesOf(facts)).has(metadata.namespace ?? 'default');
}
