import fc from 'fast-check';
import { clusterRolesOf } from '../../shared/kubernetes/cluster-roles/cluster-roles';
import { proposalFor } from '../../shared/kubernetes/cluster-roles/proposal';
import { differencesOf } from '../../shared/kubernetes/permissions/conformance';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { clusterBinding, clusterRole } from './rbac-given';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const getSecrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const jane = { kind: 'User', name: 'jane' } as const;

const refusedRole = (more: object, kind = 'ClusterRole') =>
  new Permissions([{ apiVersion, kind, metadata: { name: 'r' }, ...more }]).roles.flatMap(
    ({ complaints }) => complaints,
  );

test.each([
  ['rules that are no list', { rules: 'all' }, 'rules has to be a list'],
  ['a rule that is no object', { rules: [7] }, 'rules[0] has to be an object'],
  ['verbs that are a text', { rules: [{ ...getSecrets, verbs: 'get' }] }, 'rules[0].verbs has to be a list'],
  ['a number among the verbs', { rules: [{ ...getSecrets, verbs: ['get', 7] }] }, 'rules[0].verbs[1] has to be a text'],
  ['no verbs', { rules: [{ ...getSecrets, verbs: [] }] }, 'rules[0].verbs is missing'],
  ['no groups', { rules: [{ resources: ['pods'], verbs: ['get'] }] }, 'rules[0].apiGroups is missing'],
  ['no resources', { rules: [{ apiGroups: [''], verbs: ['get'] }] }, 'rules[0].resources is missing'],
  [
    'resources and URLs in one rule',
    { rules: [{ ...getSecrets, nonResourceURLs: ['/metrics'] }] },
    'rules[0] mixes resources and nonResourceURLs',
  ],
  ['a name that is a path', { metadata: { name: 'a/b' } }, 'metadata.name may not be a path'],
  ['no name', { metadata: {} }, 'metadata.name is missing'],
  ['a number as name', { metadata: { name: 7 } }, 'metadata.name has to be a text'],
  [
    'a label that is a number',
    { metadata: { name: 'r', labels: { a: 1 } } },
    'metadata.labels: every value has to be a text',
  ],
  ['an aggregation without selectors', { aggregationRule: {} }, 'aggregationRule.clusterRoleSelectors is missing'],
])('a ClusterRole with %s is refused as the API server refuses it', (_, more, complaint) => {
  expect(refusedRole(more)).toEqual([complaint]);
});

test('a Role may not speak of URLs, and a role without rules is none to refuse', () => {
  const urls = { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] };
  expect(refusedRole(urls, 'Role')).toEqual(['rules[0].nonResourceURLs is not allowed in a Role']);
  expect(refusedRole(urls)).toEqual([]);
  expect(refusedRole({ rules: null })).toEqual([]);
});

const refusedBinding = (more: object, kind = 'ClusterRoleBinding') => {
  const object = { ...clusterBinding('b', 'r', ['User jane']), kind, ...more };
  return new Permissions([object]).bindings.flatMap(({ complaints }) => complaints);
};

test.each([
  ['a role that is no ClusterRole', { roleRef: { kind: 'Role', name: 'r' } }, 'roleRef.kind has to be ClusterRole'],
  ['no role', { roleRef: { kind: 'ClusterRole' } }, 'roleRef.name has to be the name of a role'],
  ['subjects that are no list', { subjects: {} }, 'subjects has to be a list'],
  [
    'a subject of an unknown kind',
    { subjects: [{ kind: 'Robot', name: 'x' }] },
    'subjects[0].kind has to be User, Group or ServiceAccount',
  ],
  [
    'an account without a namespace',
    { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    'subjects[0].namespace is missing',
  ],
  ['a subject without a name', { subjects: [{ kind: 'User' }] }, 'subjects[0].name is missing'],
  [
    'an account with the group of users',
    { subjects: [{ kind: 'ServiceAccount', namespace: 'a', name: 'x', apiGroup: 'rbac.authorization.k8s.io' }] },
    'subjects[0].apiGroup of a ServiceAccount has to be empty',
  ],
])('a binding with %s is refused as the API server refuses it, and grants nothing', (_, more, complaint) => {
  expect(refusedBinding(more)).toEqual([complaint]);
  const model = new Permissions([
    clusterRole('r', [getSecrets]),
    { ...clusterBinding('b', 'r', ['User jane']), ...more },
  ]);
  expect(model.risksOf(jane)).toEqual({});
});

test('a ServiceAccount without a namespace is of the RoleBinding’s own, and of no other', () => {
  const subjects = [{ kind: 'ServiceAccount', name: 'web' }];
  const inApp = {
    ...clusterBinding('b', 'r', []),
    kind: 'RoleBinding',
    metadata: { name: 'b', namespace: 'app' },
    subjects,
  };
  const model = new Permissions([clusterRole('r', [getSecrets]), inApp]);
  expect(model.bindings[0]?.complaints).toEqual([]);
  const risksIn = (namespace: string) => model.risksOf({ kind: 'ServiceAccount', namespace, name: 'web' });
  expect(risksIn('app')).toEqual({ app: ['secrets-read'] });
  expect(risksIn('other')).toEqual({});
});

test('a User needs no group to be named, and a binding no subjects', () => {
  expect(refusedBinding({ subjects: [{ kind: 'User', name: 'jane' }] })).toEqual([]);
  expect(refusedBinding({ subjects: undefined })).toEqual([]);
});

test('objects of other groups and kinds, lists and what is no object do not disturb', () => {
  const model = new Permissions([
    null,
    7,
    'text',
    [],
    { kind: 'ClusterRole', metadata: { name: 'no-version' } },
    { apiVersion: 'authorization.openshift.io/v1', kind: 'ClusterRole', metadata: { name: 'other' } },
    {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'List', items: [clusterRole('r', [getSecrets])] }],
    },
    { apiVersion, kind: 'ClusterRoleBindingList', items: [clusterBinding('b', 'r', ['User jane'])] },
  ]);
  expect(model.roles.map(({ title }) => title)).toEqual(['ClusterRole r']);
  expect(model.risksOf(jane)).toEqual({ '*': ['secrets-read'] });
});

test('names that every object has by itself are names like any other', () => {
  const model = new Permissions([
    clusterRole('constructor', [getSecrets]),
    clusterBinding('__proto__', 'constructor', ['User __proto__', 'User toString']),
  ]);
  expect(model.risksOf({ kind: 'User', name: 'toString' })).toEqual({ '*': ['secrets-read'] });
  expect(clusterRolesOf([{ apiVersion, kind: 'toString', metadata: { name: 'x' } }])).toHaveLength(1);
});

test('whatever the fields hold, it is judged and nothing breaks', () => {
  const kinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ServiceAccount', 'Pod', 'CronJob'];
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.array(fc.jsonValue({ maxDepth: 2 })));
  const object = fc.record(
    {
      apiVersion: fc.constantFrom(apiVersion, 'v1'),
      kind: fc.constantFrom(...kinds),
      metadata: fc.oneof(junk, fc.record({ name: junk, namespace: junk, labels: junk, annotations: junk })),
      rules: fc.oneof(
        junk,
        fc.array(fc.record({ verbs: junk, apiGroups: junk, resources: junk, nonResourceURLs: junk })),
      ),
      aggregationRule: fc.oneof(
        junk,
        fc.record({
          clusterRoleSelectors: fc.array(fc.oneof(junk, fc.record({ matchLabels: junk, matchExpressions: junk }))),
        }),
      ),
      roleRef: fc.oneof(junk, fc.record({ kind: junk, name: junk, apiGroup: junk })),
      subjects: fc.oneof(junk, fc.array(fc.record({ kind: junk, name: junk, namespace: junk, apiGroup: junk }))),
      spec: fc.oneof(junk, fc.record({ serviceAccountName: junk, volumes: junk, template: junk, jobTemplate: junk })),
    },
    { requiredKeys: ['apiVersion', 'kind'] },
  );
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), (objects) => {
      const judged = clusterRolesOf(objects);
      expect(judged.every(({ verdict }) => verdict.state !== 'exempt')).toBe(true);
      for (const { title } of judged) proposalFor(objects, title);
      differencesOf(objects, objects[0]);
    }),
    { numRuns: 300 },
  );
});

const secondsOf = (work: () => unknown): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
};

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

test('5,000 roles and bindings are judged within three seconds', () => {
  const objects = numbers(5000).flatMap((index) => [
    clusterRole(`r${index}`, [getSecrets, { apiGroups: ['*'], resources: ['*'], verbs: ['get'] }]),
    clusterBinding(`b${index}`, `r${index}`, [
      `User u${index}`,
      'ServiceAccount app/web',
      'Group system:authenticated',
    ]),
  ]);
  const seconds = secondsOf(() => expect(clusterRolesOf(objects)).toHaveLength(10_001));
  console.log(`5,000 roles and bindings: ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThan(3);
});

test('5,000 roles in a circle that all take over the next one are judged within six seconds', () => {
  const objects = numbers(5000).flatMap((index) => [
    {
      ...clusterRole(`r${index}`, [getSecrets]),
      metadata: { name: `r${index}`, labels: { [`to-${(index + 4999) % 5000}`]: 'true' } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`to-${index}`]: 'true' } }] },
    },
    clusterBinding(`b${index}`, `r${index}`, [`User u${index}`]),
  ]);
  const seconds = secondsOf(() => expect(clusterRolesOf(objects)).toHaveLength(10_001));
  console.log(`a circle of 5,000 aggregated roles: ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThan(6);
});

test('5,000 roles that all take over each other are judged within six seconds', () => {
  const objects = numbers(5000).flatMap((index) => [
    {
      ...clusterRole(`r${index}`, [getSecrets]),
      metadata: { name: `r${index}`, labels: { all: 'true' } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { all: 'true' } }] },
    },
    clusterBinding(`b${index}`, `r${index}`, [`User u${index}`]),
  ]);
  const seconds = secondsOf(() => expect(clusterRolesOf(objects)).toHaveLength(10_001));
  console.log(`5,000 roles that take over each other: ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThan(6);
});

test('a list of 300,000 objects is read', () => {
  const items = numbers(300_000).map((index) => ({ apiVersion: 'v1', kind: 'Event', metadata: { name: `e${index}` } }));
  const model = new Permissions([{ kind: 'EventList', items: [...items, clusterRole('r', [getSecrets])] }]);
  expect(model.roles).toHaveLength(1);
});
