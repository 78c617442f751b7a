import { clusterRoles } from '../../shared/kubernetes/cluster-roles/findings';
import { objectIdOf } from '../../shared/kubernetes/ids';
import { outcomeOf } from '../../shared/kubernetes/judgement';
import type { KubernetesObject } from '../../shared/kubernetes/object';

const rbac = 'rbac.authorization.k8s.io/v1';
const role = (rules: readonly object[]): KubernetesObject => ({
  apiVersion: rbac,
  kind: 'Role',
  metadata: { name: 'app:reader', namespace: 'shop' },
  rules,
});
const administrators: KubernetesObject = {
  apiVersion: rbac,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'everybody-is-admin' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane@example.com' }],
};

test('a binding to cluster-admin is open, under the id of the binding', () => {
  const [finding] = clusterRoles.judge([administrators], {});
  expect(finding && outcomeOf(finding)).toBe('open');
  expect(finding?.severity).toBe('high');
  expect(objectIdOf('/subscriptions/s/clusters/c', finding!.object)).toBe(
    `/subscriptions/s/clusters/c/kubernetes/${rbac}/clusterrolebindings/everybody-is-admin`,
  );
});

test('a role that only reads pods is right, and has its namespace in its id', () => {
  const [finding] = clusterRoles.judge([role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])], {});
  expect(finding && outcomeOf(finding)).toBe('compliant');
  expect(objectIdOf('/c', finding!.object)).toBe(`/c/kubernetes/${rbac}/namespaces/shop/roles/app:reader`);
});

test('whether people have roles is said of a whole cluster only: files are a part of one', () => {
  const titles = (isWhole: boolean): readonly string[] =>
    clusterRoles.judge([administrators], { isWhole }).map(({ title }) => title);
  expect(titles(false)).not.toContain('People have roles of their own');
  expect(titles(true)).toContain('People have roles of their own');
});

test('what could not be read is unknown', () => {
  const unread = new Map([
    ['ClusterRole', '403'],
    ['Role', '403'],
    ['ClusterRoleBinding', '403'],
    ['RoleBinding', '403'],
  ]);
  const findings = clusterRoles.judge([], { isWhole: true, unread, cluster: {} });
  expect(findings.map(outcomeOf)).toContain('unknown');
  expect(findings.map(outcomeOf)).not.toContain('compliant');
});
