import type { Binding } from '../permissions/binding';
import type { Subject } from '../permissions/subject';
import { isManaged, type ClusterRoleFacts } from './facts';

const adminBindings = ['aks-cluster-admin-binding', 'aks-cluster-admin-binding-aad'];

/** The bindings by which AKS makes people administrators of the cluster: never left out. */
export const isAdminBinding = ({ kind, name, role }: Binding): boolean =>
  kind === 'ClusterRoleBinding' && adminBindings.includes(name) && role.name === 'cluster-admin';

/**
 * Whether a binding is one that AKS makes for its own components. Whoever may write bindings chooses names and labels, so
 * the subjects have to fit as well.
 */
export function isOwnByAks(binding: Binding, facts: ClusterRoleFacts): boolean {
  return hasName(binding) && hasLabel(binding) && binding.subjects.every((subject) => isComponent(subject, facts));
}

function hasName({ name, namespace }: Binding): boolean {
  return (
    /^(aks-|azure-|system:|ama-|omsagent|csi-|metrics-server|coredns|cloud-node-manager)/.test(name) ||
    namespace === 'kube-system'
  );
}

/** Whether a binding says that AKS or Kubernetes makes it. */
export function claimsPlatform(binding: Binding): boolean {
  return hasLabel(binding) || binding.labels.get('kubernetes.io/bootstrapping') === 'rbac-defaults';
}

function hasLabel({ labels }: Binding): boolean {
  const byAddOnManager =
    labels.get('addonmanager.kubernetes.io/mode') === 'Reconcile' &&
    labels.get('kubernetes.io/cluster-service') === 'true';
  return byAddOnManager || labels.get('kubernetes.azure.com/managedby') === 'aks';
}

/** Users that only the control plane can issue, and accounts of managed namespaces. Groups of everybody are none. */
function isComponent(subject: Subject, facts: ClusterRoleFacts): boolean {
  if (subject.kind === 'ServiceAccount') return subject.name !== 'default' && isManaged(subject.namespace, facts);
  const signedByPlatform = /^(system:(kube-|node|aks)|aks-(service|support)$)/.test(subject.name);
  return signedByPlatform && subject.kind === 'User';
}
