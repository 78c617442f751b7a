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

describe('what is proposed for a binding', () => {
  const bound = (subject: object, rules: readonly object[]): readonly KubernetesObject[] => [
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'wide' }, rules },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'wide-for-all' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'wide' },
      subjects: [subject],
    },
  ];
  const proposed = (objects: readonly KubernetesObject[]) =>
    clusterRoles
      .judge(objects, {})
      .find(({ object }) => object.kind === 'ClusterRoleBinding')
      ?.propose?.();
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const group = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: '11111111-2222-4333-8444-555555555555' };
  const account = { kind: 'ServiceAccount', name: 'agent', namespace: 'shop' };

  test('to people are the roles of their job, beside the binding until it is removed', () => {
    const { objects, effects } = proposed(bound(group, everything))!;
    const names = objects.map(({ kind, metadata }) => `${String(kind)} ${(metadata as { name: string }).name}`);
    expect(names).toEqual(
      expect.arrayContaining(['ClusterRole read-cluster', 'ClusterRoleBinding wide-for-all-read-cluster']),
    );
    expect(names).not.toContain('ClusterRoleBinding wide-for-all');
    expect(effects.at(-1)).toBe(
      'it takes nothing away yet: remove ClusterRoleBinding wide-for-all when its subjects do their work with these roles alone',
    );
  });

  test('by which an account may make itself more is the same without those verbs', () => {
    const rules = [{ apiGroups: [''], resources: ['users'], verbs: ['get', 'impersonate'] }];
    expect(proposed(bound(account, rules))?.objects).toEqual([
      {
        apiVersion: rbac,
        kind: 'ClusterRole',
        metadata: { name: 'wide-for-all-narrow' },
        rules: [{ apiGroups: [''], resources: ['users'], verbs: ['get'] }],
      },
      expect.objectContaining({
        kind: 'ClusterRoleBinding',
        metadata: { name: 'wide-for-all-narrow' },
        subjects: [account],
      }),
    ]);
  });

  test('to an account that may do everything is left to a person, for what it needs nobody knows', () => {
    expect(proposed(bound(account, everything))).toEqual({
      objects: [],
      effects: [
        expect.stringMatching(
          /^ClusterRole wide makes ServiceAccount shop\/agent administrator of the whole cluster; /,
        ),
        'what its subjects need is not known without an audit log: name verbs and resources, or give them the roles of a job',
      ],
    });
  });

  test('that is right is nothing', () => {
    expect(proposed(bound(account, [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]))).toBeUndefined();
  });
});
