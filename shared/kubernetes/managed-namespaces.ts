import { at, textOf } from './fields';
import type { KubernetesObject } from './object';

/** With the value `aks` on what AKS manages; anybody can set it. */
export const managedBy = 'kubernetes.azure.com/managedby';

/** Namespaces that AKS alone creates, whatever their labels say (AKS documentation and release notes, 2026-08). */
export const namespacesOfAks: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'gatekeeper-system',
  'aks-istio-system',
  'aks-istio-ingress',
  'aks-istio-egress',
  'app-routing-system',
  'aks-command',
];

/** Namespaces of add-ons and extensions, which people also create themselves. */
const whenLabelled: readonly string[] = [
  'calico-system',
  'tigera-operator',
  'tigera-system',
  'azure-arc',
  'azure-extensions-usage-system',
  'dataprotection-microsoft',
  'flux-system',
  'dapr-system',
  'acstor',
  'azureml',
  'azappconfig-system',
  'sc-system',
];

/** `claims`: it carries the label of AKS, but is none of its namespaces. */
export type Management = 'managed' | 'claims' | 'own';

export function managementOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  extensionNamespaces: readonly string[] = [],
): Management {
  if (namespacesOfAks.includes(name)) return 'managed';
  const labelled = labels[managedBy] === 'aks';
  if (whenLabelled.includes(name) && (labelled || extensionNamespaces.includes(name))) return 'managed';
  return labelled && !whenLabelled.includes(name) ? 'claims' : 'own';
}

/** The namespaces that AKS answers for. One of another name that carries its label only claims to be one. */
export function managedNamespacesOf(
  objects: readonly KubernetesObject[],
  extensionNamespaces: readonly string[] = [],
): ReadonlySet<string> {
  const labelled = objects
    .filter(({ apiVersion, kind }) => kind === 'Namespace' && apiVersion === 'v1')
    .map(({ metadata }) => [textOf(at(metadata, 'name')), textOf(at(metadata, 'labels', managedBy))] as const)
    .filter(([name, value]) => managementOf(name, { [managedBy]: value }) === 'managed');
  const known = extensionNamespaces.filter((name) => whenLabelled.includes(name));
  return new Set([...namespacesOfAks, ...labelled.map(([name]) => name), ...known]);
}
