const fields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f:field${index}`, { '.': {}, 'f:name': {} }]));

const managed = (manager: string, count: number): object => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-11-23T08:42:22Z',
  fieldsType: 'FieldsV1',
  fieldsV1: fields(count),
});

function container(name: string, app: number, access: string): object {
  const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return {
    name,
    image: `registry.example/team/${name}-${app}:1.2.${app % 7}`,
    args: ['--port=8080', `--id=${app}`],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 8 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-of-${index}-${app}` })),
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: access, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, ...probe },
    readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, ...probe },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: app % 5 === 0,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
    },
  };
}

function volumes(access: string): readonly object[] {
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  return [
    { name: 'tmp', emptyDir: {} },
    { name: access, projected: { sources, defaultMode: 420 } },
  ];
}

function stateOf(index: number, hex: string): object {
  const since = '2026-11-23T08:42:22Z';
  return {
    phase: 'Running',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: since,
    })),
    hostIP: '10.0.0.1',
    podIP: `10.1.${index % 255}.${index % 200}`,
    startTime: since,
    containerStatuses: ['main', 'sidecar'].map((name) => ({
      name,
      state: { running: { startedAt: since } },
      ready: true,
      restartCount: 0,
      imageID: `registry.example/team/app@sha256:${hex.repeat(8)}`,
      containerID: `containerd://${hex.repeat(8)}`,
    })),
    qosClass: 'Burstable',
  };
}

/** A pod of two containers as an API server lists it, about ten kilobytes; 200 workloads in 50 namespaces. */
export function podAt(index: number): object {
  const app = index % 200;
  const hex = ((index * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0');
  const access = `kube-api-access-${hex.slice(0, 5)}`;
  return {
    metadata: {
      name: `app-${app}-${hex}-${index}`,
      generateName: `app-${app}-`,
      namespace: `team-${app % 50}`,
      uid: `${hex}-0000-4000-8000-${hex}0000`,
      resourceVersion: String(index),
      creationTimestamp: '2026-11-23T08:42:22Z',
      labels: { app: `app-${app}`, 'pod-template-hash': `${app}f`, tier: 'backend' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${app}-rs`, uid: hex, controller: true },
      ],
      managedFields: [managed('kube-controller-manager', 90), managed('kubelet', 70)],
    },
    spec: {
      volumes: volumes(access),
      containers: [container('main', app, access), container('sidecar', app, access)],
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: `sa-${app}`,
      nodeName: `aks-nodepool1-${index % 300}-vmss`,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
      priority: 0,
      enableServiceLinks: true,
    },
    status: stateOf(index, hex),
  };
}
