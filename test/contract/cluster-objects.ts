import type { KubernetesObject } from '../../shared/core/kubernetes-object';

export const namespace = 'steward-contract';

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, name: string, fields: Fields, meta: Fields = {}): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name, namespace, ...meta }, ...fields }) as KubernetesObject;

const clusterWide = (apiVersion: string, kind: string, name: string, fields: Fields = {}): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name }, ...fields }) as KubernetesObject;

const containers = [{ name: 'main', image: 'registry.example/app:1', resources: { limits: { memory: '64Mi' } } }];
const podTemplate = { metadata: { labels: { app: 'web' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' } };
const jobTemplate = { spec: { template: { spec: { containers, restartPolicy: 'Never' } } } };

const pod = (name: string, { spec, status, meta }: { spec?: Fields; status?: Fields; meta?: Fields } = {}) =>
  object('v1', 'Pod', name, { spec: { containers, ...spec }, ...(status && { status }) }, meta);

const ownedBy = (apiVersion: string, kind: string, name: string): Fields => ({
  ownerReferences: [{ apiVersion, kind, name, uid: '00000000-0000-4000-8000-000000000001', controller: true }],
});

/** Each says something that a judgement looks at, and that only the API server knows. */
export const pods: readonly KubernetesObject[] = [
  pod('running', { status: { phase: 'Running', podIP: '10.1.0.7', podIPs: [{ ip: '10.1.0.7' }] } }),
  pod('ended', { status: { phase: 'Succeeded' } }),
  pod('leaving', { meta: { deletionTimestamp: '2026-03-01T08:00:00Z' } }),
  pod('on-windows', { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }),
  pod('rolled-out', { meta: ownedBy('argoproj.io/v1alpha1', 'Rollout', 'web') }),
  pod('on-host', { spec: { hostNetwork: true, tolerations: [{ operator: 'Exists' }] } }),
];

/** More than two pages, and pages that are large enough to be compressed. */
export const many: readonly KubernetesObject[] = Array.from({ length: 250 }, (_, index) =>
  object(
    'v1',
    'Service',
    `many-${String(index).padStart(3, '0')}`,
    { spec: { clusterIP: 'None', selector: { app: 'web' } } },
    { annotations: { text: `${index} `.repeat(500) } },
  ),
);

const configMap = (name: string, data: Fields, meta: Fields = {}): KubernetesObject =>
  object('v1', 'ConfigMap', name, { data }, meta);

/** Those that are read, one of them in two namespaces, and others, which are not. */
export const configMaps: readonly KubernetesObject[] = [
  configMap('cilium-config', { 'mesh-auth-mutual-enabled': 'true' }),
  configMap('container-azm-ms-agentconfig', { 'schema-version': 'v2' }, { namespace: 'kube-system' }),
  configMap('container-azm-ms-agentconfig', { 'schema-version': 'v1' }),
  configMap('osm-config', { permissive_traffic_policy_mode: 'true' }),
  configMap('settings', { password: 'of a customer' }),
  configMap('coredns-custom', { 'a.server': 'a.example {}' }, { namespace: 'kube-system' }),
];

const withDefault = {
  name: 'controller',
  image: 'registry.k8s.io/ingress-nginx/controller:v1.12.1',
  args: ['/nginx-ingress-controller', '--default-ssl-certificate=steward-contract/wild'],
};

/** A controller with a default certificate, and the load balancer that leads to it: only its state tells the address. */
export const frontDoor: readonly KubernetesObject[] = [
  object('apps/v1', 'Deployment', 'ingress', {
    spec: {
      selector: { matchLabels: { app: 'ingress' } },
      template: { metadata: { labels: { app: 'ingress' } }, spec: { containers: [withDefault] } },
    },
  }),
  object('v1', 'Service', 'ingress', {
    spec: { type: 'LoadBalancer', ports: [{ port: 443 }], selector: { app: 'ingress' } },
    status: { loadBalancer: { ingress: [{ ip: '10.1.0.40' }] } },
  }),
];

/** An Application Gateway that sends to an address, and probes it without naming a host. */
export const gatewayTo = (name: string, ipAddress: string): Fields => ({
  id: `/gateways/${name}`,
  name,
  properties: {
    backendAddressPools: [{ name: 'pool', properties: { backendAddresses: [{ ipAddress }] } }],
    backendHttpSettingsCollection: [{ name: 'https', properties: { protocol: 'Https' } }],
  },
});

const grant = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace }];
const service = { name: 'web', port: { number: 80 } };
const http = { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] };

/** At least one of every kind that each cluster has. */
export const builtIn: readonly KubernetesObject[] = [
  clusterWide('v1', 'Namespace', namespace),
  clusterWide('v1', 'Node', 'steward-contract', { status: { nodeInfo: { operatingSystem: 'windows' } } }),
  object('v1', 'ServiceAccount', 'web', { automountServiceAccountToken: false }),
  object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }], selector: { app: 'web' } } }),
  object('apps/v1', 'Deployment', 'web', { spec: { selector, template: podTemplate } }),
  object(
    'apps/v1',
    'ReplicaSet',
    'web-1',
    { spec: { selector, template: podTemplate } },
    ownedBy('apps/v1', 'Deployment', 'web'),
  ),
  object('apps/v1', 'DaemonSet', 'agent', { spec: { selector, template: podTemplate } }),
  object('apps/v1', 'StatefulSet', 'store', { spec: { selector, serviceName: 'web', template: podTemplate } }),
  object('batch/v1', 'Job', 'at-work', jobTemplate),
  object('batch/v1', 'Job', 'done', {
    ...jobTemplate,
    status: { completionTime: '2026-03-01T08:00:00Z', succeeded: 1 },
  }),
  clusterWide('networking.k8s.io/v1', 'IngressClass', 'steward-contract', { spec: { controller: 'example.com/none' } }),
  object('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      ingressClassName: 'steward-contract',
      rules: [{ host: 'web.example', http }],
      tls: [{ hosts: ['web.example'] }],
    },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'web', {
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] },
  }),
  clusterWide('rbac.authorization.k8s.io/v1', 'ClusterRole', 'steward-contract', {
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'Role', 'web', {
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'web', { roleRef: grant, subjects }),
  ...pods,
];

/** A CronJob and a job of its that has ended and was different. In which version servers have them depends on their age. */
export function nightly(version: string): readonly KubernetesObject[] {
  const apiVersion = `batch/${version}`;
  const onHost = { spec: { template: { spec: { containers, hostNetwork: true, restartPolicy: 'Never' } } } };
  const status = { completionTime: '2026-03-01T03:10:00Z', succeeded: 1 };
  return [
    object(apiVersion, 'CronJob', 'nightly', { spec: { schedule: '0 3 * * *', jobTemplate } }),
    object('batch/v1', 'Job', 'nightly-1', { ...onHost, status }, ownedBy(apiVersion, 'CronJob', 'nightly')),
  ];
}

function definition(group: string, kind: string, plural: string, version: string): KubernetesObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` };
  const isCluster = kind === 'GatewayClass';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' } },
    spec: {
      group,
      names,
      scope: isCluster ? 'Cluster' : 'Namespaced',
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  } as never;
}

/** A group of which one kind is not there and another is there in an older version only, and a group in an older version only. */
export const custom: readonly KubernetesObject[] = [
  definition('gateway.networking.k8s.io', 'GatewayClass', 'gatewayclasses', 'v1'),
  definition('gateway.networking.k8s.io', 'Gateway', 'gateways', 'v1beta1'),
  definition('cilium.io', 'CiliumNetworkPolicy', 'ciliumnetworkpolicies', 'v2'),
  definition('security.istio.io', 'PeerAuthentication', 'peerauthentications', 'v1beta1'),
  clusterWide('gateway.networking.k8s.io/v1', 'GatewayClass', 'contract', {
    spec: { controllerName: 'example.com/none' },
  }),
  object('gateway.networking.k8s.io/v1beta1', 'Gateway', 'web', {
    spec: { gatewayClassName: 'contract', listeners: [{ name: 'web', port: 80, protocol: 'HTTP' }] },
  }),
  object('security.istio.io/v1beta1', 'PeerAuthentication', 'web', { spec: { mtls: { mode: 'PERMISSIVE' } } }),
];
