import fc from 'fast-check';
import { Permissions } from '../../shared/kubernetes/permissions/permissions';
import { allows, ruleOf, type ResourceRequest } from '../../shared/kubernetes/permissions/rule';
import { isCovered } from '../../shared/kubernetes/permissions/subset';
import { binding, clusterBinding, clusterRole, type GivenRule } from './rbac-given';

const jane = { kind: 'User', name: 'jane' } as const;
const groups = ['', 'apps', 'rbac.authorization.k8s.io'];
const resources = ['pods', 'pods/exec', 'secrets', 'deployments', 'clusterroles', 'namespaces'];
const verbs = ['get', 'list', 'create', 'update', 'bind'];
const someOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });

const rule: fc.Arbitrary<GivenRule> = fc.record({
  apiGroups: someOf([...groups, '*']),
  resources: someOf([...resources, '*', '*/exec', 'pods/*']),
  verbs: someOf([...verbs, '*']),
  resourceNames: fc.oneof(fc.constant([]), someOf(['a', 'b', '*'])),
});
const request: fc.Arbitrary<ResourceRequest> = fc.record(
  {
    verb: fc.constantFrom(...verbs),
    group: fc.constantFrom(...groups),
    resource: fc.constantFrom(...resources),
    namespace: fc.constantFrom('app', 'web'),
    name: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['verb', 'group', 'resource'] },
);
const rules = fc.array(rule, { maxLength: 4 });

const everywhere = (given: readonly GivenRule[]) =>
  new Permissions([clusterRole('r', given), clusterBinding('b', 'r', ['User jane'])]);

test('a further rule takes nothing away', () => {
  fc.assert(
    fc.property(rules, rule, request, (given, more, asked) => {
      if (!everywhere(given).can(jane, asked)) return;
      expect(everywhere([...given, more]).can(jane, asked)).toBe(true);
    }),
  );
});

test('a further rule takes no risk away', () => {
  fc.assert(
    fc.property(rules, rule, (given, more) => {
      const before = everywhere(given).risksOf(jane);
      const after = everywhere([...given, more]).risksOf(jane);
      expect(after['*'] ?? []).toEqual(expect.arrayContaining([...(before['*'] ?? [])]));
    }),
  );
});

test.each(['apiGroups', 'resources', 'verbs'] as const)('a wildcard in %s grants whatever a list grants', (list) => {
  fc.assert(
    fc.property(rule, request, (given, asked) => {
      if (allows(ruleOf(given), asked)) expect(allows(ruleOf({ ...given, [list]: ['*'] }), asked)).toBe(true);
    }),
  );
});

test('a binding in a namespace grants there what a binding everywhere grants there, and nothing elsewhere', () => {
  fc.assert(
    fc.property(rules, request, (given, asked) => {
      const inApp = new Permissions([clusterRole('r', given), binding('app', 'b', 'ClusterRole r', ['User jane'])]);
      const expected = asked.namespace === 'app' && everywhere(given).can(jane, asked);
      expect(inApp.can(jane, asked)).toBe(expected);
    }),
  );
});

test('rules that are covered grant nothing that the covering ones do not', () => {
  fc.assert(
    fc.property(rules, rules, request, (narrow, wide, asked) => {
      if (!isCovered(narrow.map(ruleOf), wide.map(ruleOf)) || !everywhere(narrow).can(jane, asked)) return;
      expect(everywhere(wide).can(jane, asked)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('rules cover themselves, and more rules cover fewer', () => {
  fc.assert(
    fc.property(rules, rules, (given, more) => {
      const wide = [...given, ...more].map(ruleOf);
      const narrow = given.map(ruleOf);
      expect(isCovered(narrow, wide)).toBe(true);
    }),
  );
});

test('the order of objects does not matter', () => {
  fc.assert(
    fc.property(rules, rules, (one, two) => {
      const objects = [
        clusterRole('r', one),
        clusterRole('s', two),
        clusterBinding('b', 'r', ['User jane']),
        binding('app', 'c', 'ClusterRole s', ['User jane']),
      ];
      const risks = new Permissions(objects.toReversed()).risksOf(jane);
      expect(risks).toEqual(new Permissions(objects).risksOf(jane));
    }),
  );
});
