import { outcomeOf, type ClusterFacts } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import type { ObjectFinding } from '../../shared/kubernetes/judgement';
import { readJson, testWith } from '../policy/shared-files';
import { estateObjects } from './given';

/** What a control says of the landing zone's cluster, with all that is known of it. */
function judged(controlId: string): readonly ObjectFinding[] {
  const { resources } = readJson('estate/estate.json') as unknown as {
    readonly resources: readonly { path: string; type: string }[];
  };
  const of = (type: RegExp) =>
    resources.filter((one) => type.test(one.type)).map(({ path }) => readJson(`estate/${path}`));
  const [cluster] = of(/managedClusters$/i) as unknown as readonly { properties: Record<string, unknown> }[];
  const facts = {
    kubernetesVersion: '1.20',
    today: '2026-11-25',
    isWhole: true,
    cluster: cluster!.properties,
    applicationGateways: of(/applicationGateways$/i),
    extensions: [],
  } as unknown as ClusterFacts;
  const objects = estateObjects().filter(({ kind }) => kind !== 'Secret');
  return judgements.filter((one) => one.controlId === controlId).flatMap(({ judge }) => judge(objects, facts));
}

const nameOf = ({ object, aspect }: ObjectFinding): string =>
  [object.kind, object.namespace ?? '', object.name, aspect ?? ''].filter((text) => text !== '').join(' ');
const problemsOf = (controlId: string) =>
  Object.fromEntries(
    judged(controlId)
      .filter((finding) => outcomeOf(finding) === 'open')
      .map((finding) => [nameOf(finding), finding.problems.map(({ rule }) => rule)]),
  );
const namesBy = (controlId: string, outcome: string) =>
  judged(controlId)
    .filter((finding) => outcomeOf(finding) === outcome)
    .map(nameOf)
    .toSorted();

const estate = testWith('estate/estate.json');
const unstated = ['explicit-runAsUser', 'explicit-runAsGroup', 'explicit-capabilities', 'explicit-seLinuxOptions'];
const ofService = ['runAsNonRoot', 'seccompProfile_restricted', 'explicit-capabilities', 'explicit-seLinuxOptions'];
const ofAgent = ['allowPrivilegeEscalation', 'runAsNonRoot', 'seccompProfile_restricted', ...unstated];
const ofHook = ['allowPrivilegeEscalation', 'seccompProfile_restricted', 'explicit-runAsGroup'];

estate('of the landing zone’s pods, every setting that is missing or wrong is found', () => {
  expect(problemsOf('pod-security')).toEqual({
    'Deployment a0005-i microservice-c': ofService,
    'Deployment a0005-i web-frontend': ofService,
    'Deployment a0005-o microservice-a': ofService,
    'Deployment a0005-o microservice-b': ofService,
    'DaemonSet cluster-baseline-settings csi-secrets-store-provider-azure': [
      'hostNamespaces',
      'hostPathVolumes',
      ...ofAgent,
    ],
    'DaemonSet cluster-baseline-settings csi-secrets-store': [
      'hostNamespaces',
      'privileged',
      'hostPathVolumes',
      'hostPorts',
      ...ofAgent,
    ],
    'DaemonSet cluster-baseline-settings dummy-av': ['runAsNonRoot', 'seccompProfile_restricted', ...unstated],
    'DaemonSet cluster-baseline-settings dummy-fim': ['runAsNonRoot', 'seccompProfile_restricted', ...unstated],
    'DaemonSet cluster-baseline-settings kured': ['hostNamespaces', 'privileged', ...ofAgent],
    'DaemonSet falco-system aks-falco': ['privileged', 'hostPathVolumes', ...ofAgent],
    'Deployment flux-system kustomize-controller': ['runAsNonRoot', 'seccompProfile_restricted', ...unstated],
    'Deployment flux-system source-controller': ['runAsNonRoot', 'seccompProfile_restricted', ...unstated],
    'Deployment ingress-nginx ingress-nginx-controller': [
      'allowPrivilegeEscalation',
      'runAsNonRoot',
      'seccompProfile_restricted',
      'explicit-runAsGroup',
      'explicit-fsGroup',
      'explicit-seLinuxOptions',
    ],
    'Job ingress-nginx ingress-nginx-admission-create': [...ofHook, 'explicit-capabilities', 'explicit-seLinuxOptions'],
    'Job ingress-nginx ingress-nginx-admission-patch': [...ofHook, 'explicit-capabilities', 'explicit-seLinuxOptions'],
    'Deployment osm-system osm-controller': ofAgent,
  });
});

estate('of the landing zone’s workloads, four drop capabilities in lower case', () => {
  const lower = judged('pod-security').filter(({ problems }) =>
    problems.some(({ rule, reason }) => rule === 'explicit-capabilities' && reason.includes('is ["all"]')),
  );
  expect(lower.map(({ object }) => object.name)).toEqual([
    'microservice-c',
    'web-frontend',
    'microservice-a',
    'microservice-b',
  ]);
});

estate('of the landing zone, agents of the nodes and hooks of charts are never patched', () => {
  const untouched = judged('pod-security').filter((one) => outcomeOf(one) === 'open' && one.propose === undefined);
  expect(untouched.map(({ object }) => object.name).toSorted()).toEqual([
    'aks-falco',
    'csi-secrets-store',
    'csi-secrets-store-provider-azure',
    'ingress-nginx-admission-create',
    'ingress-nginx-admission-patch',
    'kured',
  ]);
});

estate('of the landing zone’s namespaces, five have no policy, although files in their repository hold some', () => {
  const open = judged('network-policies').filter(({ object, problems }) => object.kind === 'Namespace' && problems[0]);
  expect(open.map(({ object, problems }) => [object.name, problems.map(({ rule }) => rule)])).toEqual(
    ['cluster-baseline-settings', 'falco-system', 'flux-system', 'ingress-nginx', 'osm-system'].map((name) => [
      name,
      ['no-policy'],
    ]),
  );
  expect(namesBy('network-policies', 'compliant')).toEqual([
    'Cluster engine',
    'Namespace a0005-i',
    'Namespace a0005-o',
    'Namespace default',
    'NetworkPolicy default default',
  ]);
});

estate('of the landing zone’s roles, who has too much is found on the binding, and who has not is left alone', () => {
  expect(namesBy('cluster-roles', 'open')).toEqual([
    'Cluster',
    'ClusterRoleBinding aks-cluster-admin-binding',
    'ClusterRoleBinding aks-cluster-admin-binding-aad',
    'ClusterRoleBinding cluster-reconciler',
    'ClusterRoleBinding crd-controller',
    'ClusterRoleBinding ingress-nginx',
    'ClusterRoleBinding ingress-nginx-admission',
    'ClusterRoleBinding kured',
    'ClusterRoleBinding osm',
    'ClusterRoleBinding secretprovidersyncing-rolebinding',
    'RoleBinding ingress-nginx ingress-nginx-admission',
  ]);
  expect(namesBy('cluster-roles', 'compliant')).toEqual(
    expect.arrayContaining([
      'ClusterRoleBinding aks-falco',
      'ClusterRoleBinding secretproviderclasses-rolebinding',
      'RoleBinding cluster-baseline-settings kured',
    ]),
  );
});

estate('of the landing zone’s mesh, Ingress and agent, what is wrong is found and nothing else', () => {
  expect(problemsOf('mesh-certificates')).toEqual({
    'Deployment osm-system osm-controller': ['built-in-authority'],
    'Deployment osm-system osm-controller support': ['retired-mesh'],
  });
  expect(problemsOf('ingress-certificates')).toEqual({
    'Ingress a0005-i web-frontend': ['no-secret'],
    'Deployment ingress-nginx ingress-nginx-controller': ['default-certificate'],
    'Deployment ingress-nginx ingress-nginx-controller support': ['retired-controller'],
  });
  expect(problemsOf('container-log-settings')).toEqual({
    'ConfigMap kube-system container-azm-ms-agentconfig agent-config': ['environment-collected'],
  });
});
