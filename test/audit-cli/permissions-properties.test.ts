import fc from 'fast-check';
import { renderJson } from '../../shared/audit-cli/permissions/render-json';
import { ruleLines } from '../../shared/audit-cli/permissions/rule-lines';
import { permissionView } from '../../shared/audit-cli/permissions/view';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { ruleOf } from '../../shared/kubernetes/permissions/rule';
import { subjectTitle } from '../../shared/kubernetes/permissions/subject';
import { binding, clusterBinding, clusterRole, type GivenRule } from '../kubernetes/rbac-given';

const someOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const rule: fc.Arbitrary<GivenRule> = fc.record({
  apiGroups: someOf(['', 'apps', '*']),
  resources: someOf(['pods', 'pods/exec', 'secrets', 'deployments', '*', '*/exec']),
  verbs: someOf(['get', 'list', 'create', '*']),
  resourceNames: fc.oneof(fc.constant([]), someOf(['a', 'b'])),
});
const rules = fc.array(rule, { maxLength: 3 });
const subjects = someOf(['User jane', 'Group team', 'ServiceAccount shop/web', 'Group system:serviceaccounts:shop']);
const given = fc
  .record({ one: rules, other: rules, all: subjects, inShop: subjects })
  .map(({ one, other, all, inShop }) => [
    clusterRole('one', one),
    clusterRole('other', other),
    clusterBinding('all', 'one', all),
    binding('shop', 'in', 'ClusterRole other', inShop),
  ]) as unknown as fc.Arbitrary<readonly KubernetesObject[]>;

interface Told {
  readonly roles: readonly { readonly role: string; readonly rules: readonly object[] }[];
  readonly subjects: readonly {
    readonly kind: 'User';
    readonly name: string;
    readonly namespace?: string;
    readonly grants: readonly { readonly namespace: string; readonly role: string }[];
  }[];
}

const titleOf = ({ kind, namespace, name }: Told['subjects'][number]): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

test('with no filter the JSON has every rule that the model gives a subject, where it gives it', () => {
  fc.assert(
    fc.property(given, (objects) => {
      const told = JSON.parse(renderJson(permissionView(objects, {}), [])) as Told;
      const model = new Permissions(objects);
      expect(told.subjects.map(titleOf).toSorted()).toEqual(model.subjects.map(subjectTitle).toSorted());
      const rulesOf = new Map(told.roles.map((one) => [one.role, one.rules.map(ruleOf)]));
      for (const subject of model.subjects) {
        const { grants } = told.subjects.find((one) => titleOf(one) === subjectTitle(subject))!;
        for (const place of [undefined, 'shop']) {
          const found = grants
            .filter(({ namespace }) => namespace === (place ?? '*'))
            .flatMap((one) => rulesOf.get(one.role)!);
          expect(new Set(found.map((one) => JSON.stringify(one)))).toEqual(
            new Set(model.rulesFor(subject, place).map((one) => JSON.stringify(one))),
          );
        }
      }
    }),
  );
});

test.each([
  ['get', 'secrets', '', 'secrets'],
  ['create', 'pods/exec', '', 'pods/exec'],
  ['list', 'deployments', 'apps', 'deployments'],
  ['list', 'deployments.batch', 'batch', 'deployments'],
])('who can %s %s are those whom the model lets do it somewhere, for some name', (verb, asked, group, resource) => {
  fc.assert(
    fc.property(given, (objects) => {
      const told = JSON.parse(renderJson(permissionView(objects, { verb, resource: asked }), [])) as Told;
      const model = new Permissions(objects);
      const able = model.subjects.filter((subject) =>
        [{}, { name: 'a' }, { name: 'b' }].some((name) =>
          model.can(subject, { verb, group, resource, namespace: 'shop', ...name }),
        ),
      );
      expect(told.subjects.map(titleOf).toSorted()).toEqual(able.map(subjectTitle).toSorted());
    }),
  );
});

test('lines of rules say what the rules say, with no verb on more', () => {
  const core = fc.record({
    resources: someOf(['pods', 'services', 'secrets', 'nodes']),
    verbs: someOf(['get', 'list', 'create', 'odd']),
    resourceNames: fc.oneof(fc.constant([]), someOf(['a', 'b'])),
  });
  fc.assert(
    fc.property(fc.array(core, { maxLength: 4 }), (some) => {
      const singles = (on: readonly string[], verbs: readonly string[], names: readonly string[]): readonly string[] =>
        on.flatMap((one) => verbs.map((verb) => `${verb} ${one} ${names.toSorted().join()}`));
      const said = some.flatMap(({ resources, verbs, resourceNames }) => singles(resources, verbs, resourceNames));
      const lines = ruleLines(some.map((one) => ruleOf({ ...one, apiGroups: [''] })));
      const told = lines.flatMap(({ on, verbs, names }) => singles(on, verbs, names));
      expect(told.toSorted()).toEqual([...new Set(said)].toSorted());
    }),
  );
});
