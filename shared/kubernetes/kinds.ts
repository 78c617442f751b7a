import type { ObjectKind } from '../core/kubernetes-object';

/** A kind that controls may ask clusters for. */
export interface ReadKind extends ObjectKind {
  /** What for, as a sentence without its full stop. */
  readonly why: string;
}

type Group = readonly [group: string, version: string, kinds: Readonly<Record<string, string>>];

const groups: readonly Group[] = [
  [
    '',
    'v1',
    {
      configmaps: 'settings of the log agent and of the mesh',
      namespaces: 'what is closed and what AKS manages is told by labels',
      nodes: 'Windows nodes have rules of their own',
      pods: 'what containers may do, and whom policies select',
      serviceaccounts: 'who has a token that is used',
      services: 'what listens, and what an Ingress leads to',
    },
  ],
  [
    'apps',
    'v1',
    {
      daemonsets: 'what owns pods, engines of network policies among them',
      deployments: 'what owns pods, controllers of Ingress and mesh among them',
      replicasets: 'what owns pods is owned itself',
      statefulsets: 'what owns pods',
    },
  ],
  ['batch', 'v1', { cronjobs: 'what owns jobs', jobs: 'what owns pods' }],
  [
    'networking.k8s.io',
    'v1',
    {
      ingressclasses: 'which controller an Ingress belongs to',
      ingresses: 'which certificate is shown for a host',
      networkpolicies: 'who may talk to whom',
    },
  ],
  [
    'rbac.authorization.k8s.io',
    'v1',
    {
      clusterrolebindings: 'who may do what',
      clusterroles: 'who may do what',
      rolebindings: 'who may do what',
      roles: 'who may do what',
    },
  ],
  [
    'approuting.kubernetes.azure.com',
    'v1alpha1',
    { nginxingresscontrollers: 'the default certificate of a controller' },
  ],
  ['cert-manager.io', 'v1', { certificates: 'who signs the certificate of an Ingress' }],
  [
    'cilium.io',
    'v2',
    {
      ciliumclusterwidenetworkpolicies: 'who may talk to whom',
      ciliumnetworkpolicies: 'who may talk to whom',
    },
  ],
  ['config.openservicemesh.io', 'v1alpha2', { meshconfigs: 'the provider of the mesh’s certificates' }],
  [
    'gateway.networking.k8s.io',
    'v1',
    {
      gatewayclasses: 'which controller a Gateway belongs to',
      gateways: 'which certificate is shown for a host',
      httproutes: 'what a Gateway leads to',
    },
  ],
  ['networking.istio.io', 'v1', { gateways: 'which certificate is shown for a host' }],
  [
    'secrets-store.csi.x-k8s.io',
    'v1',
    { secretproviderclasses: 'which certificate of a key vault a controller shows' },
  ],
  [
    'security.istio.io',
    'v1',
    { authorizationpolicies: 'who may talk to whom', peerauthentications: 'whether the mesh asks for certificates' },
  ],
];

/** Everything that is ever read in a cluster, over all namespaces. Secrets are not, and cannot be added: the reader refuses. */
export const readKinds: readonly ReadKind[] = groups.flatMap(([group, version, kinds]) =>
  Object.entries(kinds).map(([plural, why]) => ({ group, version, plural, why })),
);
