import { clusterRolesOf } from '../../shared/kubernetes/cluster-roles/cluster-roles';
import type { ClusterRoleFacts } from '../../shared/kubernetes/cluster-roles/facts';
import type { Verdict } from '../../shared/core/verdict';
import { binding, clusterBinding, clusterRole, role, type GivenRule } from './rbac-given';

function verdictOf(title: string, objects: readonly unknown[], facts: ClusterRoleFacts = {}): Verdict | undefined {
  return clusterRolesOf(objects, facts).find((one) => one.title === title)?.verdict;
}

/** The worst severity and every reason of a violation; of others their state. */
function shortOf(verdict: Verdict | undefined): readonly string[] {
  if (verdict?.state !== 'violation') return [verdict?.state ?? 'missing'];
  return verdict.problems.map(({ severity, reason }) => `${severity}: ${reason}`);
}

const team = 'Group team';
const web = 'ServiceAccount app/web';
const everywhere = (rules: readonly GivenRule[], subject = team, facts: ClusterRoleFacts = {}) =>
  shortOf(verdictOf('ClusterRoleBinding b', [clusterRole('r', rules), clusterBinding('b', 'r', [subject])], facts));
const inside = (rules: readonly GivenRule[], subject = team, namespace = 'app') =>
  shortOf(
    verdictOf(`RoleBinding ${namespace}/b`, [
      role(namespace, 'r', rules),
      binding(namespace, 'b', 'Role r', [subject]),
    ]),
  );
const core = (resources: string, verbs: string): GivenRule => ({
  apiGroups: [''],
  resources: resources.split(' '),
  verbs: verbs.split(' '),
});
const rbac = (resources: string, verbs: string): GivenRule => ({
  ...core(resources, verbs),
  apiGroups: ['rbac.authorization.k8s.io'],
});

test.each<[string, GivenRule, string, string]>([
  ['reading secrets', core('secrets', 'list'), 'high', 'read secrets'],
  ['writing secrets', core('secrets', 'create'), 'high', 'write secrets'],
  ['escalating', rbac('clusterroles', 'escalate'), 'high', 'escalate'],
  ['binding', rbac('clusterroles', 'bind'), 'high', 'bind'],
  ['impersonating', core('users', 'impersonate'), 'high', 'impersonate'],
  ['constrained impersonation', core('users', 'impersonate:user-info'), 'high', 'impersonate:'],
  ['the kubelet', core('nodes/proxy', 'get'), 'high', 'nodes/proxy'],
  ['running commands', core('pods/exec', 'create'), 'high', 'exec'],
  ['issuing tokens', core('serviceaccounts/token', 'create'), 'high', 'issue tokens'],
  ['creating pods', core('pods', 'create'), 'high', 'create pods'],
  ['opening tunnels', core('pods/portforward', 'create'), 'medium', 'tunnels'],
  ['writing the status of pods', core('pods/status', 'patch'), 'low', 'status of pods'],
  [
    'approving certificates without a signer',
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
    'medium',
    'certificates',
  ],
])('a binding everywhere that grants %s is a violation', (_, rule, severity, text) => {
  const [first = '', ...more] = everywhere([rule]);
  expect(first).toMatch(
    new RegExp(`^${severity}: .*Group team may, in the whole cluster, .*${text.replace('/', '\\/')}`),
  );
  expect(more).toEqual([]);
});

test('a binding that grants nothing of it complies', () => {
  expect(everywhere([core('pods services configmaps', 'get list watch')])).toEqual(['compliant']);
  expect(inside([core('pods', 'get')])).toEqual(['compliant']);
});

test('a job inside a namespace complies, as it would not everywhere', () => {
  const job = [core('pods', 'create patch'), core('secrets', 'get'), core('pods/portforward', 'create')];
  expect(inside(job)).toEqual(['compliant']);
  expect(inside(job, team, 'kube-system')).toHaveLength(2);
  expect(everywhere(job)).toHaveLength(2);
});

test('what makes a namespace somebody else’s is a violation inside one, too', () => {
  expect(inside([rbac('roles', 'escalate')])[0]).toMatch(/^high: .*in the namespace app, .*escalate/);
  expect(inside([core('pods/exec', 'create')])[0]).toMatch(/^medium: .*run commands/);
});

test('what lies outside namespaces is no violation of a RoleBinding', () => {
  const approval = { ...core('certificatesigningrequests/approval', 'update'), apiGroups: ['certificates.k8s.io'] };
  expect(inside([approval, core('nodes/proxy', 'get'), core('users', 'impersonate:user-info')])).toEqual(['compliant']);
});

test('cluster-admin is said once, with where it holds', () => {
  expect(shortOf(verdictOf('ClusterRoleBinding b', [clusterBinding('b', 'cluster-admin', [team])]))).toEqual([
    'high: ClusterRole cluster-admin makes Group team administrator of the whole cluster; bind a role with the rules that are needed',
  ]);
  expect(shortOf(verdictOf('RoleBinding app/b', [binding('app', 'b', 'ClusterRole cluster-admin', [team])]))).toEqual([
    'high: ClusterRole cluster-admin makes Group team administrator of the namespace app; bind a role with the rules that are needed',
  ]);
});

test('a role that holds everything under another name makes administrators as well', () => {
  const all = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  expect(everywhere(all)).toEqual([
    'high: ClusterRole r makes Group team administrator of the whole cluster; list what is needed',
  ]);
});

test('wildcards are named in one sentence, beside what they grant', () => {
  const reasons = everywhere([{ apiGroups: ['example.org'], resources: ['*'], verbs: ['*'] }]);
  expect(reasons).toEqual([
    'high: ClusterRole r grants all verbs (those of later versions included), ' +
      'all resources of a group (those of later versions included); list the verbs; list the resources',
  ]);
});

test.each([
  ['callers that did not sign in', 'Group system:unauthenticated', 'did not sign in'],
  ['the anonymous user', 'User system:anonymous', 'did not sign in'],
  ['everybody who can sign in', 'Group system:authenticated', 'everybody who can sign in'],
  ['every ServiceAccount', 'Group system:serviceaccounts', 'everybody who can sign in'],
  ['system:masters', 'Group system:masters', 'system:masters'],
])('a grant to %s is of high severity, however small', (_, subject, text) => {
  const [first] = everywhere([core('pods', 'get')], subject);
  expect(first).toMatch(new RegExp(`^high: .*${text}`));
});

test('the default ServiceAccount needs a workload that has its own', () => {
  expect(everywhere([core('pods', 'get')], 'ServiceAccount app/default')[0]).toMatch(
    /^medium: .*default ServiceAccount/,
  );
});

test('a person who is named is a violation even where the rights are small', () => {
  expect(everywhere([core('pods', 'get')], 'User jane@example.org')[0]).toMatch(
    /^medium: it names User jane@example.org/,
  );
  const byObjectId = 'User 11111111-2222-3333-4444-555555555555';
  expect(everywhere([core('pods', 'get')], byObjectId)[0]).toMatch(/^low: /);
  expect(everywhere([core('pods', 'get')], 'User system:kube-proxy')).toEqual(['compliant']);
});

test('running commands by get alone matters up to Kubernetes 1.34', () => {
  const get = [core('pods/exec', 'get')];
  expect(everywhere(get, team, { kubernetesVersion: '1.34.2' })[0]).toMatch(/^high: /);
  expect(everywhere(get, team, { kubernetesVersion: '1.35.0' })[0]).toMatch(/^low: /);
  const create = [core('pods/exec', 'get create')];
  expect(everywhere(create, team, { kubernetesVersion: '1.35.0' })[0]).toMatch(/^high: /);
});

const tunnel = [core('pods/portforward', 'create')];
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'app', name: 'p' },
  spec: { serviceAccountName: 'web' },
};
const tunnelBy = (objects: readonly unknown[], facts: ClusterRoleFacts = {}, subject = web) =>
  shortOf(
    verdictOf(
      'ClusterRoleBinding b',
      [clusterRole('r', tunnel), clusterBinding('b', 'r', [subject]), ...objects],
      facts,
    ),
  )[0];

test('a token in a running pod makes it worse', () => {
  expect(tunnelBy([])).toMatch(/^medium: /);
  expect(tunnelBy([pod])).toMatch(/^high: /);
  expect(tunnelBy([{ ...pod, spec: { ...pod.spec, automountServiceAccountToken: false } }])).toMatch(/^medium: /);
});

test('a controller that somebody answers for is still shown, with low severity, who and why', () => {
  const exceptions = [{ account: 'app/web', owner: 'platform team', reason: 'it is the debugger' }];
  expect(tunnelBy([pod], { exceptions })).toMatch(/^low: .*platform team answers for it: it is the debugger/);
});

test('a known controller is one step less bad, for what it is known to need only', () => {
  expect(tunnelBy([], {}, 'ServiceAccount flux-system/kustomize-controller')).toMatch(/^low: .*Flux/);
  const kured = 'ServiceAccount ops/kured';
  expect(everywhere([core('nodes', 'patch')], kured)[0]).toMatch(/^medium: .*kured is known/);
  expect(everywhere([core('nodes', 'patch'), core('secrets', 'get')], kured)[0]).toMatch(/^high: (?!.*is known)/);
});

test('an exception for one subject excuses no other one of the binding', () => {
  const objects = [clusterRole('r', tunnel), clusterBinding('b', 'r', ['ServiceAccount kube-system/x', team])];
  expect(shortOf(verdictOf('ClusterRoleBinding b', objects))[0]).toMatch(/^medium: (?!.*managed by AKS)/);
});

test('a binding to a missing role is a violation, and unknown where the roles could not be read', () => {
  const dangling = [clusterBinding('b', 'gone', [team])];
  expect(shortOf(verdictOf('ClusterRoleBinding b', dangling))[0]).toMatch(
    /^medium: .*ClusterRole gone, which does not exist/,
  );
  const verdict = verdictOf('ClusterRoleBinding b', dangling, { unread: { ClusterRole: 'HTTP 403' } });
  expect(verdict).toEqual({ state: 'unknown', reason: 'its ClusterRole could not be read: HTTP 403' });
});

test('an object that would be refused is a violation of low severity', () => {
  const refused = { ...clusterBinding('b', 'view', []), subjects: [{ kind: 'ServiceAccount', name: 'x' }] };
  expect(shortOf(verdictOf('ClusterRoleBinding b', [refused]))).toEqual([
    'low: the API server would refuse it: subjects[0].namespace is missing; put it right, or it grants nothing',
  ]);
});

test('a role nobody has is reported when it holds wildcards, not when it is bound or its bindings are unread', () => {
  const wild = clusterRole('r', [{ apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }]);
  expect(shortOf(verdictOf('ClusterRole r', [wild]))[0]).toMatch(/^low: nothing binds it yet/);
  expect(shortOf(verdictOf('ClusterRole r', [wild, clusterBinding('b', 'r', [team])]))).toEqual(['compliant']);
  expect(shortOf(verdictOf('ClusterRole r', [wild], { unread: { RoleBinding: 'HTTP 403' } }))).toEqual(['compliant']);
});

test('a role that widens edit is as bad as what it adds', () => {
  const label = { metadata: { name: 'r', labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } } };
  expect(shortOf(verdictOf('ClusterRole r', [clusterRole('r', [core('secrets', 'get')], label)]))[0]).toMatch(
    /^high: .*read secrets/,
  );
  const own = [{ apiGroups: ['example.org'], resources: ['widgets'], verbs: ['get'] }];
  expect(shortOf(verdictOf('ClusterRole r', [clusterRole('r', own, label)]))[0]).toMatch(/^low: /);
});

const admins = clusterBinding('b', 'cluster-admin', [team]);
const readers = [clusterRole('r', [core('pods', 'get')]), clusterBinding('c', 'r', ['Group readers'])];

test.each<[string, string, readonly unknown[], ClusterRoleFacts]>([
  ['compliant', 'a group has a role of its own', [admins, ...readers], { azureRbac: false }],
  ['violation', 'only administrators are there', [admins], { azureRbac: false }],
  ['violation', 'nobody is there', [], { azureRbac: false }],
  ['violation', 'only ServiceAccounts are there', [readers[0], clusterBinding('c', 'r', [web])], { azureRbac: false }],
  [
    'violation',
    'the role of the group is missing',
    [clusterBinding('c', 'r', ['Group readers'])],
    { azureRbac: false },
  ],
  ['unknown', 'Azure decides, and nothing is known of it', [admins], { azureRbac: true }],
  ['compliant', 'Azure decides, and has narrower roles', [admins], { azureRbac: true, azureRoles: true }],
  ['violation', 'Azure decides, and has none', [admins], { azureRbac: true, azureRoles: false }],
  ['unknown', 'nothing is known of Azure', [admins], {}],
  ['unknown', 'bindings could not be read', [admins], { azureRbac: false, unread: { RoleBinding: 'HTTP 403' } }],
])('it is %s whether people have roles for their job where %s', (expected, _, objects, facts) => {
  expect(verdictOf('Cluster', objects, facts)?.state).toBe(expected);
});

test('every judgement says which object it is about', () => {
  const judged = clusterRolesOf([role('app', 'r', []), binding('app', 'b', 'Role r', [])]);
  expect(judged.map(({ path }) => path)).toEqual([
    undefined,
    'rbac.authorization.k8s.io/v1/namespaces/app/rolebindings/b',
    'rbac.authorization.k8s.io/v1/namespaces/app/roles/r',
  ]);
});

test('a name that is a path leads to no other object', () => {
  const judged = clusterRolesOf([clusterRole('a/../b', []), clusterRole('', [])]);
  expect(judged.map(({ path }) => path)).toEqual([
    undefined,
    'rbac.authorization.k8s.io/v1/clusterroles/a-..-b',
    'rbac.authorization.k8s.io/v1/clusterroles/-',
  ]);
});
