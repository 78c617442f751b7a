import { differencesOf } from '../../shared/kubernetes/permissions/conformance';
import { selects } from '../../shared/kubernetes/permissions/label-selector';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { binding, clusterBinding, clusterRole, role } from './rbac-given';

const jane = { kind: 'User', name: 'jane' } as const;
const team = { kind: 'Group', name: 'team' } as const;
const web = { kind: 'ServiceAccount', namespace: 'app', name: 'web' } as const;
const getSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const secret = { verb: 'get', group: '', resource: 'secrets' };

test('a RoleBinding grants in its namespace only, also when it refers to a ClusterRole', () => {
  const model = new Permissions([clusterRole('r', [getSecrets]), binding('app', 'b', 'ClusterRole r', ['User jane'])]);
  expect(model.can(jane, { ...secret, namespace: 'app' })).toBe(true);
  expect(model.can(jane, { ...secret, namespace: 'web' })).toBe(false);
  expect(model.can(jane, secret)).toBe(false);
  expect(model.risksOf(jane)).toEqual({ app: ['secrets-read'] });
});

test('a ClusterRoleBinding grants everywhere, and what is granted everywhere is not named for a namespace again', () => {
  const model = new Permissions([
    clusterRole('r', [getSecrets]),
    clusterBinding('b', 'r', ['Group team']),
    binding('app', 'b', 'ClusterRole r', ['Group team']),
  ]);
  expect(model.can(team, { ...secret, namespace: 'any' })).toBe(true);
  expect(model.risksOf(team)).toEqual({ '*': ['secrets-read'] });
});

test('what lies outside namespaces is not granted by a RoleBinding, except binding ClusterRoles and the own namespace', () => {
  const rules = [
    { apiGroups: [''], resources: ['nodes/proxy', 'persistentvolumes', 'namespaces', 'users'], verbs: ['*'] },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind', 'escalate'] },
  ];
  const model = new Permissions([clusterRole('r', rules), binding('app', 'b', 'ClusterRole r', ['User jane'])]);
  expect(model.risksOf(jane)).toEqual({ app: ['bind', 'namespace-relabel'] });
});

test('a risk that needs two grants may come from two roles', () => {
  const group = 'certificates.k8s.io';
  const approval = { apiGroups: [group], resources: ['certificatesigningrequests/approval'], verbs: ['update'] };
  const signers = { apiGroups: [group], resources: ['signers'], verbs: ['approve'] };
  const objects = [clusterRole('a', [approval]), clusterRole('s', [signers]), clusterBinding('a', 'a', ['User jane'])];
  expect(new Permissions(objects).risksOf(jane)).toEqual({});
  const both = new Permissions([...objects, clusterBinding('s', 's', ['User jane'])]);
  expect(both.risksOf(jane)).toEqual({ '*': ['csr-approve'] });
});

test.each([
  ['its account', 'ServiceAccount app/web', true],
  ['its user name', 'User system:serviceaccount:app:web', true],
  ['the accounts of its namespace', 'Group system:serviceaccounts:app', true],
  ['all accounts', 'Group system:serviceaccounts', true],
  ['everybody who signed in', 'Group system:authenticated', true],
  ['an account of this name elsewhere', 'ServiceAccount other/web', false],
  ['the accounts of another namespace', 'Group system:serviceaccounts:other', false],
  ['those who did not sign in', 'Group system:unauthenticated', false],
])('a ServiceAccount has what is granted to %s: %s', (_, subject, expected) => {
  const model = new Permissions([clusterRole('r', [getSecrets]), clusterBinding('b', 'r', [subject])]);
  expect(model.can(web, { ...secret, namespace: 'x' })).toBe(expected);
});

test('a user who did not sign in is not among those who did', () => {
  const model = new Permissions([
    clusterRole('r', [getSecrets]),
    clusterBinding('b', 'r', ['Group system:authenticated']),
  ]);
  expect(model.can({ kind: 'User', name: 'system:anonymous' }, secret)).toBe(false);
  expect(model.can(jane, secret)).toBe(true);
});

test('cluster-admin is there without being an object, and nobody asks about system:masters', () => {
  const model = new Permissions([clusterBinding('b', 'cluster-admin', ['User jane'])]);
  expect(model.can(jane, { verb: 'anything', group: 'any', resource: 'thing' })).toBe(true);
  expect(model.can(jane, { verb: 'get', url: '/metrics' })).toBe(true);
  expect(model.can({ kind: 'Group', name: 'system:masters' }, secret)).toBe(true);
  expect(model.can(team, secret)).toBe(false);
  expect(model.roles).toEqual([]);
});

test('a ClusterRole that is called cluster-admin counts by its rules', () => {
  const model = new Permissions([
    clusterRole('cluster-admin', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]),
    clusterBinding('b', 'cluster-admin', ['User jane']),
  ]);
  expect(model.risksOf(jane)).toEqual({});
  expect(model.bindings.map((one) => model.shapesOf(one))).toEqual([['cluster-admin-binding']]);
});

test.each([
  ['/metrics', '/metrics', true],
  ['/healthz/*', '/healthz/ready', true],
  ['/healthz/*', '/healthz', false],
  ['*', '/anything', true],
  ['/metrics', '/metrics/cadvisor', false],
])('a rule about the URL %s asked for %s says %s', (pattern, url, expected) => {
  const model = new Permissions([
    clusterRole('r', [{ nonResourceURLs: [pattern], verbs: ['get'] }]),
    clusterBinding('b', 'r', ['User jane']),
  ]);
  expect(model.can(jane, { verb: 'get', url })).toBe(expected);
  expect(model.can(jane, { verb: 'post', url })).toBe(false);
});

const taking = (...labels: readonly string[]) => ({
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'true' } })) },
});
const labelled = (name: string, label: string, more: object = {}) => ({
  ...clusterRole(name, [], more),
  metadata: { name, labels: { [label]: 'true' } },
});

test('an aggregated role has the rules of the roles that its selectors name, and of those that they take over', () => {
  const model = new Permissions([
    clusterRole('top', [], taking('to-top')),
    { ...labelled('middle', 'to-top'), ...taking('to-middle') },
    { ...labelled('leaf', 'to-middle'), rules: [getSecrets] },
    { ...labelled('other', 'to-other'), rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }] },
    clusterBinding('b', 'top', ['User jane']),
  ]);
  expect(model.risksOf(jane)).toEqual({ '*': ['secrets-read'] });
  expect(model.can(jane, secret)).toBe(true);
});

test('roles that take over each other have what both have', () => {
  const model = new Permissions([
    { ...labelled('a', 'to-b'), ...taking('to-a'), rules: [getSecrets] },
    {
      ...labelled('b', 'to-a'),
      ...taking('to-b'),
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }],
    },
    clusterBinding('b', 'a', ['User jane']),
  ]);
  expect(model.risksOf(jane)).toEqual({ '*': ['secrets-read', 'create-pods'] });
});

test.each([
  ['In', ['x', 'y'], true],
  ['In', ['y'], false],
  ['NotIn', ['y'], true],
  ['NotIn', ['x'], false],
  ['Exists', undefined, true],
  ['DoesNotExist', undefined, false],
  ['Like', ['x'], false],
])('a selector that says %s %j of a label with the value x', (operator, values, expected) => {
  const labels = new Map([['tier', 'x']]);
  expect(selects({ matchExpressions: [{ key: 'tier', operator, values }] }, labels)).toBe(expected);
});

test('a selector needs all that it says, and an empty one takes every role: cluster-admin too', () => {
  expect(selects({ matchLabels: { a: '1', b: '2' } }, new Map([['a', '1']]))).toBe(false);
  const takesAll = clusterRole('top', [], { aggregationRule: { clusterRoleSelectors: [{}] } });
  const model = new Permissions([takesAll, clusterBinding('b', 'top', ['User jane'])]);
  expect(model.can(jane, { verb: 'any', group: 'any', resource: 'any' })).toBe(true);
});

test('who can do something is told by all bindings that grant it there', () => {
  const model = new Permissions([
    clusterRole('r', [getSecrets]),
    clusterRole('pods', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    clusterBinding('b', 'r', ['Group team', 'ServiceAccount app/web']),
    binding('app', 'c', 'ClusterRole r', ['User jane', 'Group team']),
    binding('web', 'd', 'ClusterRole r', ['User john']),
    binding('app', 'e', 'ClusterRole pods', ['User joan']),
    binding('app', 'f', 'ClusterRole gone', ['User jim']),
  ]);
  expect(model.whoCan({ ...secret, namespace: 'app' })).toEqual([team, web, jane]);
  expect(model.whoCan(secret)).toEqual([team, web]);
});

test('a binding to a role that does not exist grants nothing and is named', () => {
  const model = new Permissions([
    role('other', 'r', [getSecrets]),
    binding('app', 'b', 'Role r', ['User jane']),
    clusterBinding('c', 'view', ['User jane']),
  ]);
  expect(model.dangling.map(({ title }) => title)).toEqual(['RoleBinding app/b', 'ClusterRoleBinding c']);
  expect(model.risksOf(jane)).toEqual({});
});

test.each([
  ['the pod says no', { automountServiceAccountToken: false }, {}, false],
  [
    'the pod says yes, the account no',
    { automountServiceAccountToken: true },
    { automountServiceAccountToken: false },
    true,
  ],
  ['the account says no', {}, { automountServiceAccountToken: false }, false],
  ['nobody says anything', {}, {}, true],
  [
    'the pod says no and asks for a token',
    { automountServiceAccountToken: false, volumes: [tokenVolume({})] },
    {},
    true,
  ],
  [
    'the token is for somebody else',
    { automountServiceAccountToken: false, volumes: [tokenVolume({ audience: 'api://AzureADTokenExchange' })] },
    {},
    false,
  ],
])('a workload mounts the token of its account when %s', (_, pod, account, expected) => {
  const model = new Permissions([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'app', name: 'web' }, ...account },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { namespace: 'app', name: 'nightly' },
      spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'web', ...pod } } } } },
    },
  ]);
  expect(model.tokens).toEqual([{ workload: 'CronJob app/nightly', account: web, mountsToken: expected }]);
  expect(model.mounts(web)).toBe(expected);
});

function tokenVolume(token: object) {
  return { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token', ...token } }] } };
}

test('an expectation that is wrong in each part is answered with each difference', () => {
  const objects = [
    clusterRole('r', [getSecrets]),
    clusterBinding('b', 'r', ['User jane']),
    clusterBinding('c', 'no', []),
  ];
  const right = {
    roles: { 'ClusterRole r': ['secrets-read'] },
    bindings: { 'ClusterRoleBinding b': [], 'ClusterRoleBinding c': [] },
    subjects: { 'User jane': { '*': ['secrets-read'] } },
    dangling: ['ClusterRoleBinding c -> ClusterRole no'],
  };
  expect(differencesOf(objects, right)).toEqual([]);
  expect(differencesOf(objects, { ...right, roles: { 'ClusterRole r': [] } })).toHaveLength(1);
  expect(differencesOf(objects, { ...right, roles: {} })).toHaveLength(1);
  expect(
    differencesOf(objects, { ...right, bindings: { ...right.bindings, 'ClusterRoleBinding b': ['x'] } }),
  ).toHaveLength(1);
  expect(differencesOf(objects, { ...right, subjects: { 'User jane': { app: ['secrets-read'] } } })).toHaveLength(2);
  expect(differencesOf(objects, { ...right, dangling: [] })).toHaveLength(1);
  expect(differencesOf(objects, { ...right, rejected: ['ClusterRole r'] })).toHaveLength(1);
  expect(differencesOf(objects, { ...right, pods: [{ pod: 'Pod app/web' }] })).toHaveLength(1);
});

test('what a case expects of an object that the API server refuses does not count, only that it is refused', () => {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: 'app' }];
  const objects = [
    { apiVersion, kind: 'RoleBinding', metadata: { name: 'no-role', namespace: 'app' }, subjects },
    {
      apiVersion,
      kind: 'Role',
      metadata: { name: 'urls', namespace: 'app' },
      rules: [{ nonResourceURLs: ['*'], verbs: ['*'] }],
    },
  ];
  const rejected = ['RoleBinding app/no-role: roleRef is missing', 'Role app/urls'];
  expect(differencesOf(objects, { rejected })).toEqual([]);
  const roles = { 'Role app/urls': ['nonresource-wildcard'] };
  expect(differencesOf(objects, { roles, bindings: { 'RoleBinding app/no-role': [] }, rejected })).toEqual([]);
  expect(differencesOf(objects, { dangling: ['RoleBinding app/no-role -> Role app/x'], rejected })).toEqual([]);
  expect(differencesOf(objects, { dangling: ['RoleBinding app/other -> Role app/x'], rejected })).toHaveLength(1);
  expect(differencesOf(objects, { rejected: ['Role app/urls'] })).toEqual([
    'rejected: RoleBinding app/no-role is not expected',
  ]);
});
