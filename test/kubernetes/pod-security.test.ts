import { outcomeOf } from '../../shared/kubernetes/judgement';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { podSecurity, podSecurityOf, verdictOf, type WorkloadFinding } from '../../shared/kubernetes/pod-security';
import { deploymentOf, goodContainer, goodSpec, ownedBy, podOf, type Given } from './pods-given';

const only = (objects: readonly KubernetesObject[], options = {}): WorkloadFinding => {
  const findings = podSecurityOf(objects, options);
  expect(findings).toHaveLength(1);
  return findings[0]!;
};
const brokenBy = ({ problems }: WorkloadFinding) => problems.map(({ rule, severity }) => `${severity} ${rule}`);
const namesOf = (objects: readonly KubernetesObject[]) =>
  podSecurityOf(objects).map(({ object }) => `${object.kind} ${object.name}`);
const escalating = (name = 'web') => goodContainer({ name, securityContext: { allowPrivilegeEscalation: true } });

test('a workload that meets the standard and states its settings is compliant', () => {
  const finding = only([deploymentOf(goodSpec())]);
  expect(finding.problems).toEqual([]);
  expect(finding.proposal).toBeUndefined();
  expect(verdictOf(finding).state).toBe('compliant');
});

test('a cluster without workloads has no findings', () => {
  expect(podSecurityOf([])).toEqual([]);
  expect(podSecurityOf([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } }])).toEqual([]);
});

test('what baseline refuses is of high severity, what restricted adds of medium, and what is only not stated of low', () => {
  const spec = goodSpec({
    containers: [goodContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: null } })],
    securityContext: { runAsGroup: null },
  });
  const finding = only([deploymentOf(spec)]);
  expect(brokenBy(finding)).toEqual(['high privileged', 'medium allowPrivilegeEscalation', 'low explicit-runAsGroup']);
  expect(finding.severity).toBe('high');
});

test('a field that baseline refuses is not told again by restricted', () => {
  const spec = goodSpec({
    containers: [
      goodContainer({ securityContext: { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN', 'CHOWN'] } } }),
      goodContainer({ name: 'b', securityContext: { capabilities: {} } }),
    ],
    volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
  });
  const { problems } = only([deploymentOf(spec)]);
  expect(
    problems.map(({ rule, fields }) => [rule, fields.map(({ path, found }) => `${path} ${String(found)}`)]),
  ).toEqual([
    ['capabilities_baseline', ['spec.template.spec.containers[web].securityContext.capabilities.add SYS_ADMIN']],
    ['hostPathVolumes', ['spec.template.spec.volumes[logs].hostPath …']],
    [
      'capabilities_restricted',
      [
        'spec.template.spec.containers[b].securityContext.capabilities.drop undefined',
        'spec.template.spec.containers[web].securityContext.capabilities.add CHOWN',
      ],
    ],
  ]);
});

test('a reason says what was wanted, what was found in which container, and what to do', () => {
  const spec = goodSpec({ containers: [goodContainer({ securityContext: { capabilities: { drop: ['all'] } } })] });
  expect(only([deploymentOf(spec)]).problems.map(({ reason }) => reason)).toEqual([
    'every container has to drop ALL capabilities, in upper case, and may add NET_BIND_SERVICE only: ' +
      'spec.template.spec.containers[web].securityContext.capabilities.drop is ["all"]; ' +
      'set capabilities.drop to ["ALL"] and add nothing else',
  ]);
});

test.each<[string, string, string, (spec: Given) => Given]>([
  ['Pod', 'v1', 'spec.', (spec) => spec],
  ['PodTemplate', 'v1', 'template.spec.', (spec) => ({ template: { spec } })],
  ['ReplicationController', 'v1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  ['Deployment', 'apps/v1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  ['ReplicaSet', 'apps/v1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  ['DaemonSet', 'extensions/v1beta1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  ['StatefulSet', 'apps/v1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  ['Job', 'batch/v1', 'spec.template.spec.', (spec) => ({ template: { spec } })],
  [
    'CronJob',
    'batch/v1',
    'spec.jobTemplate.spec.template.spec.',
    (spec) => ({ jobTemplate: { spec: { template: { spec } } } }),
  ],
])('a %s of %s is judged at %s', (kind, apiVersion, prefix, wrap) => {
  const spec = wrap(goodSpec({ containers: [escalating()] }));
  const body = kind === 'PodTemplate' ? spec : { spec };
  const { problems } = only([{ apiVersion, kind, metadata: { name: 'web' }, ...body } as KubernetesObject]);
  expect(problems.map(({ path }) => path)).toEqual([
    `${prefix}containers[web].securityContext.allowPrivilegeEscalation`,
  ]);
});

test('a kind of the same name in another API group is something else', () => {
  const job = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', metadata: { name: 'web' }, spec: {} };
  expect(podSecurityOf([job])).toEqual([]);
});

test('pods are reported on what owns them in the end', () => {
  const spec = goodSpec();
  const replicaSet = {
    ...deploymentOf(spec, { name: 'web-5d4f', ...ownedBy('Deployment', 'web') }),
    kind: 'ReplicaSet',
  };
  const pod = podOf(spec, { name: 'web-5d4f-x', ...ownedBy('ReplicaSet', 'web-5d4f') });
  expect(namesOf([pod, replicaSet, deploymentOf(spec)])).toEqual(['Deployment web']);
  expect(namesOf([pod, deploymentOf(spec)])).toEqual(['Deployment web']);
  expect(namesOf([pod])).toEqual(['ReplicaSet web-5d4f']);
  expect(namesOf([replicaSet])).toEqual(['Deployment web']);
});

test('an owner whose API version was not read has the usual one', () => {
  const pod = podOf(goodSpec(), { ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] });
  expect(only([pod]).object).toEqual({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'db' });
});

test('the same owner in another namespace is another owner', () => {
  const pod = podOf(goodSpec(), { namespace: 'other', name: 'web-5d4f-x', ...ownedBy('ReplicaSet', 'web-5d4f') });
  expect(namesOf([deploymentOf(goodSpec()), pod])).toEqual(['Deployment web', 'ReplicaSet web-5d4f']);
});

test('a pod of a node, and one whose owner does not control it, stand for themselves', () => {
  const ofNode = podOf(goodSpec(), { name: 'static', ...ownedBy('Node', 'node-1', 'v1') });
  const loose = podOf(goodSpec(), { name: 'loose', ownerReferences: [{ kind: 'ConfigMap', name: 'x' }] });
  expect(namesOf([ofNode, loose])).toEqual(['Pod static', 'Pod loose']);
});

test('an owner of the same kind and name in another API group is another owner', () => {
  const job = { ...deploymentOf(goodSpec()), apiVersion: 'batch/v1', kind: 'Job' };
  const pod = podOf(goodSpec(), ownedBy('Job', 'web', 'batch.volcano.sh/v1alpha1'));
  expect(podSecurityOf([job, pod]).map(({ object }) => object.apiVersion)).toEqual([
    'batch/v1',
    'batch.volcano.sh/v1alpha1',
  ]);
});

test('pods of an owner of an unknown kind are reported on it, in its own API', () => {
  const pod = podOf(goodSpec({ containers: [escalating()] }), ownedBy('Rollout', 'web', 'argoproj.io/v1alpha1'));
  const finding = only([pod, { ...pod, metadata: { ...pod.metadata, name: 'web-2' } }]);
  expect(finding.object).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    namespace: 'shop',
    name: 'web',
  });
  expect(finding.problems.map(({ path }) => path)).toEqual([
    'running: spec.containers[web].securityContext.allowPrivilegeEscalation',
  ]);
  expect(finding.proposal?.handsOff).toMatch(/template is not known/);
});

test('what was put into running pods counts, and what the template already says is told once', () => {
  const template = goodSpec({ containers: [escalating()] });
  const running = goodSpec({
    containers: [escalating(), escalating('proxy')],
    ephemeralContainers: [escalating('debug')],
  });
  const pods = ['a', 'b'].map((name) => podOf(running, { name, ...ownedBy('ReplicaSet', 'web-5d4f') }));
  const { problems } = only([deploymentOf(template), ...pods]);
  expect(problems[0]!.fields.map(({ path }) => path.replace('.securityContext.allowPrivilegeEscalation', ''))).toEqual([
    'spec.template.spec.containers[web]',
    'running: spec.containers[proxy]',
    'running: spec.ephemeralContainers[debug]',
  ]);
});

test.each<[string, Given]>([
  ['ended', { status: { phase: 'Succeeded' } }],
  ['failed', { status: { phase: 'Failed' } }],
])('a pod that has %s runs nothing any more', (_, changes) => {
  expect(podSecurityOf([{ ...podOf(goodSpec({ hostPID: true })), ...changes }])).toEqual([]);
  expect(podSecurityOf([podOf(goodSpec({ hostPID: true }), { deletionTimestamp: '2026-11-24T00:00:00Z' })])).toEqual(
    [],
  );
});

test('an old revision of an unknown owner that is scaled to nothing is no finding', () => {
  const old = (replicas: number): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', ...ownedBy('Rollout', 'web', 'argoproj.io/v1alpha1') },
    spec: { replicas, template: { spec: goodSpec() } },
  });
  expect(namesOf([old(0)])).toEqual([]);
  expect(namesOf([old(1)])).toEqual(['Rollout web']);
});

test('what owns itself in a circle stands for itself', () => {
  const replicaSet = (name: string, owner: string) =>
    ({
      ...deploymentOf(goodSpec(), { name, ...ownedBy('ReplicaSet', owner) }),
      kind: 'ReplicaSet',
    }) as KubernetesObject;
  expect(namesOf([replicaSet('a', 'a')])).toEqual(['ReplicaSet a']);
  expect(namesOf([replicaSet('a', 'b'), replicaSet('b', 'c'), replicaSet('c', 'a')])).toEqual([
    'ReplicaSet a',
    'ReplicaSet b',
    'ReplicaSet c',
  ]);
});

test('of two of the same name both are judged, in whatever order they come', () => {
  const right = deploymentOf(goodSpec());
  const wrong = deploymentOf(goodSpec({ hostPID: true }));
  const broken = (...objects: KubernetesObject[]) => podSecurityOf(objects).map(({ problems }) => problems.length);
  expect(broken(right, wrong)).toEqual([0, 1]);
  expect(broken(wrong, right)).toEqual([1, 0]);
});

test('a workload cannot hide behind an owner: what it runs is judged there', () => {
  const hidden = deploymentOf(goodSpec({ hostPID: true }), { name: 'hidden', ...ownedBy('Deployment', 'web') });
  expect(brokenBy(only([deploymentOf(goodSpec()), hidden]))).toEqual(['high hostNamespaces']);
  const pod = podOf(goodSpec({ hostPID: true, replicas: 0 }), { name: 'hidden', ...ownedBy('Deployment', 'web') });
  expect(brokenBy(only([deploymentOf(goodSpec()), pod]))).toEqual(['high hostNamespaces']);
});

test('a job that is done is not judged beside what made it, and one that runs is', () => {
  const job = (status: Given) =>
    ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'report-123', namespace: 'shop', ...ownedBy('CronJob', 'report', 'batch/v1') },
      spec: { template: { spec: goodSpec({ hostPID: true }) } },
      status,
    }) as KubernetesObject;
  const maker = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'shop' },
    spec: { jobTemplate: { spec: { template: { spec: goodSpec() } } } },
  } as KubernetesObject;
  expect(brokenBy(only([maker, job({ completionTime: '2026-11-24T00:00:00Z' })]))).toEqual([]);
  expect(brokenBy(only([maker, job({ active: 1 })]))).toEqual(['high hostNamespaces']);
});

test.each<[string, Given, string[]]>([
  ['the user', { runAsUser: null }, ['low explicit-runAsUser']],
  ['the group', { runAsGroup: null }, ['low explicit-runAsGroup']],
  ['SELinux options', { seLinuxOptions: {} }, ['low explicit-seLinuxOptions']],
  ['the group of volumes that it has not', { fsGroup: null }, []],
])('a pod that does not state %s', (_, securityContext, expected) => {
  expect(brokenBy(only([podOf(goodSpec({ securityContext }))]))).toEqual(expected);
  expect(brokenBy(only([podOf(goodSpec({ os: { name: 'windows' }, securityContext }))]))).toEqual([]);
});

test.each(['runAsUser', 'runAsGroup'])('%s may be stated on each container', (key) => {
  const containers = [goodContainer({ securityContext: { [key]: 5 } }), goodContainer({ name: 'b' })];
  const { problems } = only([podOf(goodSpec({ containers, securityContext: { [key]: null } }))]);
  expect(problems.map(({ path }) => path)).toEqual([`spec.containers[b].securityContext.${key}`]);
});

test.each([
  ['persistentVolumeClaim', true],
  ['emptyDir', true],
  ['configMap', false],
  ['secret', false],
])('a pod with a volume of the kind %s has to state fsGroup: %s', (source, expected) => {
  const spec = goodSpec({ volumes: [{ name: 'a', [source]: {} }], securityContext: { fsGroup: null } });
  expect(brokenBy(only([podOf(spec)]))).toEqual(expected ? ['low explicit-fsGroup'] : []);
});

test('capabilities have to be stated at versions whose standard does not ask for them', () => {
  const spec = goodSpec({ containers: [goodContainer({ securityContext: { capabilities: {} } })] });
  expect(brokenBy(only([podOf(spec)], { version: '1.21' }))).toEqual(['low explicit-capabilities']);
  expect(brokenBy(only([podOf(spec)], { version: '1.22' }))).toEqual(['medium capabilities_restricted']);
});

test.each<[string, Given, string | undefined]>([
  ['["all"]', { drop: ['all'] }, 'is ["all"]'],
  ['["NET_RAW"]', { drop: ['NET_RAW'] }, 'is ["NET_RAW"]'],
  ['nothing', { add: ['NET_BIND_SERVICE'] }, 'is missing'],
  ['["ALL"]', { drop: ['ALL'] }, undefined],
])('a container that drops %s, where the standard of its version does not look at it', (_, capabilities, told) => {
  const spec = goodSpec({ containers: [goodContainer({ securityContext: { capabilities } })] });
  const problems = only([podOf(spec)], { version: '1.20' }).problems.map(({ path, reason }) => ({ path, reason }));
  const path = 'spec.containers[web].securityContext.capabilities.drop';
  const reason =
    `every container should drop ALL capabilities, in upper case, and name those that it adds: ${path} ${told}; ` +
    'set capabilities.drop to ["ALL"] and add what is needed';
  expect(problems).toEqual(told === undefined ? [] : [{ path, reason }]);
});

test('a volume with only a name is an empty folder in a file and refused as it is stored', () => {
  const pod = podOf(goodSpec({ volumes: [{ name: 'a' }] }));
  expect(brokenBy(only([pod], { from: 'files' }))).toEqual([]);
  expect(brokenBy(only([pod]))).toEqual(['medium restrictedVolumes']);
});

test.each(['files', 'cluster'])('on the network of its node a container port is a port of the node (%s)', (from) => {
  const spec = goodSpec({ hostNetwork: true, containers: [goodContainer({ ports: [{ containerPort: 8080 }] })] });
  expect(brokenBy(only([deploymentOf(spec)], { from }))).toEqual(['high hostNamespaces', 'high hostPorts']);
});

const namespace = (name: string, labels: Given): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: labels as Record<string, string> },
});

test.each([
  ['kube-system', {}, true],
  ['gatekeeper-system', {}, true],
  ['flux-system', {}, false],
  ['flux-system', { 'kubernetes.azure.com/managedby': 'aks' }, true],
  ['shop', { 'kubernetes.azure.com/managedby': 'aks' }, false],
  ['default', {}, false],
])('what runs in %s with the labels %j is left to AKS: %s', (name, labels, isLeft) => {
  const agent = deploymentOf(goodSpec({ hostPID: true }), { namespace: name });
  const finding = only([namespace(name, labels), agent]);
  expect(verdictOf(finding).state).toBe(isLeft ? 'notApplicable' : 'violation');
  expect(finding.proposal === undefined).toBe(isLeft);
  const [shown] = podSecurity.judge([namespace(name, labels), agent], {});
  expect(outcomeOf(shown!)).toBe(isLeft ? 'notApplicable' : 'open');
  expect(shown!.leftOut).toBe(isLeft ? `${name} is a namespace of AKS, which answers for what runs in it` : undefined);
});

test('what runs in the namespace of an extension that ARM shows is left to AKS', () => {
  const agent = deploymentOf(goodSpec({ hostPID: true }), { namespace: 'flux-system' });
  const extensions = [{ properties: { extensionType: 'microsoft.flux' } }];
  const [left] = podSecurity.judge([agent], { extensions });
  expect(outcomeOf(left!)).toBe('notApplicable');
  expect(left!.propose).toBeUndefined();
  const [open] = podSecurity.judge([agent], { extensions: [{ properties: { extensionType: 'microsoft.dapr' } }] });
  expect(outcomeOf(open!)).toBe('open');
});

test('what AKS answers for is still told for information', () => {
  const finding = only([deploymentOf(goodSpec({ hostPID: true }), { namespace: 'kube-system' })]);
  expect(finding.advice).toEqual(['for information, it does not meet hostNamespaces']);
});

test('an agent that needs its privileges is reported like any other', () => {
  const agent = { ...deploymentOf(goodSpec({ hostPID: true })), kind: 'DaemonSet' };
  expect(verdictOf(only([agent])).state).toBe('violation');
});

test('a pod that only selects nodes of Windows is judged as one of Linux, and that is said', () => {
  const spec = goodSpec({ nodeSelector: { 'kubernetes.io/os': 'windows' }, containers: [{ name: 'web' }] });
  const finding = only([deploymentOf(spec)]);
  expect(brokenBy(finding)).toEqual(['medium allowPrivilegeEscalation', 'medium capabilities_restricted']);
  expect(finding.advice.join()).toMatch(/os.name is missing although nodes of Windows are selected/);
  expect(only([deploymentOf({ ...spec, os: { name: 'windows' } })]).advice).toEqual([]);
});

test('kinds that could not be read make the cluster unknown, and what was read is judged', () => {
  const unread = new Map([
    ['CronJob', '403'],
    ['Service', '403'],
  ]);
  const findings = podSecurityOf([deploymentOf(goodSpec())], { unread });
  expect(findings.map((one) => [one.object.kind, verdictOf(one).state])).toEqual([
    ['Deployment', 'compliant'],
    ['Cluster', 'unknown'],
  ]);
  expect(findings[1]!.unknown).toEqual(['objects of the kind CronJob could not be read (403), so they are not judged']);
});

test('the version of the cluster decides, and what is no version is refused', () => {
  const spec = goodSpec({ containers: [goodContainer({ livenessProbe: { httpGet: { host: '10.0.0.1' } } })] });
  expect(podSecurity.judge([podOf(spec)], { kubernetesVersion: '1.33' })[0]!.problems).toEqual([]);
  expect(podSecurity.judge([podOf(spec)], { kubernetesVersion: '1.34' })[0]!.problems).toHaveLength(1);
  expect(() => podSecurityOf([], { version: 'newest' })).toThrow(/"newest" is not a version of Kubernetes/);
});
