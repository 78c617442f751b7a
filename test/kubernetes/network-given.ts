import type { Json } from '../../shared/core/resource';
import type { KubernetesObject } from '../../shared/kubernetes/object';

type Labels = Readonly<Record<string, string>>;

export const namespace = (name: string, labels: Labels = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** `shop/web` with labels; what else a pod's spec and status say may be given. */
export function pod(
  path: string,
  labels: Labels = {},
  more: { spec?: object; status?: object; annotations?: Labels } = {},
) {
  const [space = '', name = ''] = path.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: space, labels, ...(more.annotations && { annotations: more.annotations }) },
    spec: { containers: [{ name: 'main', image: 'registry/app:1' }], ...more.spec } as unknown as Json,
    status: { phase: 'Running', ...more.status },
  } satisfies KubernetesObject;
}

export const listening = (...ports: readonly object[]): { spec: object } => ({
  spec: { containers: [{ name: 'main', image: 'registry/app:1', ports }] },
});

export function policy(path: string, spec: object): KubernetesObject {
  const [space = '', name = ''] = path.split('/');
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: space },
    spec: spec as unknown as Json,
  };
}

export const both = ['Ingress', 'Egress'] as const;

export const denyAll = (space: string): KubernetesObject =>
  policy(`${space}/deny`, { podSelector: {}, policyTypes: both });
