import type { ObjectKind } from '../core/kubernetes-object';
import { agentConfigName } from './agent-config/collected';
import { pluralOf } from './ids';
import { osmSettingsName } from './mesh-certificates/open-service-mesh';
import { ciliumSettingsName } from './mesh-certificates/others';

/** A kind that controls may ask clusters for. */
export interface ReadKind extends ObjectKind {
  /** As objects name it: `NetworkPolicy`. */
  readonly kind: string;
  /** What for, as a sentence without its full stop. */
  readonly why: string;
  /** Only objects of these names are read, in all namespaces. Absent: all objects. */
  readonly names?: readonly string[];
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

/** What else is in ConfigMaps is nobody's business here: it is often large, and may be anything. */
const names: Readonly<Record<string, readonly string[]>> = {
  '/ConfigMap': [ciliumSettingsName, agentConfigName, osmSettingsName],
};

/** Everything that is ever read in a cluster, over all namespaces. Secrets are not, and cannot be added: the reader refuses. */
export const readKinds: readonly ReadKind[] = groups.flatMap(([group, version, kinds]) =>
  Object.entries(kinds)
    .map(([kind, why]) => ({ group, version, plural: pluralOf(kind), kind, why, ...namesOf(group, kind) }))
    .toSorted((left, right) => (left.plural < right.plural ? -1 : 1)),
);

function namesOf(group: string, kind: string): Pick<ReadKind, 'names'> {
  const only = names[`${group}/${kind}`];
  return only === undefined ? {} : { names: only };
}

/** All that are read of some kinds: two groups may have a kind of the same name. */
export function readKindsOf(kinds: readonly string[]): readonly ReadKind[] {
  return readKinds.filter(({ kind }) => kinds.includes(kind));
}
