import type { KubernetesObject } from '../object';

/** Policies of administrators and of Calico: they may close what looks open, and open what looks closed. */
export function isForeignPolicy({ kind, apiVersion }: KubernetesObject): boolean {
  if (apiVersion.startsWith('policy.networking.k8s.io/')) return kind.endsWith('NetworkPolicy');
  return /^(crd\.)?projectcalico\.org\//.test(apiVersion) && kind.endsWith('NetworkPolicy');
}
