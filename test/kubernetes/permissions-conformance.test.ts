import { differencesOf } from '../../shared/kubernetes/permissions/conformance';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { risks } from '../../shared/kubernetes/permissions/risks';
import { bindingShapes, capture, ruleShapes } from '../../shared/kubernetes/permissions/shapes';
import { readCaseJson, readStream, testWithCases } from './rbac-given';

interface Case {
  readonly id: string;
  readonly expect: unknown;
}

testWithCases('rbac/index.json')(
  'every public case of roles and bindings is answered as an API server answers it',
  () => {
    const { cases } = readCaseJson('rbac/index.json') as { readonly cases: readonly Case[] };
    const wrong = cases.flatMap(({ id, expect }) =>
      differencesOf(readStream(`rbac/cases/${id}.yaml`), expect).map((difference) => `${id}: ${difference}`),
    );
    expect(cases.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  },
);

interface Answer {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly allowed: boolean;
}

interface Matching {
  readonly title: string;
  readonly rule: unknown;
  readonly boundBy: string;
  readonly answers: readonly Answer[];
}

testWithCases('apiserver/rbac-matching.json')('every rule grants what a real API server says that it grants', () => {
  const { rules } = readCaseJson('apiserver/rbac-matching.json') as { readonly rules: readonly Matching[] };
  const wrong = rules.flatMap(({ title, rule, boundBy, answers }) => {
    const model = new Permissions(bound(rule, boundBy.startsWith('RoleBinding') ? 'app' : undefined));
    return answers
      .filter(({ allowed, ...request }) => model.can({ kind: 'User', name: 'jane' }, request) !== allowed)
      .map((answer) => `${title}: ${JSON.stringify(answer)}`);
  });
  expect(rules.length).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});

function bound(rule: unknown, namespace: string | undefined): readonly unknown[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: [rule] },
    {
      apiVersion,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: 'b', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' },
      subjects: [{ kind: 'User', name: 'jane' }],
    },
  ];
}

interface Sent {
  readonly sent: { readonly kind: string; readonly metadata: { readonly name: string } };
  readonly status?: number;
}

testWithCases('apiserver/defaulting.json')('what a real API server refuses is refused, and nothing else', () => {
  const { rbac } = readCaseJson('apiserver/defaulting.json') as { readonly rbac: readonly Sent[] };
  const refused = rbac.filter(({ sent }) => {
    const model = new Permissions([{ apiVersion: 'rbac.authorization.k8s.io/v1', ...sent }]);
    return [...model.roles, ...model.bindings].some(({ complaints }) => complaints.length > 0);
  });
  expect(refused.length).toBeGreaterThan(0);
  expect(refused).toEqual(rbac.filter(({ status }) => status === 422));
});

interface CataloguedRisk {
  readonly id: string;
  readonly severity: string;
  readonly inNamespace?: string;
  readonly inKubeSystem?: string;
  readonly onlyIn?: string;
  readonly all?: boolean;
  readonly grants?: readonly unknown[];
}

testWithCases('rbac-risks.json')('the catalogue has the risks, grades and grants of the public one', () => {
  const { risks: wanted } = readCaseJson('rbac-risks.json') as { readonly risks: readonly CataloguedRisk[] };
  const expected = wanted.map(({ id, severity, inNamespace, inKubeSystem, onlyIn, all, grants }) => ({
    id,
    severity,
    inNamespace,
    inKubeSystem,
    onlyIn,
    all,
    grants,
  }));
  const granted = risks.map(({ id, grade, inNamespace, inKubeSystem, onlyIn, all, grants }) => ({
    id,
    severity: grade,
    inNamespace,
    inKubeSystem,
    onlyIn,
    all,
    grants,
  }));
  const shapes = [...ruleShapes, ...bindingShapes, capture].map((shape) => ({
    id: shape.id,
    severity: shape.grade,
    inNamespace: 'inNamespace' in shape ? shape.inNamespace : undefined,
  }));
  const byId = (list: readonly { readonly id: string }[]) => list.toSorted((a, b) => a.id.localeCompare(b.id));
  expect(byId([...granted, ...shapes])).toEqual(byId(expected));
});
