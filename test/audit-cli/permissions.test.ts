import { audit, file, folderOf } from './given';
import { binding, clusterBinding, clusterRole, role } from '../kubernetes/rbac-given';

interface Grant {
  readonly namespace: string;
  readonly role: string;
  readonly bindings: readonly string[];
  readonly rules?: readonly object[];
}
interface ToldSubject {
  readonly kind: string;
  readonly name: string;
  readonly everybody?: string;
  readonly admin: readonly string[];
  readonly canBecomeAdmin: readonly string[];
  readonly risks: readonly { readonly place: string; readonly may: readonly string[] }[];
  readonly builtIn: boolean;
  readonly workloads: readonly string[];
  readonly grants: readonly Grant[];
  readonly inherits: readonly string[];
}
interface Told {
  readonly roles: readonly {
    readonly role: string;
    readonly takesOver: readonly string[];
    readonly rules: readonly object[];
  }[];
  readonly subjects: readonly ToldSubject[];
  readonly groups: readonly ToldSubject[];
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

test('what everybody has is told once, at the group, and of the others that they have it, too', () => {
  objects(
    clusterRole('r', [reading]),
    role('shop', 'own', [reading]),
    clusterBinding('all', 'r', ['Group system:serviceaccounts']),
    binding('shop', 'own', 'Role own', ['ServiceAccount shop/web', 'User jane']),
  );
  expect(told().subjects.map(({ name, grants, inherits }) => [name, grants.map((one) => one.role), inherits])).toEqual([
    ['system:serviceaccounts', ['ClusterRole r'], []],
    ['web', ['Role shop/own'], ['Group system:serviceaccounts']],
    ['jane', ['Role shop/own'], []],
  ]);
  const lines = table();
  expect(lines.slice(lines.indexOf('ServiceAccount shop/web')).slice(0, 3)).toEqual([
    'ServiceAccount shop/web',
    '  it also has what these have: Group system:serviceaccounts',
    '  in shop, by Role shop/own ← RoleBinding shop/own',
  ]);
  expect(lines.filter((line) => line.includes('ClusterRole r'))).toHaveLength(1);
});

test('whoever asks for one subject is told what its groups have, too', () => {
  objects(
    clusterRole('r', [reading]),
    role('shop', 'own', [reading]),
    clusterBinding('all', 'r', ['Group system:serviceaccounts']),
    binding('shop', 'own', 'Role own', ['ServiceAccount shop/web']),
  );
  const lines = table('--subject', 'shop/web');
  expect(lines.slice(lines.indexOf('Group system:serviceaccounts  [every ServiceAccount]'))[1]).toBe(
    '  everywhere, by ClusterRole r ← ClusterRoleBinding all',
  );
  // Nobody binds it, and still it is a ServiceAccount.
  const { subjects, groups } = told('--subject', 'ServiceAccount shop/other');
  expect(subjects.map(({ grants, inherits }) => [grants, inherits])).toEqual([[[], ['Group system:serviceaccounts']]]);
  expect(groups.flatMap(({ grants }) => grants.map((one) => one.role))).toEqual(['ClusterRole r']);
});

test('who inherits everything is administrator, and is not told the risks of others’ namespaces again', () => {
  const rbac = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create', 'bind'] }];
  objects(
    clusterRole('r', rbac),
    clusterRole('own', [reading]),
    binding('bank', 'all', 'ClusterRole r', ['Group system:authenticated']),
    clusterBinding('own', 'own', ['User jane']),
  );
  const [everybody, jane] = told().subjects;
  expect(everybody!.risks.map(({ place }) => place)).toEqual(['bank']);
  expect(jane!.risks).toEqual([]);
  objects(
    clusterRole('own', [reading]),
    clusterBinding('all', 'cluster-admin', ['Group system:authenticated']),
    clusterBinding('own', 'own', ['User jane']),
  );
  expect(told().subjects.map(({ name, admin }) => [name, admin])).toEqual([
    ['system:authenticated', ['*']],
    ['jane', ['*']],
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

test('of those who can do something everybody is one, and others are told for grants of their own', () => {
  objects(
    clusterRole('secrets', [secrets]),
    clusterRole('other', [reading]),
    clusterBinding('all', 'secrets', ['Group system:authenticated']),
    clusterBinding('own', 'secrets', ['User jane']),
    clusterBinding('other', 'other', ['User bob']),
  );
  const asked = ['--verb', 'get', '--resource', 'secrets'];
  expect(table(...asked).slice(0, 8)).toEqual([
    '3 subjects can get secrets, 1 of them only as one of everybody',
    '',
    'SUBJECT                     WHERE       VERBS  RESOURCES  THROUGH',
    'Group system:authenticated  everywhere  get    secrets    ClusterRole secrets',
    '(everybody who signs in)                                  ← ClusterRoleBinding all',
    'User jane                   everywhere  get    secrets    ClusterRole secrets',
    '                                                          ← ClusterRoleBinding own',
    '',
  ]);
  expect(told(...asked).subjects.map(({ name, grants, inherits }) => [name, grants.length, inherits])).toEqual([
    ['system:authenticated', 1, []],
    ['bob', 0, ['Group system:authenticated']],
    ['jane', 1, ['Group system:authenticated']],
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

test('a group with very many roles, and everybody in it, are told in few lines for people and all in JSON', () => {
  const names = Array.from({ length: 1_000 }, (_, at) => `r${at}`);
  const accounts = Array.from({ length: 500 }, (_, at) => `ServiceAccount shop/a${at}`);
  objects(
    ...names.map((name) => clusterRole(name, [secrets, reading])),
    ...names.map((name) => clusterBinding(name, name, ['Group system:authenticated'])),
    clusterRole('own', [{ apiGroups: core, resources: ['configmaps'], verbs: ['get'] }]),
    clusterBinding('own', 'own', accounts),
  );
  const whoCan = table('--verb', 'get', '--resource', 'secrets');
  expect(whoCan[0]).toBe('501 subjects can get secrets, 500 of them only as one of everybody');
  expect(whoCan.join(' ').replace(/ +/g, ' ')).toContain(
    'and by 995 more roles; --subject "Group system:authenticated" tells them',
  );
  expect(whoCan.length).toBeLessThan(30);
  expect(table().filter((line) => line.startsWith('ServiceAccount'))).toHaveLength(299);
  expect(table()).toContain('and 201 more; --namespace or --subject asks closer, --output json tells all');
  expect(table('--subject', 'system:authenticated').join(' ')).toContain('and 950 more;');
  const { subjects } = told();
  expect(subjects.flatMap(({ grants }) => grants)).toHaveLength(1_500);
  expect(subjects.filter(({ inherits }) => inherits.includes('Group system:authenticated'))).toHaveLength(500);
}, 60_000);

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
