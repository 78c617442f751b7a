import { clusterRoles } from '../../shared/controls/cluster-roles';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import type { Resource } from '../../shared/core/resource';
import { resource } from '../given';
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

describe('where Azure RBAC decides about people', () => {
  const subscriptionId = clusterId.slice(0, clusterId.indexOf('/resourceGroups'));
  const [reader, admin] = ['7f6c6a51-bcf8-42ba-9220-52d62157d7db', '3498e952-d568-435e-9b2c-8d77e338d7f7'];
  const custom = '0c0ffee0-0000-4000-8000-000000000009';
  const assigned = (role: string, scope: string, changed: object = {}): Resource =>
    resource(`${scope}/providers/Microsoft.Authorization/roleAssignments/6d1c5a3e-0000-4000-8000-000000000001`, {
      properties: {
        roleDefinitionId: `${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId: team,
        principalType: 'Group',
        scope,
        condition: null,
        ...changed,
      },
    });
  const defined = (...dataActions: readonly string[]): Resource =>
    resource(`${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${custom}`, {
      properties: {
        roleName: 'Shop deployers',
        type: 'CustomRole',
        permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }],
      },
    });
  const people = (resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}) =>
    told(judgedIn(clusterRoles, [], { resources, unread }))['cluster'];
  const data = 'Microsoft.ContainerService/managedClusters';

  test.each<[string, readonly Resource[]]>([
    ['reads in the cluster', [assigned(reader, clusterId)]],
    ['reads in its resource group', [assigned(reader, clusterId.split('/providers/')[0]!)]],
    [
      'reads in a namespace, in other case',
      [assigned(reader.toUpperCase(), `${clusterId.toUpperCase()}/namespaces/shop`)],
    ],
    ['administers a namespace', [assigned(admin, `${clusterId}/namespaces/shop`)]],
    [
      'has a role of its own with rights in clusters',
      [assigned(custom, clusterId), defined(`${data}/apps/deployments/read`)],
    ],
    ['has a role of its own that reads everything', [assigned(custom, clusterId), defined('*/read')]],
  ])('a group that %s is one with a narrower role', (_, resources) => {
    expect(people(resources)).toBe('compliant: People have roles of their own');
  });

  test.each<[string, readonly Resource[]]>([
    ['no assignment', []],
    ['administrators alone', [assigned(admin, clusterId)]],
    ['a service principal with a role', [assigned(reader, clusterId, { principalType: 'ServicePrincipal' })]],
    ['a principal whose type is missing', [assigned(reader, clusterId, { principalType: undefined })]],
    ['a role at another cluster whose name begins the same', [assigned(reader, `${clusterId}-2`)]],
    ['a role without rights in clusters', [assigned(custom, subscriptionId), defined('Microsoft.Storage/*')]],
    ['a role of everything', [assigned(custom, clusterId), defined(`${data}/*`)]],
    ['a role that is gone', [assigned(custom, clusterId)]],
    ['an assignment without properties', [{ ...assigned(reader, clusterId), properties: null }]],
  ])('%s is no role for people, and the reason says what to assign', (_, resources) => {
    expect(people(resources)).toMatch(
      /^violation, medium: .*no role assignment of Azure gives them less; assign a role/,
    );
  });

  test('what cannot be read is unknown with its reason, while the rest of the cluster is judged', () => {
    const list = { [`${subscriptionId}|Microsoft.Authorization/roleAssignments`]: 'AuthorizationFailed' };
    expect(people([], list)).toMatch(/^unknown: .*could not be read: role assignments: AuthorizationFailed/);
    const unread = { [defined().id]: 'AuthorizationFailed' };
    expect(people([assigned(custom, clusterId)], unread)).toMatch(
      /^unknown: .*role definition .*: AuthorizationFailed/,
    );
    const admins = clusterBinding('admins', 'cluster-admin', [`Group ${team}`]);
    expect(judgedIn(clusterRoles, objects(admins), { unread: list }).verdict.state).toBe('violation');
  });

  test('a role that is known to be narrower is enough, whatever of the others is not read', () => {
    const others = [assigned(reader, clusterId), assigned(custom, clusterId)];
    expect(people(others, { [defined().id]: 'AuthorizationFailed' })).toMatch(/^compliant/);
  });

  test('the roles of its subscription are looked up, and an event on one wakes it', () => {
    expect(clusterRoles.reads).toEqual([
      'Microsoft.Authorization/roleAssignments',
      'Microsoft.Authorization/roleDefinitions',
      'Microsoft.KubernetesConfiguration/extensions',
    ]);
    const list = { [`${subscriptionId}|Microsoft.Authorization/roleAssignments`]: 'AuthorizationFailed' };
    expect(told(judgedIn(clusterRoles, [], { subject, unread: list }))['cluster']).toMatch(/^violation/);
  });
});
