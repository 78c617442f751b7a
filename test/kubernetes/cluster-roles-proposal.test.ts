import fc from 'fast-check';
import { clusterRolesOf } from '../../shared/kubernetes/cluster-roles/cluster-roles';
import { duties, jobs, type JobId } from '../../shared/kubernetes/cluster-roles/duties';
import { jobRoles } from '../../shared/kubernetes/cluster-roles/job-roles';
import { proposalFor, type ProposalBasis } from '../../shared/kubernetes/cluster-roles/proposal';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import type { ResourceRequest } from '../../shared/kubernetes/permissions/rule';
import { binding, clusterBinding, clusterRole, role, type GivenRule } from './rbac-given';

const web = { kind: 'ServiceAccount', namespace: 'app', name: 'web' } as const;
const title = 'ClusterRoleBinding b';
const admin = [clusterBinding('b', 'cluster-admin', ['ServiceAccount app/web'])];
const peopleAdmin = [clusterBinding('b', 'cluster-admin', ['Group team'])];

function proposedFor(objects: readonly unknown[], of: string, basis: ProposalBasis = {}): readonly KubernetesObject[] {
  const proposal = proposalFor(objects, of, basis);
  if ('none' in proposal) throw new Error(proposal.none);
  return proposal.objects;
}

const noneFor = (objects: readonly unknown[], of: string, basis: ProposalBasis = {}) => {
  const proposal = proposalFor(objects, of, basis);
  return 'none' in proposal ? proposal.none : 'proposed';
};

test('what was asked for becomes the fewest rules, in the namespaces in which it was', () => {
  const requests: readonly ResourceRequest[] = [
    { verb: 'get', group: '', resource: 'configmaps', namespace: 'app', name: 'settings' },
    { verb: 'list', group: '', resource: 'pods', namespace: 'app' },
    { verb: 'list', group: '', resource: 'services', namespace: 'app' },
    { verb: 'list', group: '', resource: 'nodes' },
  ];
  expect(proposedFor(admin, title, { requests, readsLogged: true })).toEqual([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'b-narrow', namespace: 'app' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['settings'] },
        { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'b-narrow', namespace: 'app' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'b-narrow' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'app' }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'b-narrow' },
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b-narrow' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b-narrow' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'app' }],
    },
  ]);
});

const request: fc.Arbitrary<ResourceRequest> = fc.record(
  {
    verb: fc.constantFrom('get', 'list', 'create', 'delete', 'bind'),
    group: fc.constantFrom('', 'apps'),
    resource: fc.constantFrom('pods', 'pods/exec', 'secrets', 'deployments'),
    namespace: fc.constantFrom('app', 'web'),
    name: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['verb', 'group', 'resource'] },
);

const someRules: readonly GivenRule[] = [
  { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list', 'create'] },
  { apiGroups: ['*'], resources: ['deployments'], verbs: ['*'], resourceNames: ['a'] },
];

test('every request that was granted is granted afterwards, and nothing is that was not', () => {
  const objects = [clusterRole('r', someRules), clusterBinding('b', 'r', ['ServiceAccount app/web'])];
  const before = new Permissions(objects);
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 8 }), request, (requests, other) => {
      const proposal = proposalFor(objects, title, { requests, readsLogged: true });
      const after = new Permissions('none' in proposal ? [] : proposal.objects);
      for (const one of requests) expect(after.can(web, one)).toBe(before.can(web, one));
      if (after.can(web, other)) expect(before.can(web, other)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a log that does not tell of reading takes nothing of reading away, and the proposal says so', () => {
  const requests = [{ verb: 'create', group: 'apps', resource: 'deployments', namespace: 'app' }];
  const proposal = proposalFor(admin, title, { requests });
  const after = new Permissions('none' in proposal ? [] : proposal.objects);
  expect(after.can(web, { verb: 'list', group: '', resource: 'secrets' })).toBe(true);
  expect(after.can(web, { verb: 'delete', group: '', resource: 'secrets' })).toBe(false);
  expect('none' in proposal ? [] : proposal.notes).toContain('the log does not tell of reading: all of it was kept');
});

test('a binding by which nothing was asked for can go', () => {
  expect(noneFor(admin, title, { requests: [], readsLogged: true })).toBe(
    'nothing was asked for by this binding: it can go',
  );
});

test('people get the roles of a job that lie within what they have', () => {
  const objects = proposedFor(peopleAdmin, title, { job: 'application-operator', namespaces: ['app', 'web'] });
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`)).toEqual([
    'ClusterRole /read-applications',
    'ClusterRole /operate-applications',
    'RoleBinding app/b-read-applications',
    'RoleBinding app/b-operate-applications',
    'RoleBinding web/b-read-applications',
    'RoleBinding web/b-operate-applications',
  ]);
  const team = { kind: 'Group', name: 'team' } as const;
  const after = new Permissions(objects);
  expect(after.can(team, { verb: 'delete', group: '', resource: 'pods', namespace: 'app', name: 'x' })).toBe(true);
  expect(after.can(team, { verb: 'get', group: '', resource: 'secrets', namespace: 'app', name: 'x' })).toBe(false);
});

describe('a name that something else has', () => {
  const wanted = { job: 'application-developer', namespaces: ['app'] } as const;
  const named = (objects: readonly KubernetesObject[]) =>
    objects.map(({ kind, metadata, roleRef }) => [
      kind,
      metadata.name,
      (roleRef as { name?: string } | undefined)?.name,
    ]);
  const free = [
    ['ClusterRole', 'read-applications', undefined],
    ['RoleBinding', 'b-read-applications', 'read-applications'],
  ];

  test('is not taken: a binding must not come to name the role of somebody else', () => {
    const there = clusterRole('read-applications', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
    expect(named(proposedFor([...peopleAdmin, there], title, wanted))).toEqual([
      ['ClusterRole', 'read-applications-2', undefined],
      ['RoleBinding', 'b-read-applications', 'read-applications-2'],
    ]);
  });

  test('is not taken of a binding either, for its role cannot be changed', () => {
    const there = binding('app', 'b-read-applications', 'Role other', ['Group team']);
    expect(named(proposedFor([...peopleAdmin, there], title, wanted))).toEqual([
      ['ClusterRole', 'read-applications', undefined],
      ['RoleBinding', 'b-read-applications-2', 'read-applications'],
    ]);
  });

  test('does not matter in another namespace, or when it is the same thing: what was applied is proposed again', () => {
    const elsewhere = binding('web', 'b-read-applications', 'Role other', ['Group team']);
    expect(named(proposedFor([...peopleAdmin, elsewhere], title, wanted))).toEqual(free);
    const proposed = proposedFor(peopleAdmin, title, wanted);
    expect(proposedFor([...peopleAdmin, ...proposed], title, wanted)).toEqual(proposed);
  });
});

test('no job is proposed that would grant more than there is, or that needs to know where', () => {
  const few = [
    role('app', 'r', [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }]),
    binding('app', 'b', 'Role r', ['Group team']),
  ];
  expect(noneFor(few, 'RoleBinding app/b')).toMatch(/would grant more than RoleBinding app\/b does/);
  expect(noneFor(few, 'RoleBinding app/b', { job: 'security-owner' })).toMatch(/job of the whole cluster/);
  expect(noneFor(peopleAdmin, title, { job: 'application-developer' })).toMatch(/name them/);
});

test('without a log, wildcards are listed and the verbs by which rights grow are gone', () => {
  const rules = [
    { apiGroups: ['apps'], resources: ['*'], verbs: ['*'] },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get', 'escalate'] },
    { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] },
  ];
  const objects = [clusterRole('r', rules), clusterBinding('b', 'r', ['ServiceAccount app/web'])];
  const served = [
    { group: 'apps', resource: 'deployments' },
    { group: 'apps', resource: 'deployments/scale' },
    { group: '', resource: 'pods' },
  ];
  const [narrow] = proposedFor(objects, title, { served });
  expect(narrow?.rules).toEqual([
    {
      apiGroups: ['apps'],
      resources: ['deployments', 'deployments/scale'],
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get'] },
  ]);
});

test('rules without wildcards are left as they are when no log tells what is needed', () => {
  const objects = [
    clusterRole('r', [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }]),
    clusterBinding('b', 'r', ['ServiceAccount app/web']),
  ];
  expect(noneFor(objects, title)).toMatch(/cannot be narrowed further/);
});

test.each([
  ['nobody knows it', [], title, /there is no/],
  ['it grants nothing', [clusterBinding('b', 'gone', ['Group team'])], title, /grants nothing/],
  [
    'AKS makes it',
    [clusterBinding('aks-cluster-admin-binding-aad', 'cluster-admin', ['Group team'])],
    'ClusterRoleBinding aks-cluster-admin-binding-aad',
    /AKS makes this binding/,
  ],
  [
    'AKS manages its account',
    [clusterBinding('b', 'cluster-admin', ['ServiceAccount kube-system/x'])],
    title,
    /AKS manages/,
  ],
  [
    'Kubernetes makes it',
    [
      clusterBinding('b', 'cluster-admin', ['Group team'], {
        labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      }),
    ],
    title,
    /Kubernetes makes/,
  ],
])('nothing is proposed for a binding when %s', (_, objects, of, reason) => {
  expect(noneFor(objects, of)).toMatch(reason);
});

const jobIds = Object.keys(jobs) as JobId[];

test.each(jobIds)('the job %s complies with what is asked of roles', (job) => {
  const objects = jobRoles([{ job, subjects: [{ kind: 'Group', name: 'team' }], namespaces: ['app'] }]);
  const judged = clusterRolesOf(objects, { azureRbac: false });
  expect(judged.filter(({ verdict }) => verdict.state !== 'compliant')).toEqual([]);
  expect(judged.length).toBeGreaterThan(2);
});

test('every duty belongs to a job, and several jobs share one role for it', () => {
  const used = jobIds.flatMap((job) => [...jobs[job].everywhere, ...jobs[job].inNamespaces] as string[]);
  expect(Object.keys(duties).filter((duty) => !used.includes(duty))).toEqual([]);
  const holders = jobIds.map((job) => ({
    job,
    subjects: [{ kind: 'Group', name: job } as const],
    namespaces: ['app'],
  }));
  const roles = jobRoles(holders).filter(({ kind }) => kind === 'ClusterRole');
  expect(roles.map(({ metadata }) => metadata.name).toSorted()).toEqual(Object.keys(duties).toSorted());
});
