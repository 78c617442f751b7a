import { applicabilityOf } from '../../shared/policy/applicability';
import { readDefinition } from '../../shared/policy/parse-definition';
import { AKS, cluster, definitionOf, judged, problemsOf, type Options } from './given';

const isCluster = { field: 'type', equals: AKS };
const isPublic = { field: 'properties.apiServerAccessProfile.enablePrivateCluster', notEquals: true };
const isPrivate = { field: 'properties.apiServerAccessProfile.enablePrivateCluster', equals: true };

const stateOf = (condition: Parameters<typeof judged>[0], options?: Options) => judged(condition, options).state;

test.each(['audit', 'Deny', 'append', 'Modify'])('with the effect %s a rule that holds is a violation', (effect) => {
  const then = { effect };
  expect(judged({ allOf: [isCluster, isPrivate] }, { then })).toMatchObject({ state: 'nonCompliant', effect });
  expect(judged({ allOf: [isCluster, isPublic] }, { then })).toMatchObject({ state: 'compliant', effect });
});

test.each([
  ['Disabled', 'notApplicable'],
  ['denyAction', 'notApplicable'],
  ['auditAction', 'notApplicable'],
  ['manual', 'unknown'],
  ['explode', 'unknown'],
])('the effect %s is %s', (effect, state) => {
  expect(stateOf({ allOf: [isCluster, isPrivate] }, { then: { effect } })).toBe(state);
});

test('the effect may be a parameter, with a default', () => {
  const then = { effect: "[parameters('effect')]" };
  const declared = { effect: { type: 'String', defaultValue: 'Audit' } };
  expect(judged(isPrivate, { then, declared })).toMatchObject({ effect: 'Audit' });
  expect(judged(isPrivate, { then, declared, parameters: { Effect: 'Deny' } })).toMatchObject({ effect: 'Deny' });
  expect(judged(isPrivate, { then })).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'parameter-missing', path: 'then.effect' },
  });
});

test.each([
  ['another type', { allOf: [{ field: 'type', equals: 'a/b' }, isPrivate] }, 'notApplicable'],
  ['another name', { allOf: [isCluster, { field: 'name', equals: 'x' }, isPrivate] }, 'notApplicable'],
  ['another kind', { allOf: [{ field: 'kind', equals: 'x' }, isPrivate] }, 'notApplicable'],
  ['other conditions count as true', { allOf: [isCluster, isPublic] }, 'compliant'],
  ['and as false under not', { allOf: [isCluster, { not: isPrivate }] }, 'compliant'],
  ['only a kind', { field: 'kind', equals: 'x' }, 'compliant'],
  ['only a name', { not: { field: 'name', equals: 'aks-1' } }, 'compliant'],
  ['only type and name', { allOf: [isCluster, { field: 'name', equals: 'x' }] }, 'compliant'],
  [
    'only type and kind, type does not fit',
    {
      allOf: [
        { field: 'type', equals: 'a/b' },
        { field: 'kind', equals: 'x' },
      ],
    },
    'notApplicable',
  ],
  ['an allowed type', { not: { field: 'type', in: [AKS] } }, 'notApplicable'],
  ['a type that is not allowed', { not: { field: 'type', in: ['a/b'] } }, 'nonCompliant'],
])('applicability: %s', (_, condition, state) => {
  expect(stateOf(condition)).toBe(state);
});

test('applicability keeps type, name and kind and neutralises the rest', () => {
  const { condition } = definitionOf({
    policyRule: { if: { anyOf: [isCluster, { not: isPublic }] }, then: { effect: 'audit' } },
  });
  const { members } = applicabilityOf(condition) as { members?: readonly unknown[] };
  expect(members).toMatchObject([{ kind: 'leaf' }, { kind: 'not', member: { kind: 'constant', value: false } }]);
});

const { tags, location, ...bare } = cluster;
const subscription = { id: '/subscriptions/s', displayName: 'x' };
const group = { id: '/subscriptions/s/resourceGroups/rg', name: 'rg', location: 'eastus' };
const child = { type: 'Microsoft.X/parents/children', name: 'c', location };
const anything = { value: true, equals: true };

test.each([
  ['All', 'a subscription', subscription, 'nonCompliant'],
  ['All', 'a resource group', group, 'nonCompliant'],
  ['All', 'a resource without a location', bare, 'nonCompliant'],
  ['All', 'a deployment', { ...cluster, type: 'Microsoft.Resources/deployments' }, 'notApplicable'],
  ['Indexed', 'a subscription', subscription, 'notApplicable'],
  ['Indexed', 'a resource group', group, 'notApplicable'],
  ['Indexed', 'a cluster', cluster, 'nonCompliant'],
  ['Indexed', 'a resource without a location', bare, 'notApplicable'],
  ['Indexed', 'a child with a location and tags', { ...child, tags }, 'nonCompliant'],
  ['Indexed', 'a child with a location alone', child, 'unknown'],
  ['', 'a resource without a location (no mode is Indexed)', bare, 'notApplicable'],
])('the mode "%s" judges %s: %s', (mode, _, resource, state) => {
  expect(stateOf(anything, { mode, resource })).toBe(state);
});

test('what Azure says about a type wins over what its resource looks like', () => {
  const world = { supportsTagsAndLocation: (type: string) => type === 'Microsoft.X/parents/children' };
  expect(stateOf(anything, { mode: 'Indexed', resource: child, world })).toBe('nonCompliant');
  expect(stateOf(anything, { mode: 'Indexed', world })).toBe('notApplicable');
});

test('a definition for the cluster add-on is delegated for clusters and not applicable to others', () => {
  const condition = { field: 'type', in: ['AKS Engine', AKS] };
  const options = { mode: 'Microsoft.Kubernetes.Data', then: { effect: 'deny' } };
  expect(judged(condition, options)).toMatchObject({
    state: 'unknown',
    effect: 'deny',
    unknown: { kind: 'delegated' },
  });
  expect(stateOf(condition, { ...options, resource: group })).toBe('notApplicable');
});

test('a definition for keys is delegated for the vault that they are in', () => {
  const condition = { field: 'type', equals: 'Microsoft.KeyVault.Data/vaults/keys' };
  const resource = { ...cluster, type: 'Microsoft.KeyVault/vaults' };
  expect(judged(condition, { mode: 'Microsoft.KeyVault.Data', resource })).toMatchObject({
    unknown: { kind: 'delegated' },
  });
});

test('a rule that asks who makes a request, or the location of a subscription, is not applicable', () => {
  const requester = { value: '[requestContext().identity.tokenType]', equals: 'User' };
  expect(judged({ allOf: [isCluster, requester] })).toMatchObject({
    because: 'the definition depends on who makes a request',
  });
  const there = { field: 'location', notEquals: 'eastus' };
  expect(judged(there, { resource: subscription })).toMatchObject({ because: 'a subscription has no location' });
  const parameters = { location: { value: "[field('location')]" } };
  const then = { effect: 'deployIfNotExists', details: { type: 'a/b', deployment: { properties: { parameters } } } };
  expect(judged(anything, { resource: subscription, then })).toMatchObject({
    because: 'a subscription has no location',
  });
});

test('a text of Microsoft about itself judges nothing', () => {
  const read = readDefinition({
    properties: { policyType: 'Static', policyRule: { if: anything, then: { effect: 'audit' } } },
  });
  expect(read).toMatchObject({ ok: true, definition: { isStatic: true } });
});

test.each([
  ['no condition', undefined, { effect: 'audit' }, 'if: a condition is needed, which is an object'],
  ['no effect', isCluster, {}, 'then: an effect is needed'],
  ['an effect that is no text', isCluster, { effect: 1 }, 'then: an effect is needed'],
  ['allOf that is no array', { allOf: {} }, { effect: 'audit' }, 'if.allOf: allOf needs an array of conditions'],
  ['not of an array', { not: [] }, { effect: 'audit' }, 'if.not: a condition is needed, which is an object'],
  ['two logical operators', { allOf: [], anyOf: [] }, { effect: 'audit' }, 'if: nothing else can stand beside allOf'],
  ['no left side', { equals: 1 }, { effect: 'audit' }, 'if: exactly one of field, value and count is needed'],
  [
    'two left sides',
    { field: 'a', value: 'a', equals: 1 },
    { effect: 'audit' },
    'if: exactly one of field, value and count is needed',
  ],
  ['no operator', { field: 'a' }, { effect: 'audit' }, 'if: exactly one operator is needed'],
  ['two operators', { field: 'a', equals: 1, notEquals: 2 }, { effect: 'audit' }, 'if: exactly one operator is needed'],
  [
    'an unknown operator',
    { field: 'a', equals: 1, matches: 2 },
    { effect: 'audit' },
    'if: matches is not an operator that Azure Policy has',
  ],
  ['keys that differ in case', { field: 'a', equals: 1, Equals: 2 }, { effect: 'audit' }, 'if: Equals is there twice'],
  ['exists of a number', { field: 'a', exists: 1 }, { effect: 'audit' }, 'if.exists: exists needs true or false'],
  ['a field that is no text', { field: 1, equals: 1 }, { effect: 'audit' }, 'if.field: a field is named by a text'],
  [
    'an operation that cannot be read',
    isCluster,
    { effect: 'modify', details: { operations: [{ value: '[oops' + '(]' }] } },
    'then.details.operations[0].value: a text, a number or a function is needed, not the end, at character 7 of [oops(]',
  ],
])('a definition with %s is refused with its place', (_, condition, then, problem) => {
  expect(problemsOf(condition ?? null, then)).toEqual([problem]);
});

test('keys and operators are read without regard to case, wrapped or not', () => {
  const policyRule = { IF: { AllOf: [{ Field: 'type', Equals: AKS }] }, Then: { Effect: 'Audit' } };
  expect(readDefinition({ policyRule }).ok).toBe(true);
  expect(readDefinition({ id: '/x', properties: { policyRule } })).toMatchObject({
    ok: true,
    definition: { id: '/x' },
  });
  expect(readDefinition('text').ok).toBe(false);
});
