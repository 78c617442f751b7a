import fc from 'fast-check';
import { renderJson } from '../../shared/audit-cli/permissions/render-json';
import { ruleLines } from '../../shared/audit-cli/permissions/rule-lines';
import { permissionView } from '../../shared/audit-cli/permissions/view';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { ruleOf } from '../../shared/kubernetes/permissions/rule';
import { subjectTitle, type Subject } from '../../shared/kubernetes/permissions/subject';
import { binding, clusterBinding, clusterRole, type GivenRule } from '../kubernetes/rbac-given';

const someOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const rule: fc.Arbitrary<GivenRule> = fc.record({
  apiGroups: someOf(['', 'apps', '*']),
  resources: someOf(['pods', 'pods/exec', 'secrets', 'deployments', '*', '*/exec']),
  verbs: someOf(['get', 'list', 'create', '*']),
  resourceNames: fc.oneof(fc.constant([]), someOf(['a', 'b'])),
});
const rules = fc.array(rule, { maxLength: 3 });
const subjects = someOf([
  'User jane',
  'User system:serviceaccount:shop:web',
  'User system:anonymous',
  'Group team',
  'ServiceAccount shop/web',
  'Group system:serviceaccounts:shop',
  'Group system:authenticated',
  'Group system:unauthenticated',
]);
const given = fc
  .record({ one: rules, other: rules, all: subjects, inShop: subjects })
  .map(({ one, other, all, inShop }) => [
    clusterRole('one', one),
    clusterRole('other', other),
    clusterBinding('all', 'one', all),
    binding('shop', 'in', 'ClusterRole other', inShop),
  ]) as unknown as fc.Arbitrary<readonly KubernetesObject[]>;

interface ToldSubject {
  readonly kind: 'User';
  readonly name: string;
  readonly namespace?: string;
  readonly grants: readonly { readonly namespace: string; readonly role: string }[];
  readonly inherits: readonly string[];
}
interface Told {
  readonly roles: readonly { readonly role: string; readonly rules: readonly object[] }[];
  readonly subjects: readonly ToldSubject[];
  readonly groups: readonly ToldSubject[];
}

const titleOf = ({ kind, namespace, name }: ToldSubject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** What a subject has at a place: what is told of it, and of the groups that it inherits from. */
function rulesAt({ roles, subjects: all, groups }: Told, title: string, place: string): readonly string[] {
  const named = (wanted: string): ToldSubject => [...all, ...groups].find((one) => titleOf(one) === wanted)!;
  const grants = [title, ...named(title).inherits].flatMap((one) => named(one).grants);
  return grants
    .filter(({ namespace }) => namespace === place)
    .flatMap(({ role }) => roles.find((one) => one.role === role)!.rules)
    .map((one) => JSON.stringify(ruleOf(one)));
}

const jsonOf = (objects: readonly KubernetesObject[], asked: object): Told =>
  JSON.parse(renderJson(permissionView(objects, asked), [])) as Told;

const agrees = (told: Told, model: Permissions, subject: Subject): void => {
  for (const place of [undefined, 'shop']) {
    const expected = model.rulesFor(subject, place).map((one) => JSON.stringify(one));
    expect(new Set(rulesAt(told, subjectTitle(subject), place ?? '*'))).toEqual(new Set(expected));
  }
};

test('with no filter the JSON has every rule that the model gives a subject, where it gives it', () => {
  fc.assert(
    fc.property(given, (objects) => {
      const told = jsonOf(objects, {});
      const model = new Permissions(objects);
      expect(told.subjects.map(titleOf).toSorted()).toEqual(model.subjects.map(subjectTitle).toSorted());
      for (const subject of model.subjects) agrees(told, model, subject);
    }),
  );
});

test('the JSON about one subject has every rule that the model gives it, with those of its groups', () => {
  fc.assert(
    fc.property(given, (objects) => {
      const model = new Permissions(objects);
      for (const subject of model.subjects) agrees(jsonOf(objects, { subject: subjectTitle(subject) }), model, subject);
    }),
  );
});

test('no grant is told of a subject that no binding gives the subject itself', () => {
  fc.assert(
    fc.property(given, (objects) => {
      const account = ['ServiceAccount shop/web', 'User system:serviceaccount:shop:web'];
      const { bindings } = new Permissions(objects);
      for (const one of jsonOf(objects, {}).subjects) {
        const names = account.includes(titleOf(one)) ? account : [titleOf(one)];
        const naming = bindings.filter((each) => each.subjects.some((other) => names.includes(subjectTitle(other))));
        expect(one.grants).toHaveLength(naming.length);
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
      const told = jsonOf(objects, { verb, resource: asked });
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
