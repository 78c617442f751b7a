import { groupOf } from './fields';
import type { KubernetesObject } from './object';

/** What tells an object of a cluster from every other. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Stands for the cluster as a whole, as a mesh that is an add-on: its id is the cluster's. */
export const wholeCluster: ObjectReference = { apiVersion: '', kind: 'Cluster', name: '' };

export function referenceOf({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference {
  const name = metadata.name ?? metadata.generateName ?? '';
  const { namespace } = metadata;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

/** `<cluster id>/kubernetes/<group or core>/<version>/namespaces/<namespace>/<plural>/<name>`. */
export function objectIdOf(clusterId: string, object: ObjectReference): string {
  const { apiVersion, kind, namespace, name } = object;
  if (object.kind === wholeCluster.kind && apiVersion === '') return clusterId;
  const group = groupOf(apiVersion);
  const version = group === '' ? apiVersion : apiVersion.slice(group.length + 1);
  const place = isClusterScoped(object) || namespace === undefined ? [] : ['namespaces', namespace];
  return [clusterId, 'kubernetes', group === '' ? 'core' : group, version, ...place, pluralOf(kind), name].join('/');
}

/** As the API names the resource of a kind. English rules, and the kinds of Kubernetes that break them. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['endpoints', 'endpoints'],
  ['podmetrics', 'pods'],
  ['nodemetrics', 'nodes'],
]);

export function isClusterScoped({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return CLUSTER_SCOPED.get(kind)?.includes(groupOf(apiVersion)) ?? false;
}

/** A kind that is not here counts as namespaced. */
const CLUSTER_SCOPED: ReadonlyMap<string, readonly string[]> = new Map([
  ['Namespace', ['']],
  ['Node', ['']],
  ['PersistentVolume', ['']],
  ['ComponentStatus', ['']],
  ['ClusterRole', ['rbac.authorization.k8s.io']],
  ['ClusterRoleBinding', ['rbac.authorization.k8s.io']],
  ['CustomResourceDefinition', ['apiextensions.k8s.io']],
  ['APIService', ['apiregistration.k8s.io']],
  ['MutatingWebhookConfiguration', ['admissionregistration.k8s.io']],
  ['ValidatingWebhookConfiguration', ['admissionregistration.k8s.io']],
  ['ValidatingAdmissionPolicy', ['admissionregistration.k8s.io']],
  ['ValidatingAdmissionPolicyBinding', ['admissionregistration.k8s.io']],
  ['MutatingAdmissionPolicy', ['admissionregistration.k8s.io']],
  ['MutatingAdmissionPolicyBinding', ['admissionregistration.k8s.io']],
  ['StorageClass', ['storage.k8s.io']],
  ['CSIDriver', ['storage.k8s.io']],
  ['CSINode', ['storage.k8s.io']],
  ['VolumeAttachment', ['storage.k8s.io']],
  ['IngressClass', ['networking.k8s.io', 'extensions']],
  ['IPAddress', ['networking.k8s.io']],
  ['ServiceCIDR', ['networking.k8s.io']],
  ['PriorityClass', ['scheduling.k8s.io']],
  ['RuntimeClass', ['node.k8s.io']],
  ['CertificateSigningRequest', ['certificates.k8s.io']],
  ['ClusterTrustBundle', ['certificates.k8s.io']],
  ['FlowSchema', ['flowcontrol.apiserver.k8s.io']],
  ['PriorityLevelConfiguration', ['flowcontrol.apiserver.k8s.io']],
  ['PodSecurityPolicy', ['policy', 'extensions']],
  ['GatewayClass', ['gateway.networking.k8s.io']],
  ['ClusterIssuer', ['cert-manager.io']],
  ['NginxIngressController', ['approuting.kubernetes.azure.com']],
  ['CiliumClusterwideNetworkPolicy', ['cilium.io']],
  ['GlobalNetworkPolicy', ['projectcalico.org', 'crd.projectcalico.org']],
  ['AdminNetworkPolicy', ['policy.networking.k8s.io']],
  ['BaselineAdminNetworkPolicy', ['policy.networking.k8s.io']],
  ['ConstraintTemplate', ['templates.gatekeeper.sh']],
  ['ClusterPolicy', ['kyverno.io']],
]);
