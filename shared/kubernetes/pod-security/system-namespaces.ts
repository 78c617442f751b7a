import type { KubernetesObject } from '../object';
import { objectIn, textIn } from './fields';
import { metadataOf } from './workloads';

/**
 * Namespaces that AKS, its add-ons and its extensions create (AKS documentation and release notes, 2026-08). Of those that
 * people also create themselves, only the ones that carry AKS's label are AKS's.
 */
const always = [
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
const whenLabelled = [
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

/** The namespaces that AKS answers for. One of another name that carries the label only claims to be one. */
export function systemNamespacesOf(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const labelled = objects
    .filter(({ apiVersion, kind }) => kind === 'Namespace' && apiVersion === 'v1')
    .map(metadataOf)
    .filter((metadata) => textIn(objectIn(metadata, 'labels'), 'kubernetes.azure.com/managedby') === 'aks')
    .map((metadata) => textIn(metadata, 'name'));
  return new Set([...always, ...whenLabelled.filter((name) => labelled.includes(name))]);
}
