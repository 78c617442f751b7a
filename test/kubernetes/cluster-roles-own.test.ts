import { clusterRolesOf } from '../../shared/kubernetes/cluster-roles/cluster-roles';
import type { ClusterRoleFacts } from '../../shared/kubernetes/cluster-roles/facts';
import {
  clusterBinding,
  clusterRole,
  readCaseJson,
  readEstateObjects,
  testWithCases,
  testWithEstate,
} from './rbac-given';

const judgementOf = (title: string, objects: readonly unknown[], facts: ClusterRoleFacts = {}) =>
  clusterRolesOf(objects, facts).find((one) => one.title === title);
const shortOf = (title: string, objects: readonly unknown[], facts: ClusterRoleFacts = {}) => {
  const judged = judgementOf(title, objects, facts);
  if (judged?.verdict.state !== 'violation') return judged?.own === true ? 'own' : (judged?.verdict.state ?? 'missing');
  return judged.verdict.problems.map(({ severity, reason }) => `${severity}: ${reason}`).join('\n');
};

testWithCases('apiserver/default-rbac.json')('nothing that a bare server makes for itself is complained of', () => {
  const { items } = readCaseJson('apiserver/default-rbac.json') as { readonly items: readonly unknown[] };
  const judged = clusterRolesOf(items).filter(({ title }) => title !== 'Cluster');
  expect(judged).toHaveLength(115);
  expect(judged.filter(({ own }) => own !== true)).toEqual([]);
});

const bootstrapped = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
const masters = (subjects: readonly string[], metadata: object = bootstrapped) =>
  clusterBinding('cluster-admin', 'cluster-admin', subjects, metadata);

test('the binding of system:masters is Kubernetes’ own when name, label and subjects fit, and only then', () => {
  const title = 'ClusterRoleBinding cluster-admin';
  expect(shortOf(title, [masters(['Group system:masters'])])).toBe('own');
  expect(shortOf(title, [masters(['Group system:masters', 'User eve'])])).toMatch(/^high: .*it also names User eve/);
  expect(shortOf(title, [masters(['Group system:masters'], {})])).toMatch(
    /^high: .*administrator of the whole cluster/,
  );
  const kept = { ...bootstrapped, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } };
  expect(shortOf(title, [masters(['Group system:masters'], kept)])).toMatch(/^high: .*autoupdate/);
  expect(
    shortOf('ClusterRoleBinding mine', [clusterBinding('mine', 'cluster-admin', ['User eve'], bootstrapped)]),
  ).toMatch(/^high: .*administrator/);
});

test('a binding of Kubernetes that refers to another role was changed', () => {
  const discovery = clusterBinding('system:discovery', 'cluster-admin', ['Group system:authenticated'], bootstrapped);
  expect(shortOf('ClusterRoleBinding system:discovery', [discovery])).toMatch(
    /^high: .*cluster-admin instead of system:disc/,
  );
});

const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const ofDiscovery = (rules: readonly (typeof secrets)[]) =>
  clusterRole('system:discovery', rules, { metadata: { name: 'system:discovery', ...bootstrapped } });

test('a rule that was added to a role of Kubernetes is found, at the role and at its binding', () => {
  const bound = clusterBinding('system:discovery', 'system:discovery', ['Group system:authenticated'], bootstrapped);
  expect(shortOf('ClusterRole system:discovery', [ofDiscovery([]), bound])).toBe('own');
  expect(shortOf('ClusterRole system:discovery', [ofDiscovery([secrets]), bound])).toMatch(/^high: .*read secrets/);
  expect(shortOf('ClusterRoleBinding system:discovery', [ofDiscovery([]), bound])).toBe('own');
  expect(shortOf('ClusterRoleBinding system:discovery', [ofDiscovery([secrets]), bound])).toMatch(
    /^high: .*read secrets/,
  );
});

test('a role that is labelled to add to view shows at view', () => {
  const view = clusterRole('view', [], {
    metadata: { name: 'view', ...bootstrapped },
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    },
  });
  const added = clusterRole('mine', [secrets], {
    metadata: { name: 'mine', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  });
  expect(shortOf('ClusterRole view', [view])).toBe('own');
  expect(shortOf('ClusterRole view', [view, added])).toMatch(/^high: .*read secrets/);
});

test('a controller that Kubernetes adds later is shown with low severity', () => {
  const name = 'system:controller:brand-new';
  const objects = [
    clusterRole(name, [secrets], { metadata: { name, ...bootstrapped } }),
    clusterBinding(name, name, ['ServiceAccount kube-system/brand-new'], bootstrapped),
  ];
  expect(shortOf(`ClusterRoleBinding ${name}`, objects)).toMatch(/^low: .*managed by AKS/);
});

const addOn = { labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile', 'kubernetes.io/cluster-service': 'true' } };
const byAks = (name: string, subject: string, metadata: object = addOn) =>
  shortOf(`ClusterRoleBinding ${name}`, [clusterRole('r', [secrets]), clusterBinding(name, 'r', [subject], metadata)]);

test.each([
  ['its name, labels and account', 'aks-thing', 'ServiceAccount kube-system/thing', addOn, 'own'],
  [
    'its label of managed objects',
    'aks-thing',
    'ServiceAccount kube-system/thing',
    { labels: { 'kubernetes.azure.com/managedby': 'aks' } },
    'own',
  ],
  ['its name and account, not its labels', 'aks-thing', 'ServiceAccount kube-system/thing', {}, 'high'],
  ['its labels and account, not its name', 'thing', 'ServiceAccount kube-system/thing', addOn, 'low'],
  ['its name and labels, not its account', 'aks-thing', 'ServiceAccount app/thing', addOn, 'high'],
  ['its name and labels, for a group', 'aks-thing', 'Group team', addOn, 'high'],
  ['its name and labels, for everybody', 'aks-thing', 'Group system:serviceaccounts', addOn, 'high'],
  ['its name and labels, for the default account', 'aks-thing', 'ServiceAccount kube-system/default', addOn, 'high'],
])('a binding that has %s', (_, name, subject, metadata, expected) => {
  expect(byAks(name, subject, metadata)).toMatch(new RegExp(`^${expected}`));
});

test('a component of AKS that is administrator is shown', () => {
  const bound = clusterBinding('aks-thing', 'cluster-admin', ['ServiceAccount kube-system/thing'], addOn);
  expect(shortOf('ClusterRoleBinding aks-thing', [bound])).toMatch(/^low: .*administrator of the whole cluster/);
});

const group = '11111111-2222-3333-4444-55555555AAAA';
const byGroup = clusterBinding('aks-cluster-admin-binding-aad', 'cluster-admin', [`Group ${group}`], addOn);
const ofGroup = (facts: ClusterRoleFacts) =>
  shortOf('ClusterRoleBinding aks-cluster-admin-binding-aad', [byGroup], facts);

test('the groups that AKS makes administrators are judged by their members and by whether they are meant', () => {
  const adminGroups = [group.toLowerCase()];
  expect(ofGroup({})).toMatch(/^medium: .*members are not known/);
  expect(ofGroup({ adminGroups, members: { [group]: 3 } })).toMatch(/^medium: .*has 3 members/);
  expect(ofGroup({ adminGroups, members: { [group]: 0 } })).toBe('compliant');
  expect(ofGroup({ adminGroups: [] })).toMatch(/^high: .*none of the groups that the cluster's settings name/);
});

test('the local administrator matters unless local accounts are off', () => {
  const objects = [clusterBinding('aks-cluster-admin-binding', 'cluster-admin', ['User clusterAdmin'], addOn)];
  const title = 'ClusterRoleBinding aks-cluster-admin-binding';
  expect(shortOf(title, objects, { localAccounts: false })).toBe('compliant');
  expect(shortOf(title, objects, { localAccounts: true })).toMatch(/^high: .*local accounts are on/);
  expect(shortOf(title, objects)).toMatch(/^high: .*not known/);
  const more = [clusterBinding('aks-cluster-admin-binding', 'cluster-admin', ['User eve'], addOn)];
  expect(shortOf(title, more, { localAccounts: false })).toMatch(/^high: User eve does not belong/);
});

testWithEstate('on the landing zone, what is dangerous is found and nothing else', () => {
  const judged = clusterRolesOf(readEstateObjects(), { localAccounts: false, azureRbac: false });
  const open = judged.filter(({ verdict }) => verdict.state === 'violation').map(({ title }) => title);
  expect(open.toSorted()).toEqual([
    'Cluster',
    'ClusterRoleBinding aks-cluster-admin-binding-aad',
    'ClusterRoleBinding cluster-reconciler',
    'ClusterRoleBinding crd-controller',
    'ClusterRoleBinding ingress-nginx',
    'ClusterRoleBinding ingress-nginx-admission',
    'ClusterRoleBinding kured',
    'ClusterRoleBinding osm',
    'ClusterRoleBinding secretprovidersyncing-rolebinding',
    'RoleBinding ingress-nginx/ingress-nginx-admission',
  ]);
});
