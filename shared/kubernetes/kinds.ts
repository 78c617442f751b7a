import type { ObjectKind } from '../core/kubernetes-object';
import { pluralOf } from './ids';

/** A kind that controls may ask clusters for. */
export interface ReadKind extends ObjectKind {
  /** As objects name it: `NetworkPolicy`. */
  readonly kind: string;
  /** What for, as a sentence without its full stop. */
  readonly why: string;
}

/** Kinds that are pods or make them; of what makes them, the pods tell what the others leave out. */
export const workloadKinds: readonly string[] = [
  'Pod',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'StatefulSet',
];

/** What each kind is read for. */
type Group = readonly [group: string, version: string, kinds: Readonly<Record<string, string>>];

const groups: readonly Group[] = [
  [
    '',
    'v1',
    {
      ConfigMap: 'settings of the log agent and of the mesh',
      Namespace: 'what is closed and what AKS manages is told by labels',
      Pod: 'what containers may do, and whom policies select',
      ServiceAccount: 'who has a token that is used',
      Service: 'what listens, and what an Ingress leads to',
    },
  ],
  [
    'apps',
    'v1',
    {
      DaemonSet: 'what owns pods, engines of network policies among them',
      Deployment: 'what owns pods, controllers of Ingress and mesh among them',
      ReplicaSet: 'what owns pods is owned itself',
      StatefulSet: 'what owns pods',
    },
  ],
  ['batch', 'v1', { CronJob: 'what owns jobs', Job: 'what owns pods' }],
  [
    'networking.k8s.io',
    'v1',
    {
      Ingress: 'which certificate is shown for a host',
      NetworkPolicy: 'who may talk to whom',
    },
  ],
  [
    'rbac.authorization.k8s.io',
    'v1',
    {
      ClusterRoleBinding: 'who may do what',
      ClusterRole: 'who may do what',
      RoleBinding: 'who may do what',
      Role: 'who may do what',
    },
  ],
  [
    'approuting.kubernetes.azure.com',
    'v1alpha1',
    { NginxIngressController: 'the default certificate of a controller' },
  ],
  ['cert-manager.io', 'v1', { Certificate: 'who signs the certificate of an Ingress' }],
  [
    'cilium.io',
    'v2',
    {
      CiliumClusterwideNetworkPolicy: 'who may talk to whom',
      CiliumNetworkPolicy: 'who may talk to whom',
    },
  ],
  ['config.openservicemesh.io', 'v1alpha2', { MeshConfig: 'the provider of the mesh’s certificates' }],
  [
    'gateway.networking.k8s.io',
    'v1',
    {
      Gateway: 'which certificate is shown for a host',
    },
  ],
  ['networking.istio.io', 'v1', { Gateway: 'which certificate is shown for a host' }],
  ['secrets-store.csi.x-k8s.io', 'v1', { SecretProviderClass: 'which certificate of a key vault a controller shows' }],
  ['security.istio.io', 'v1', { PeerAuthentication: 'whether the mesh asks for certificates' }],
];

/** Everything that is ever read in a cluster, over all namespaces. Secrets are not, and cannot be added: the reader refuses. */
export const readKinds: readonly ReadKind[] = groups.flatMap(([group, version, kinds]) =>
  Object.entries(kinds)
    .map(([kind, why]) => ({ group, version, plural: pluralOf(kind), kind, why }))
    .toSorted((left, right) => (left.plural < right.plural ? -1 : 1)),
);

/** All that are read of some kinds: two groups may have a kind of the same name. */
export function readKindsOf(kinds: readonly string[]): readonly ReadKind[] {
  return readKinds.filter(({ kind }) => kinds.includes(kind));
}
