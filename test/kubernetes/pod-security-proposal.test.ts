import type { KubernetesObject } from '../../shared/kubernetes/object';
import { podSecurity, podSecurityOf } from '../../shared/kubernetes/pod-security';
import type { JsonObject } from '../../shared/kubernetes/pod-security/fields';
import type { Proposal } from '../../shared/kubernetes/pod-security/proposal';
import { deploymentOf, goodContainer, goodSpec, ownedBy, podOf, type Given } from './pods-given';

function proposalFor(...objects: readonly KubernetesObject[]): Proposal {
  const [finding] = podSecurityOf(objects);
  return finding!.proposal!;
}

const decided = ({ decisions }: Proposal) =>
  Object.fromEntries(decisions.map(({ path, note }) => [path.replace('spec.template.spec.', ''), note]));
const bare = (changes: Given = {}): Given => ({ name: 'web', image: 'web', ...changes });

/** What server-side apply makes of it: objects are merged, containers by name, other lists replaced. */
function applied(object: unknown, patch: unknown): unknown {
  if (Array.isArray(object) && Array.isArray(patch) && patch.some((one) => typeof one === 'object')) {
    return object.map((one: JsonObject) =>
      applied(one, patch.find((other: JsonObject) => other['name'] === one['name']) ?? {}),
    );
  }
  const isMap = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(object) || !isMap(patch)) return patch;
  const keys = [...new Set([...Object.keys(object), ...Object.keys(patch)])];
  return Object.fromEntries(keys.map((key) => [key, key in patch ? applied(object[key], patch[key]) : object[key]]));
}

test('a container that sets nothing gets what is safe, and nothing is guessed', () => {
  const proposal = proposalFor(deploymentOf({ containers: [bare()] }));
  expect(proposal.objects).toEqual([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        template: {
          spec: {
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              { name: 'web', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
            ],
          },
        },
      },
    },
  ]);
  expect(Object.keys(decided(proposal))).toEqual([
    'containers[web].securityContext.runAsNonRoot',
    'containers[web].securityContext.runAsUser',
    'containers[web].securityContext.runAsGroup',
    'containers[web].securityContext.seLinuxOptions',
  ]);
  expect(JSON.stringify(proposal.objects)).not.toMatch(/runAsUser|runAsGroup|fsGroup|runAsNonRoot|image/);
});

test('what is applied leaves open only what a person has to decide', () => {
  const workload = deploymentOf({
    initContainers: [bare({ name: 'setup', securityContext: { runAsUser: 7 } })],
    containers: [bare(), bare({ name: 'side', securityContext: { capabilities: { drop: ['all'], add: ['CHOWN'] } } })],
    volumes: [{ name: 'data', emptyDir: {} }],
  });
  const { objects, decisions } = proposalFor(workload);
  const [after] = podSecurityOf([applied(workload, objects[0]) as KubernetesObject]);
  const open = after!.problems.flatMap(({ fields }) => fields.map(({ path }) => path));
  expect(open.toSorted()).toEqual(decisions.map(({ path }) => path).toSorted());
  expect(after!.proposal!.objects).toEqual([]);
});

test('only what is wrong is in the patch: right containers and right fields are left out', () => {
  const spec = goodSpec({
    containers: [goodContainer(), goodContainer({ name: 'b', securityContext: { capabilities: { drop: ['all'] } } })],
  });
  const [patch] = proposalFor(deploymentOf(spec)).objects;
  expect(patch!['spec']).toEqual({
    template: { spec: { containers: [{ name: 'b', securityContext: { capabilities: { drop: ['ALL'] } } }] } },
  });
});

test('a user that is stated makes it safe to refuse root: for the pod when for all, else for that container', () => {
  const stated = (name: string, user: number | null) => goodContainer({ name, securityContext: { runAsUser: user } });
  const spec = (...containers: Given[]) =>
    goodSpec({ containers, securityContext: { runAsNonRoot: null, runAsUser: null } });
  const [forAll] = proposalFor(deploymentOf(spec(stated('a', 5), stated('b', 6)))).objects;
  expect(forAll!['spec']).toEqual({ template: { spec: { securityContext: { runAsNonRoot: true } } } });
  const one = proposalFor(deploymentOf(spec(stated('a', 5), stated('b', null))));
  expect(one.objects[0]!['spec']).toEqual({
    template: { spec: { containers: [{ name: 'a', securityContext: { runAsNonRoot: true } }] } },
  });
  expect(decided(one)['containers[b].securityContext.runAsNonRoot']).toMatch(/user of the image is not known/);
});

test.each<[string, Given, string, RegExp]>([
  ['user 0', { runAsUser: 0, runAsNonRoot: null }, 'runAsNonRoot', /runs as user 0/],
  ['root on purpose', { runAsNonRoot: false }, 'runAsNonRoot', /false on purpose/],
  ['escalation on purpose', { allowPrivilegeEscalation: true }, 'allowPrivilegeEscalation', /on purpose/],
  ['privileges', { privileged: true, allowPrivilegeEscalation: null }, 'allowPrivilegeEscalation', /beside privileged/],
  [
    'administration of the system',
    { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] }, allowPrivilegeEscalation: null },
    'allowPrivilegeEscalation',
    /beside privileged or SYS_ADMIN/,
  ],
  ['a capability', { capabilities: { drop: ['ALL'], add: ['CHOWN'] } }, 'capabilities.add', /adds CHOWN/],
  ['a profile of its own', { seccompProfile: { type: 'Unconfined' } }, 'seccompProfile.type', /RuntimeDefault/],
  ['an unmasked /proc', { procMount: 'Unmasked' }, 'procMount', /remove procMount/],
])('a container with %s is left to a person', (_, securityContext, field, note) => {
  const spec = goodSpec({ containers: [goodContainer({ securityContext })], securityContext: { runAsNonRoot: null } });
  const proposal = proposalFor(deploymentOf(spec));
  expect(decided(proposal)[`containers[web].securityContext.${field}`]).toMatch(note);
  expect(JSON.stringify(proposal.objects)).not.toContain(field.split('.')[0]);
});

test.each<[string, Given]>([
  ['listens below 1024', { ports: [{ containerPort: 80 }] }],
  ['adds NET_BIND_SERVICE', { securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }],
])('escalation of a process that %s and is not root is left to a person', (_, changes) => {
  const { securityContext = {}, ...rest } = changes;
  const unset = goodContainer({
    ...rest,
    securityContext: { ...(securityContext as Given), allowPrivilegeEscalation: null },
  });
  const proposal = proposalFor(deploymentOf(goodSpec({ containers: [unset] })));
  expect(proposal.objects).toEqual([]);
  expect(decided(proposal)['containers[web].securityContext.allowPrivilegeEscalation']).toMatch(/below 1024/);
});

test.each<[string, KubernetesObject, RegExp]>([
  [
    'an agent of the nodes',
    { ...deploymentOf({ hostPID: true, containers: [bare()] }), kind: 'DaemonSet' },
    /agent of the nodes/,
  ],
  [
    'a driver that mounts folders of the node',
    {
      ...deploymentOf({ volumes: [{ name: 'a', hostPath: { path: '/' } }], containers: [bare()] }),
      kind: 'DaemonSet',
    },
    /agent of the nodes/,
  ],
  [
    'a hook of a chart',
    deploymentOf({ containers: [bare()] }, { annotations: { 'helm.sh/hook': 'pre-install' } }),
    /Helm chart/,
  ],
  ['a workload of Windows', deploymentOf({ os: { name: 'windows' }, containers: [bare()] }), /for Windows/],
  [
    'a workload that only selects Windows',
    deploymentOf({ nodeSelector: { 'kubernetes.io/os': 'windows' }, containers: [bare()] }),
    /for Windows/,
  ],
  ['a template that is refused', deploymentOf({ hostUsers: 'no', containers: [bare()] }), /refuses the template/],
  ['a pod without a name', { ...podOf({ containers: [bare()] }), metadata: { generateName: 'web-' } }, /no name/],
  ['a container without a name', deploymentOf({ containers: [{ image: 'x' }] }), /need a name each/],
  ['two containers of one name', deploymentOf({ containers: [bare(), bare()] }), /need a name each/],
])('%s gets no patch', (_, object, why) => {
  const proposal = proposalFor(object);
  expect(proposal.objects).toEqual([]);
  expect(proposal.handsOff).toMatch(why);
  expect(proposal.decisions.length).toBeGreaterThan(0);
});

test('a sidecar that was put into the pods is no part of the patch', () => {
  const running = { containers: [bare(), bare({ name: 'proxy' })] };
  const pod = podOf(running, { name: 'web-1-x', ...ownedBy('ReplicaSet', 'web-1') });
  const proposal = proposalFor(deploymentOf({ containers: [bare()] }), pod);
  expect(JSON.stringify(proposal.objects)).not.toContain('proxy');
});

test('what only an older revision that still runs has is no part of the patch', () => {
  const escalates = goodSpec({ containers: [goodContainer({ securityContext: { allowPrivilegeEscalation: null } })] });
  const old = { ...deploymentOf(escalates, { name: 'web-1', ...ownedBy('Deployment', 'web') }), kind: 'ReplicaSet' };
  expect(proposalFor(deploymentOf(goodSpec()), old).objects).toEqual([]);
});

test.each([
  ['CronJob', (spec: Given) => ({ jobTemplate: { spec: { template: { spec } } } })],
  ['Job', (spec: Given) => ({ template: { spec } })],
] as const)('the patch of a %s has its template in its place', (kind, wrap) => {
  const spec = goodSpec({ securityContext: { seccompProfile: null } });
  const object = { apiVersion: 'batch/v1', kind, metadata: { name: 'web' }, spec: wrap(spec) } as KubernetesObject;
  expect(proposalFor(object).objects).toEqual([
    {
      apiVersion: 'batch/v1',
      kind,
      metadata: { name: 'web' },
      spec: wrap({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
    },
  ]);
});

describe('an annotation that asks for a seccomp profile', () => {
  const annotated = (profile: string) => {
    const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': profile };
    const template = { metadata: { annotations }, spec: { containers: [bare()] } };
    return proposalFor({ ...deploymentOf({}), spec: { template } });
  };

  test.each(['unconfined', 'localhost/own.json'])(
    'as %s is left to a person: the field would contradict it',
    (profile) => {
      const proposal = annotated(profile);
      expect(JSON.stringify(proposal.objects)).not.toContain('seccompProfile');
      expect(Object.values(decided(proposal))).toContain(
        `remove the annotation seccomp.security.alpha.kubernetes.io/pod first: it says ${profile} on purpose`,
      );
    },
  );

  test.each(['runtime/default', 'docker/default'])('as %s agrees with the field', (profile) => {
    expect(JSON.stringify(annotated(profile).objects)).toContain('"seccompProfile":{"type":"RuntimeDefault"}');
  });
});

test('what cannot be changed while it exists, and what GitOps applies, is said', () => {
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps' };
  expect(proposalFor(podOf({ containers: [bare()] }, { labels })).effects.slice(-2)).toEqual([
    'apps is applied by GitOps: make the change in its repository, or it is undone',
    'a Pod cannot be changed while it exists: delete it and create it with the change',
  ]);
  expect(proposalFor(deploymentOf({ containers: [bare()] })).effects.join()).not.toMatch(/GitOps|while it exists/);
});

test('in the shared form the decisions follow the effects', () => {
  const [finding] = podSecurity.judge([deploymentOf({ containers: [bare()] })], {});
  expect(finding!.propose!()!.effects.filter((text) => text.startsWith('left to a person: '))).toHaveLength(4);
});
