import { isFields, textOf } from '../fields';

/** What enforces NetworkPolicies; `none`: nothing does. */
export type Engine = 'none' | 'azure' | 'calico' | 'cilium' | 'unknown';

/** What the cluster's resource says; all of it may be left out when only manifests are judged. */
export interface NetworkFacts {
  /** Undefined: whether anything enforces policies is not the question. */
  readonly engine?: Engine;
  /** Why policies, pods or namespaces could not be read. */
  readonly unread?: string;
  /** Namespaces of extensions that the cluster is known to have, as `flux-system`. */
  readonly extensionNamespaces?: readonly string[];
  /** Namespaces whose controllers serve Ingress objects. */
  readonly ingressNamespaces?: readonly string[];
  /** Names of the node pools that run Windows. */
  readonly windowsPools?: readonly string[];
  /** Pods ask a resolver on their node, at 169.254.10.10. */
  readonly localDns?: boolean;
  /** A range of more ports than this is an opening; 100 unless given. */
  readonly widestRange?: number;
}

/** The engine, from `networkProfile` of a managed cluster («Secure traffic between pods by using network policies»). */
export function engineOf(given: unknown): Engine {
  if (!isFields(given)) return 'unknown';
  const [policy, dataplane, plugin] = ['networkPolicy', 'networkDataplane', 'networkPlugin'].map((name) =>
    textOf(given[name]).toLowerCase(),
  );
  if (dataplane === 'cilium' || policy === 'cilium') return 'cilium';
  if (policy === 'azure' || policy === 'calico') return policy;
  // Without a plugin of Azure's, somebody brought one, and nobody says what it enforces.
  if (plugin === 'none') return 'unknown';
  return policy === '' || policy === 'none' ? 'none' : 'unknown';
}
