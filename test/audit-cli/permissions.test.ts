import { audit, file, folderOf } from './given';
import { binding, clusterBinding, clusterRole, role } from '../kubernetes/rbac-given';

interface Grant {
  readonly namespace: string;
  readonly role: string;
  readonly bindings: readonly string[];
  readonly by?: string;
  readonly rules?: readonly object[];
}
interface Told {
  readonly roles: readonly {
    readonly role: string;
    readonly takesOver: readonly string[];
    readonly rules: readonly object[];
  }[];
  readonly subjects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly everybody?: string;
    readonly admin: readonly string[];
    readonly canBecomeAdmin: readonly string[];
    readonly builtIn: boolean;
    readonly workloads: readonly string[];
    readonly grants: readonly Grant[];
  }[];
  readonly unresolved: readonly { readonly binding: string; readonly role: string }[];
  readonly refused: readonly { readonly title: string; readonly reason: string }[];
}

const objects = (...given: readonly object[]): string =>
  file('all.json', { apiVersion: 'v1', kind: 'List', items: given });
const table = (...args: readonly string[]): readonly string[] =>
  audit('permissions', folderOf(), ...args).out.split('\n');
const told = (...args: readonly string[]): Told =>
  JSON.parse(audit('permissions', folderOf(), '--output', 'json', ...args).out) as Told;
const named = (...args: readonly string[]) => told(...args).subjects.map(({ kind, name }) => `${kind} ${name}`);

const core = [''];
const reading = { apiGroups: core, resources: ['pods', 'services'], verbs: ['list', 'get', 'watch'] };

test('each subject is told with where it may do what, and by which role and binding', () => {
  objects(
    clusterRole('reader', [
      reading,
      { apiGroups: ['apps'], resources: ['deployments', 'deployments/scale'], verbs: ['watch', 'get', 'list'] },
      { apiGroups: core, resources: ['pods'], verbs: ['delete'] },
      { verbs: ['get'], nonResourceURLs: ['/metrics'] },
    ]),
    role('shop', 'namer', [{ apiGroups: core, resources: ['configmaps'], resourceNames: ['b', 'a'], verbs: ['get'] }]),
    clusterBinding('readers', 'reader', ['User jane', 'Group team']),
    binding('shop', 'name', 'Role namer', ['User jane']),
  );
  const { code, out, err } = audit('permissions', folderOf(), '--subject', 'jane');
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n')).toEqual([
    '1 subject, 2 bound roles, 2 bindings',
    '0 administrators of the cluster, 0 that can become one',
    '',
    'User jane',
    '  everywhere, by ClusterRole reader ← ClusterRoleBinding readers',
    '    VERBS                     RESOURCES',
    '    get, list, watch, delete  pods',
    '    get, list, watch          deployments.apps, deployments.apps/scale, services',
    '    get                       /metrics',
    '  in shop, by Role shop/namer ← RoleBinding shop/name',
    '    VERBS  RESOURCES   ONLY',
    '    get    configmaps  a, b',
    '',
    'NOTES',
    '- who belongs to a group, and what Azure RBAC grants, is not to be seen in a cluster’s objects',
    '',
  ]);
});

test('whoever is administrator comes first, then whoever can become one, then everybody, then the others', () => {
  objects(
    clusterRole('reader', [reading]),
    clusterRole('binder', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind'] }]),
    clusterBinding('a', 'reader', ['User anna', 'Group system:authenticated']),
    clusterBinding('b', 'binder', ['User bob']),
    clusterBinding('c', 'cluster-admin', ['User zoe']),
    binding('shop', 'd', 'ClusterRole cluster-admin', ['User dan']),
  );
  expect(told().subjects.map(({ name, admin, canBecomeAdmin }) => [name, admin, canBecomeAdmin])).toEqual([
    ['zoe', ['*'], []],
    ['bob', [], ['bind roles that it does not hold (bind)']],
    ['system:authenticated', [], []],
    ['anna', [], []],
    ['dan', ['shop'], []],
  ]);
  expect(table().filter((line) => /^(User|Group) /.test(line))).toEqual([
    'User zoe  [ADMIN of the cluster]',
    'User bob  [CAN BECOME ADMIN]',
    'Group system:authenticated  [everybody who signs in]',
    'User anna',
    'User dan  [ADMIN of shop]',
  ]);
  expect(table()[1]).toBe('1 administrator of the cluster, 1 that can become one');
  expect(table()).toContain('  ! can become administrator, for it may bind roles that it does not hold (bind)');
  expect(table()).toContain('    *      *.*, URL *');
});

test('members of system:masters may do everything, whatever is bound', () => {
  objects(clusterRole('r', [reading]), clusterBinding('b', 'r', ['Group system:masters']));
  expect(told().subjects[0]!.admin).toEqual(['*']);
  expect(table()).toContain('Group system:masters  [ADMIN of the cluster]');
});

test.each([
  ['system:unauthenticated', 'everybody, without signing in'],
  ['system:authenticated', 'everybody who signs in'],
  ['system:serviceaccounts', 'every ServiceAccount'],
  ['system:serviceaccounts:shop', 'every ServiceAccount of shop'],
  ['team', undefined],
])('the group %s is told as what it means', (name, everybody) => {
  objects(clusterRole('r', [reading]), clusterBinding('b', 'r', [`Group ${name}`]));
  expect(told().subjects[0]!.everybody).toBe(everybody);
});

test('what somebody has as one of everybody is told when asked for, and is in the JSON', () => {
  objects(
    clusterRole('r', [reading]),
    role('shop', 'own', [reading]),
    clusterBinding('all', 'r', ['Group system:serviceaccounts']),
    binding('shop', 'own', 'Role own', ['ServiceAccount shop/web']),
  );
  expect(told().subjects.find(({ name }) => name === 'web')!.grants).toEqual([
    { namespace: 'shop', role: 'Role shop/own', bindings: ['RoleBinding shop/own'] },
    { namespace: '*', role: 'ClusterRole r', bindings: ['ClusterRoleBinding all'], by: 'Group system:serviceaccounts' },
  ]);
  expect(table().filter((line) => line.includes('as one of'))).toEqual([]);
  expect(table('--subject', 'shop/web')).toContain(
    '  everywhere, by ClusterRole r ← ClusterRoleBinding all as one of Group system:serviceaccounts',
  );
  // Nobody binds it, and still it is a ServiceAccount.
  expect(told('--subject', 'ServiceAccount shop/other').subjects[0]!.grants.map(({ role }) => role)).toEqual([
    'ClusterRole r',
  ]);
});

test('an aggregated role has the rules that it takes over, and says from which roles', () => {
  const labels = { labels: { 'to-top': 'true' } };
  objects(
    { ...clusterRole('top', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-top': 'true' } }] } },
    { ...clusterRole('part', [reading]), metadata: { name: 'part', ...labels } },
    clusterBinding('b', 'top', ['User jane']),
  );
  expect(told().roles).toEqual([{ role: 'ClusterRole top', takesOver: ['ClusterRole part'], rules: [reading] }]);
  expect(table()).toContain('    get, list, watch  pods, services');
  expect(table()).toContain(
    '  everywhere, by ClusterRole top (with the rules of ClusterRole part) ← ClusterRoleBinding b',
  );
});

test('bindings of the same role at the same place are told together', () => {
  objects(
    clusterRole('r', [reading]),
    clusterBinding('a', 'r', ['User jane']),
    clusterBinding('b', 'r', ['User jane']),
    binding('shop', 'c', 'ClusterRole r', ['User jane']),
  );
  expect(told().subjects[0]!.grants.map(({ namespace, bindings }) => [namespace, bindings])).toEqual([
    ['*', ['ClusterRoleBinding a', 'ClusterRoleBinding b']],
    ['shop', ['RoleBinding shop/c']],
  ]);
});

const secrets = { apiGroups: core, resources: ['secrets'], verbs: ['get'] };
const several = [
  clusterRole('secrets', [secrets, reading]),
  clusterRole('apps', [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }]),
  clusterRole('one', [{ ...secrets, resourceNames: ['tls'] }]),
  clusterRole('exec', [{ apiGroups: ['*'], resources: ['*/exec'], verbs: ['create'] }]),
  clusterRole('urls', [{ verbs: ['get'], nonResourceURLs: ['/metrics/*'] }]),
  clusterBinding('secrets', 'secrets', ['User everywhere']),
  binding('shop', 'secrets', 'ClusterRole secrets', ['User shop']),
  binding('bank', 'one', 'ClusterRole one', ['User bank']),
  clusterBinding('apps', 'apps', ['User apps']),
  clusterBinding('exec', 'exec', ['User exec']),
  clusterBinding('urls', 'urls', ['User urls']),
];

test.each([
  [
    ['--verb', 'get', '--resource', 'secrets'],
    ['everywhere', 'shop', 'bank'],
  ],
  [
    ['--verb', 'get', '--resource', 'secrets', '--namespace', 'shop'],
    ['everywhere', 'shop'],
  ],
  [['--verb', 'list', '--resource', 'secrets'], []],
  [['--resource', 'deployments'], ['apps']],
  [['--resource', 'deployments.apps'], ['apps']],
  [['--resource', 'deployments.other'], []],
  [['--resource', 'things'], ['apps']],
  [['--verb', 'create', '--resource', 'pods/exec'], ['exec']],
  [
    ['--verb', 'create'],
    ['apps', 'exec'],
  ],
  [['--resource', '/metrics/a'], ['urls']],
  [['--resource', '/metrics'], []],
])('%j finds those who can', (args, names) => {
  objects(...several);
  expect(named(...args).toSorted()).toEqual(names.map((name) => `User ${name}`).toSorted());
});

test('who can do something is a table with the part of each role that lets them', () => {
  objects(...several);
  expect(table('--verb', 'get', '--resource', 'secrets')).toEqual([
    '3 subjects can get secrets',
    '',
    'SUBJECT          WHERE       VERBS  RESOURCES            THROUGH',
    'User everywhere  everywhere  get    secrets              ClusterRole secrets',
    '                                                         ← ClusterRoleBinding secrets',
    'User bank        in bank     get    secrets, only "tls"  ClusterRole one',
    '                                                         ← RoleBinding bank/one',
    'User shop        in shop     get    secrets              ClusterRole secrets',
    '                                                         ← RoleBinding shop/secrets',
    '',
    'NOTES',
    '- members of Group system:masters may do everything, whatever is bound',
    '- who belongs to a group, and what Azure RBAC grants, is not to be seen in a cluster’s objects',
    '',
  ]);
});

test('a role that is not among the objects is said, and so is what the API server refuses', () => {
  objects(
    clusterBinding('lost', 'gone', ['User jane', 'Group team']),
    role('shop', 'wrong', [{ apiGroups: core, resources: ['pods'], verbs: [] }]),
    binding('shop', 'own', 'Role missing', ['User jane']),
  );
  expect(told().unresolved.map(({ binding: title, role: wanted }) => [title, wanted])).toEqual([
    ['ClusterRoleBinding lost', 'ClusterRole gone'],
    ['RoleBinding shop/own', 'Role shop/missing'],
  ]);
  const notes = table().join(' ').replace(/ +/g, ' ');
  expect(notes).toContain(
    'what ClusterRoleBinding lost grants User jane, Group team is not known: ClusterRole gone is not among the objects',
  );
  expect(told().refused).toEqual([{ title: 'Role shop/wrong', reason: 'rules[0].verbs is missing' }]);
  expect(notes).toContain('Role shop/wrong is not counted, since the API server refuses it: rules[0].verbs is missing');
  expect(told('--subject', 'Group team').unresolved.map(({ role: wanted }) => wanted)).toEqual(['ClusterRole gone']);
});

test('what Kubernetes itself binds is left out of the table until it is asked for or changed', () => {
  const own = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
  const discovery = (subjects: readonly string[]) =>
    clusterBinding('system:discovery', 'system:discovery', subjects, own);
  const rules = clusterRole('system:discovery', [{ verbs: ['get'], nonResourceURLs: ['/api'] }]);
  objects(rules, discovery(['Group system:authenticated']));
  expect(table().filter((line) => line.startsWith('Group'))).toEqual([]);
  expect(table().join(' ')).toContain('1 subject that Kubernetes itself binds is left out');
  expect(named()).toEqual(['Group system:authenticated']);
  expect(table('--subject', 'system:authenticated')).toContain('Group system:authenticated  [everybody who signs in]');
  objects(rules, discovery(['Group system:authenticated', 'User jane']));
  expect(table()).toContain('User jane');
});

test('workloads that sign in as a ServiceAccount are named', () => {
  const template = { spec: { serviceAccountName: 'web', containers: [{ name: 'web', image: 'web' }] } };
  objects(clusterRole('r', [reading]), clusterBinding('b', 'r', ['ServiceAccount shop/web']), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { template },
  });
  expect(told().subjects[0]!.workloads).toEqual(['Deployment shop/web']);
  expect(table()).toContain('  pods sign in as it: Deployment shop/web');
});

test('of many subjects each has one line, which says how to see its rules', () => {
  const users = Array.from({ length: 41 }, (_, at) => `User u${at}`);
  objects(clusterRole('r', [reading]), clusterBinding('b', 'r', users));
  const lines = table();
  expect(lines).toContain('too many to tell each rule; --subject shows them');
  expect(lines.filter((line) => /^User u\d+ +everywhere +ClusterRole r$/.test(line))).toHaveLength(41);
});

test.each([
  ['no folder', [], /permissions needs one folder/],
  ['a graph', ['.', '--output', 'dot'], /--output is "dot"; table or json is wanted/],
  ['a folder that is not there', ['not-there'], /not-there: there is no such file or folder/],
])('%s is wrong use', (_, args, expected) => {
  const { code, out, err } = audit('permissions', ...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(expected);
});

test('a subject that no binding names is wrong use, and the like are told', () => {
  objects(clusterRole('r', [reading]), clusterBinding('b', 'r', ['User jane']));
  expect(audit('permissions', folderOf(), '--subject', 'jan')).toEqual({
    code: 1,
    out: '',
    err: 'audit: --subject is "jan", and no binding names it; there is User jane\n',
  });
});

test('the help says what each option means', () => {
  const { code, out } = audit('permissions', '--help');
  expect(code).toBe(0);
  for (const option of ['--subject', '--verb', '--resource', '--namespace', '--output']) expect(out).toContain(option);
});
