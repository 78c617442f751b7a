import { clusterRoles } from '../../shared/controls/cluster-roles';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { binding, clusterBinding, clusterRole, role } from '../kubernetes/rbac-given';
import { broken, clusterHaving, clusterId, judgedIn, neverGuesses, told, wrongValues } from './in-cluster-given';

const objects = (...some: readonly object[]): readonly KubernetesObject[] => some as readonly KubernetesObject[];
/** A cluster that goes by its own bindings, so that all rights are to be seen in it. */
const subject = clusterHaving({ aadProfile: { managed: true, enableAzureRBAC: false } });
const of = (...some: readonly object[]) => told(judgedIn(clusterRoles, objects(...some), { subject }));

const reading = role('shop', 'reader', [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }]);
const team = 'c0ffee00-0000-4000-8000-000000000002';
const forTeam = binding('shop', 'team-reads', 'Role reader', [`Group ${team}`]);
const good = objects(reading, forTeam);

const rbac = 'rbac.authorization.k8s.io/v1';
const boundIn = (name: string): string => `${rbac}/namespaces/shop/rolebindings/${name}`;

neverGuesses(clusterRoles, good, subject);

test('a group with a role for its job is compliant, and so are the role and the cluster', () => {
  const judgement = judgedIn(clusterRoles, good, { subject });
  expect(judgement.verdict).toEqual({ state: 'compliant', reason: '3 of 3 met' });
  expect(Object.keys(told(judgement)).toSorted()).toEqual([
    'cluster',
    boundIn('team-reads'),
    `${rbac}/namespaces/shop/roles/reader`,
  ]);
});

test('a group that is bound to cluster-admin is a serious violation, under the id of the binding', () => {
  const admins = clusterBinding('developers-are-admins', 'cluster-admin', [`Group ${team}`]);
  const { verdict, aspects = [] } = judgedIn(clusterRoles, [...good, ...objects(admins)], { subject });
  expect(verdict).toMatchObject({ state: 'violation', problems: [{ severity: 'high' }] });
  expect(aspects.find(({ verdict: { state } }) => state === 'violation')?.subject).toBe(
    `${clusterId}/kubernetes/${rbac}/clusterrolebindings/developers-are-admins`,
  );
});

test.each([
  ['reads every secret', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }]],
  ['may do everything', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]],
  ['runs commands in containers', [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }]],
  [
    'takes other roles by escalate',
    [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['escalate'] }],
  ],
  ['impersonates others', [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }]],
  ['asks nodes directly', [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get', 'create'] }]],
])('a group whose role %s is a violation, and with another verb or resource it is none', (_, rules) => {
  const place = `${rbac}/clusterrolebindings/ops`;
  const bound = clusterBinding('ops', 'ops', [`Group ${team}`]);
  expect(of(clusterRole('ops', rules), bound)[place]).toMatch(/^violation/);
  expect(of(clusterRole('ops', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]), bound)[place]).toMatch(
    /^compliant/,
  );
});

test('everybody who is signed in, or nobody, with rights is worse than a team', () => {
  const bound = (group: string) =>
    of(reading, binding('shop', 'open', 'Role reader', [`Group ${group}`]))[boundIn('open')];
  expect(bound('system:authenticated')).toMatch(/^violation/);
  expect(bound('system:unauthenticated')).toMatch(/^violation/);
  expect(bound(team)).toMatch(/^compliant/);
});

test('a person who is bound by name is a violation', () => {
  expect(of(reading, binding('shop', 'jane', 'Role reader', ['User jane@example.com']))[boundIn('jane')]).toMatch(
    /^violation, medium: it names User jane@example\.com and no group/,
  );
});

test('a binding to a role that does not exist is a violation', () => {
  expect(of(binding('shop', 'team-reads', 'Role reader', [`Group ${team}`]))[boundIn('team-reads')]).toMatch(
    /^violation, medium: it refers to .*reader, which does not exist/,
  );
});

test('what Kubernetes makes for itself is left out, and a change to it is not', () => {
  const metadata = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
  const place = `${rbac}/clusterrolebindings/cluster-admin`;
  expect(
    of(clusterBinding('cluster-admin', 'cluster-admin', ['Group system:masters'], metadata))[place],
  ).toBeUndefined();
  const changed = clusterBinding('cluster-admin', 'cluster-admin', ['Group system:masters', 'User eve'], metadata);
  expect(of(changed)[place]).toMatch(/^violation, high: .*it also names User eve/);
});

test('AKS’s binding of administrators is judged by local accounts', () => {
  const admins = objects(clusterBinding('aks-cluster-admin-binding', 'cluster-admin', ['User clusterAdmin']), ...good);
  const place = `${rbac}/clusterrolebindings/aks-cluster-admin-binding`;
  const verdictOf = (disableLocalAccounts: boolean) =>
    told(judgedIn(clusterRoles, admins, { subject: clusterHaving({ disableLocalAccounts }) }))[place];
  expect(verdictOf(false)).toMatch(/^violation, high: .*local accounts are on/);
  expect(verdictOf(true)).toMatch(/^compliant/);
});

test('people without roles of their own are a violation of the cluster, where it decides about them', () => {
  const { aspects = [] } = judgedIn(clusterRoles, [], { subject });
  expect(of()['cluster']).toMatch(/^violation, medium: people have no roles for their job in this cluster/);
  expect(aspects).toMatchObject([{ key: clusterId }]);
  expect(aspects[0]).not.toHaveProperty('subject');
});

test.each(wrongValues)('a binding whose subjects are %s makes no people', (_, subjects) => {
  const odd = broken(forTeam as KubernetesObject, 'subjects', subjects);
  expect(of(reading, odd)['cluster']).toMatch(/^violation/);
});

test.each(wrongValues)('a binding whose role is %s is never compliant', (_, roleRef) => {
  const odd = broken(forTeam as KubernetesObject, 'roleRef', roleRef);
  expect(of(reading, odd)[boundIn('team-reads')]).toMatch(/^violation/);
});
