import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { clusterRoles } from '../../shared/kubernetes/cluster-roles/findings';
import { outcomeOf, type ObjectFinding } from '../../shared/kubernetes/judgement';
import type { KubernetesObject } from '../../shared/kubernetes/object';

const identity = '00000000-0000-0000-0000-0000000a44ea';
const applied = readFileSync(resolve(__dirname, '../../infra/kubernetes/reader.yaml'), 'utf8');

/** The role and the binding as they are applied, with fields in place of theirs. */
function reader(ofRole: object = {}, ofBinding: object = {}): readonly KubernetesObject[] {
  const [role, binding] = [...parseAllDocuments(applied.replaceAll('PRINCIPAL_ID', identity))].map(
    (one) => one.toJS() as KubernetesObject,
  );
  return [{ ...role!, ...ofRole } as KubernetesObject, { ...binding!, ...ofBinding } as KubernetesObject];
}

const bindingIn = (objects: readonly KubernetesObject[]): ObjectFinding =>
  clusterRoles.judge(objects, {}).find(({ object }) => object.kind === 'ClusterRoleBinding')!;

const rule = (apiGroup: string, resource: string, verb: string, more: object = {}) => ({
  rules: [{ apiGroups: [apiGroup], resources: [resource], verbs: [verb], ...more }],
});
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });

test('the binding by which Steward reads a cluster is no binding of a person', () => {
  expect(outcomeOf(bindingIn(reader()))).toBe('compliant');
});

test('the same binding of an earlier Steward, which read less, is none either', () => {
  expect(outcomeOf(bindingIn(reader(rule('apps', 'deployments', 'list'))))).toBe('compliant');
  const one = { resourceNames: ['cilium-config'] };
  expect(outcomeOf(bindingIn(reader(rule('', 'configmaps', 'list', one))))).toBe('compliant');
});

test.each<[string, object, object]>([
  ['watches what it may only list', rule('', 'pods', 'watch'), {}],
  ['reads secrets', rule('', 'secrets', 'list'), {}],
  ['reads all ConfigMaps', rule('', 'configmaps', 'list'), {}],
  [
    'reads a ConfigMap of another name',
    rule('', 'configmaps', 'list', { resourceNames: ['cilium-config', 'settings'] }),
    {},
  ],
  ['reads everything of a group', rule('apps', '*', 'list'), {}],
  ['may do everything', rule('*', '*', '*'), {}],
  ['reads a URL', { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['list'] }] }, {}],
  ['takes over rules of others', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }, {}],
  ['names another identity, too', {}, { subjects: [user(identity), user('00000000-0000-0000-0000-00000000beef')] }],
  ['names a person by name', {}, { subjects: [user('jane@example.com')] }],
  ['has another name', {}, { metadata: { name: 'reader' } }],
  [
    'refers to another role',
    {},
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
  ],
])('a binding that looks like it and %s is reported', (_, ofRole, ofBinding) => {
  expect(outcomeOf(bindingIn(reader(ofRole, ofBinding)))).toBe('open');
});

test('people have no roles of their own because Steward has one', () => {
  const facts = { isWhole: true, cluster: { aadProfile: { enableAzureRBAC: false } } };
  const [people] = clusterRoles.judge(reader(), facts);
  expect(people!.problems.map(({ reason }) => reason)).toEqual([
    'people have no roles for their job in this cluster: no binding names people; bind a role per job function to a group each',
  ]);
});
