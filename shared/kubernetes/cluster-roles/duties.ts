/** A rule as it is written into a manifest. */
export interface WrittenRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const read = ['get', 'list', 'watch'];
const keep = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const authorization = 'rbac.authorization.k8s.io';

/** What jobs are made of: one role for each, so that roles are composed by bindings instead of growing. */
export const duties = {
  'read-applications': [
    {
      apiGroups: [''],
      resources: [
        'pods',
        'pods/log',
        'services',
        'endpoints',
        'configmaps',
        'events',
        'serviceaccounts',
        'persistentvolumeclaims',
        'resourcequotas',
        'limitranges',
      ],
      verbs: read,
    },
    { apiGroups: ['apps'], resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'], verbs: read },
    { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: read },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: read },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: read },
    { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get', 'list'] },
  ],
  'deploy-applications': [
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: keep },
    { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: keep },
    {
      apiGroups: [''],
      resources: ['services', 'configmaps', 'serviceaccounts', 'persistentvolumeclaims'],
      verbs: keep,
    },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: keep },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: keep },
  ],
  'operate-applications': [
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    { apiGroups: ['apps'], resources: ['deployments/scale', 'statefulsets/scale'], verbs: ['get', 'update', 'patch'] },
  ],
  'read-cluster': [
    { apiGroups: [''], resources: ['nodes', 'namespaces', 'persistentvolumes'], verbs: read },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses', 'csidrivers', 'volumeattachments'], verbs: read },
    { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: read },
    { apiGroups: ['metrics.k8s.io'], resources: ['nodes'], verbs: ['get', 'list'] },
  ],
  'furnish-cluster': [
    { apiGroups: [''], resources: ['resourcequotas', 'limitranges'], verbs: keep },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: keep },
    { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: keep },
  ],
  'read-security': [
    {
      apiGroups: [authorization],
      resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
      verbs: read,
    },
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'validatingadmissionpolicies'],
      verbs: read,
    },
  ],
  'guard-network': [{ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: keep }],
} as const satisfies Readonly<Record<string, readonly WrittenRule[]>>;

export type Duty = keyof typeof duties;

/** A job function: what it does in the namespaces of its applications, and what in the whole cluster. */
export interface Job {
  readonly title: string;
  readonly inNamespaces: readonly Duty[];
  readonly everywhere: readonly Duty[];
}

export const jobs = {
  'application-developer': { title: 'application developer', inNamespaces: ['read-applications'], everywhere: [] },
  'application-owner': {
    title: 'application owner',
    inNamespaces: ['read-applications', 'read-security'],
    everywhere: [],
  },
  'application-operator': {
    title: 'application operator',
    inNamespaces: ['read-applications', 'operate-applications'],
    everywhere: [],
  },
  'application-pipeline': {
    title: 'pipeline of an application',
    inNamespaces: ['read-applications', 'deploy-applications'],
    everywhere: [],
  },
  'infrastructure-operator': {
    title: 'infrastructure operator',
    inNamespaces: [],
    everywhere: ['read-cluster', 'read-applications', 'operate-applications'],
  },
  'infrastructure-owner': {
    title: 'infrastructure owner',
    inNamespaces: [],
    everywhere: ['read-cluster', 'read-applications', 'furnish-cluster'],
  },
  'security-owner': {
    title: 'policy and security owner',
    inNamespaces: ['guard-network'],
    everywhere: ['read-cluster', 'read-applications', 'read-security'],
  },
} as const satisfies Readonly<Record<string, Job>>;

export type JobId = keyof typeof jobs;
