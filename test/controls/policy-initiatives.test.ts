import { policyInitiatives } from '../../shared/controls/policy-initiatives';
import type { Json, Resource } from '../../shared/core/resource';
import { reasonOf, type Verdict } from '../../shared/core/verdict';
import { having, inventoryOf, resource, settings, subscription } from '../given';
import {
  assigned,
  assignments,
  definition,
  definitions,
  group,
  initiative,
  kubernetes,
  labels,
  roles,
} from './assigned-given';

const both = ['kube-system', 'gatekeeper-system'];

function judged(
  subject: Resource,
  more: readonly Resource[] = [],
  unread: Readonly<Record<string, string>> = {},
): Verdict {
  const found = policyInitiatives.evaluate(subject, inventoryOf([labels, subject, ...more], unread));
  if (Array.isArray(found)) throw new Error('one verdict was expected');
  return found as Verdict;
}

const stateOf = (subject: Resource, more: readonly Resource[] = []): string => judged(subject, more).state;
const reason = (subject: Resource, more: readonly Resource[] = []): string => reasonOf(judged(subject, more));
const severity = (subject: Resource, more: readonly Resource[] = []): readonly string[] => {
  const verdict = judged(subject, more);
  return verdict.state === 'violation' ? verdict.problems.map((problem) => problem.severity) : [];
};

/** An assignment of the definition about labels, whose default effect is deny. */
const labelled = (parameters: Readonly<Record<string, Json>>, more: object = {}): Resource =>
  assigned('labels', labels.id, { parameters: given(parameters), ...more });
const given = (values: Readonly<Record<string, Json>>): object =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

describe('an assignment that audits in clusters', () => {
  test('is a violation when it leaves a system namespace out, and right when it does not', () => {
    expect(stateOf(labelled({ effect: 'Audit', excludedNamespaces: ['kube-system'] }))).toBe('violation');
    expect(stateOf(labelled({ effect: 'Audit', excludedNamespaces: ['ingress'] }))).toBe('compliant');
    expect(stateOf(labelled({ effect: 'Audit', excludedNamespaces: [] }))).toBe('compliant');
  });

  test.each(['kube-system', 'gatekeeper-system', 'azure-arc', 'azure-extensions-usage-system'])(
    'is a violation when it leaves %s out',
    (name) => {
      const subject = labelled({ effect: 'audit', excludedNamespaces: ['flux-system', name] });
      expect(reason(subject)).toMatch(new RegExp(`every namespace but ${name}: `));
    },
  );

  test('leaves out what the definition does by default when the parameter is absent', () => {
    expect(reason(labelled({ effect: 'audit' }))).toMatch(
      /every namespace but kube-system, gatekeeper-system, azure-arc \(the definition’s default\)/,
    );
  });

  test('is right when it is limited to named namespaces', () => {
    const limited = labelled({ effect: 'audit', excludedNamespaces: both, namespaces: ['shop'] });
    expect(stateOf(limited)).toBe('compliant');
    expect(stateOf(labelled({ effect: 'audit', excludedNamespaces: both, namespaces: [] }))).toBe('violation');
  });

  test('reads names of parameters without regard to case, and names of namespaces with', () => {
    expect(stateOf(labelled({ EFFECT: 'audit', EXCLUDEDNAMESPACES: ['kube-system'] }))).toBe('violation');
    expect(stateOf(labelled({ effect: 'audit', excludedNamespaces: ['Kube-System'] }))).toBe('compliant');
  });
});

describe('an assignment that denies in clusters', () => {
  test('is a violation when it does not leave the system namespaces out', () => {
    expect(stateOf(labelled({ excludedNamespaces: both }))).toBe('compliant');
    expect(reason(labelled({ excludedNamespaces: ['kube-system'] }))).toMatch(/denies in gatekeeper-system as well/);
    expect(severity(labelled({ excludedNamespaces: [] }))).toEqual(['high']);
  });

  test('has the effect that the definition has by default', () => {
    expect(reason(labelled({ excludedNamespaces: both }))).toMatch(/1 to deny/);
  });

  test('is right when it is limited to namespaces that are not the system’s', () => {
    expect(stateOf(labelled({ excludedNamespaces: [], namespaces: ['shop'] }))).toBe('compliant');
    expect(stateOf(labelled({ excludedNamespaces: [], namespaces: ['kube-system'] }))).toBe('violation');
  });

  test.each([
    ['internal load balancers', '3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e', 'low'],
    ['HTTPS', '1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d', 'low'],
    ['the namespace default', '9F061A12-E40D-4183-A00E-171812443373', 'low'],
    ['privileged containers', '95edb821-ddaf-4404-9732-666045e056b4', 'high'],
  ])('is advised on the system namespaces by the rule about %s', (_, name, expected) => {
    const rule = definition(`${definitions}/${name}`, kubernetes());
    const subject = assigned('a', rule.id, { parameters: given({ effect: 'deny', excludedNamespaces: [] }) });
    expect(severity(subject, [rule])).toEqual([expected]);
  });

  test('is judged by the constant of the rule where it has no parameter', () => {
    const constant = definition(
      `${subscription}${definitions}/own`,
      kubernetes({ effect: 'deny', excludedNamespaces: both }),
    );
    expect(stateOf(assigned('a', constant.id), [constant])).toBe('compliant');
    const other = definition(`${subscription}${definitions}/own`, kubernetes({ excludedNamespaces: [] }));
    expect(stateOf(assigned('a', other.id), [other])).toBe('violation');
  });
});

test('an override decides on the effect', () => {
  const overrides = [{ kind: 'policyEffect', value: 'Audit' }];
  expect(stateOf(labelled({ excludedNamespaces: both }, { overrides }))).toBe('violation');
  const elsewhere = [{ ...overrides[0], selectors: [{ kind: 'resourceLocation', in: ['westeurope'] }] }];
  expect(stateOf(labelled({ excludedNamespaces: both }, { overrides: elsewhere }))).toBe('compliant');
});

test('members of an initiative get their parameters through it, and have one complaint together', () => {
  const other = definition(`${definitions}/other`, kubernetes());
  const set = initiative(`${subscription}${assignments}/set`, [labels, other]);
  const subject = assigned('a', set.id, {
    parameters: given({ effect: 'audit', excludedNamespaces: ['kube-system'] }),
  });
  expect(judged(subject, [set, other])).toMatchObject({ state: 'violation', problems: [{ severity: 'medium' }] });
  expect(reason(subject, [set, other])).toMatch(/^each of 2 definitions audits every namespace but kube-system/);
  const right = assigned('a', set.id, { parameters: given({ effect: 'audit', excludedNamespaces: [] }) });
  expect(stateOf(right, [set, other])).toBe('compliant');
});

test('a member that is excused does not excuse the others of its initiative', () => {
  const harmless = definition(`${definitions}/3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e`, kubernetes());
  const set = initiative(`${subscription}${group}/set`, [harmless, labels]);
  const subject = assigned('a', set.id, { parameters: given({ effect: 'deny', excludedNamespaces: [] }) });
  expect(severity(subject, [set, harmless])).toEqual(['low', 'high']);
});

describe('the restricted initiative', () => {
  const restricted = initiative(
    '/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00',
    [labels],
    'BuiltIn',
  );
  const plain = (more: Readonly<Record<string, Json>> = {}): Resource =>
    assigned('r', restricted.id, { parameters: given({ effect: 'audit', excludedNamespaces: [], ...more }) });

  test('is a violation as it comes', () => {
    expect(reason(plain(), [restricted])).toMatch(/assigned as it comes/);
  });

  test('is right when a parameter is tuned, and not when it is given its default', () => {
    expect(stateOf(plain({ namespaces: ['shop'] }), [restricted])).toBe('compliant');
    expect(stateOf(plain({ namespaces: [] }), [restricted])).toBe('violation');
  });

  test('is right when a custom initiative for clusters is in its place', () => {
    const own = initiative(`${subscription}${group}/own`, [labels]);
    const used = assigned('o', own.id, { parameters: given({ effect: 'deny', excludedNamespaces: both }) });
    expect(stateOf(plain(), [restricted, own, used])).toBe('compliant');
    const builtIn = { ...own, properties: { ...(own.properties as object), policyType: 'BuiltIn' } };
    expect(stateOf(plain(), [restricted, builtIn, used])).toBe('violation');
  });

  test('is unknown while the other assignments cannot be read', () => {
    const list = `${subscription}|Microsoft.Authorization/policyAssignments`;
    expect(judged(plain(), [restricted], { [list]: 'Azure refused it' })).toEqual({
      state: 'unknown',
      reason: 'policy assignments: Azure refused it',
    });
  });
});

describe('an expression of allowed images', () => {
  const images = definition(`${definitions}/febd0533-8e55-448f-b837-bd0e06f16469`, kubernetes({ image: true }));
  const allowing = (regex: string, effect = 'deny'): Resource =>
    assigned('i', images.id, {
      parameters: given({
        effect,
        excludedNamespaces: effect === 'deny' ? both : [],
        allowedContainerImagesRegex: regex,
      }),
    });

  test.each([
    ['^shop\\.azurecr\\.io/live/.+$', 'compliant', /./],
    ['shop\\.azurecr\\.io/live/.+$', 'violation', /begins anywhere/],
    ['^shop.azurecr\\.io/live/.+$', 'violation', /dots that stand for any/],
    ['^shop\\.azurecr\\.io/.+$|^mcr\\.microsoft\\.com/oss/.+$', 'compliant', /./],
    ['^shop\\.azurecr\\.io/.+$|mcr\\.microsoft\\.com/oss/.+$', 'violation', /begins anywhere/],
    ['^(shop\\.azurecr\\.io|mcr\\.microsoft\\.com/oss)/.+$', 'compliant', /./],
    ['^mcr\\.microsoft\\.com/.+$', 'violation', /all of the public registry mcr\.microsoft\.com/],
    ['^shop\\.azurecr\\.io/\\(.+$|other\\.azurecr\\.io/.+$', 'violation', /begins anywhere/],
    ['^.*$', 'violation', /every image/],
  ])('%s is %s', (regex, state, why) => {
    expect(stateOf(allowing(regex), [images])).toBe(state);
    expect(reason(allowing(regex), [images])).toMatch(why);
  });

  test('does not matter while the definition is off', () => {
    expect(stateOf(allowing('.*', 'disabled'), [images])).toBe('compliant');
  });
});

describe('what an assignment says', () => {
  const rule = (effect: string): Resource =>
    definition(`${subscription}${definitions}/private`, { mode: 'All', policyType: 'Custom', ...writtenWith(effect) });
  const writtenWith = (effect: string): object => ({
    policyRule: { if: { field: 'type', equals: 'A.B/c' }, then: { effect } },
  });
  const saying = (description: string, more: object = {}): Resource =>
    assigned('p', `${subscription}${definitions}/private`, { description, ...more });

  test.each([
    ['Only support private clusters, deny any other.', 'Audit', 'violation'],
    ['Only support private clusters, deny any other.', 'Deny', 'compliant'],
    ['Disallow older versions.', 'AuditIfNotExists', 'violation'],
    ['Blocks what is public.', 'Disabled', 'violation'],
    ['List of supported types.', 'Audit', 'notApplicable'],
    ['Audits, and does not deny.', 'Audit', 'notApplicable'],
    ['Does not block anything.', 'Audit', 'notApplicable'],
    ['Audits or denies what is public.', 'Audit', 'notApplicable'],
    ['Clusters should only allow internal traffic.', 'Audit', 'notApplicable'],
  ])('«%s» with the effect %s is %s', (description, effect, state) => {
    expect(stateOf(saying(description), [rule(effect)])).toBe(state);
  });

  test('is a violation when nothing enforces it, unless Steward has made it', () => {
    const text = 'Deny any other.';
    const held = { enforcementMode: 'DoNotEnforce' };
    expect(reason(saying(text, held), [rule('deny')])).toMatch(/DoNotEnforce nothing is refused/);
    const own = saying(text, { ...held, metadata: { steward: '1' } });
    expect(stateOf(own, [rule('deny')])).toBe('compliant');
  });

  test('is not what it copies from Azure’s definition, and is what somebody wrote on a definition of his own', () => {
    const text = 'Deny what is public';
    const builtIn = having(rule('Audit'), { policyType: 'BuiltIn', displayName: text });
    expect(stateOf(assigned('p', builtIn.id, { displayName: `[rg] ${text}` }), [builtIn])).toBe('notApplicable');
    const own = having(rule('Audit'), { displayName: text });
    expect(stateOf(assigned('p', own.id), [own])).toBe('violation');
  });
});

describe('an assignment that deploys', () => {
  const deploying = definition(`${subscription}${definitions}/deploy`, {
    policyRule: {
      if: { field: 'type', equals: 'A.B/c' },
      then: { effect: 'deployIfNotExists', details: { type: 'A.B/d' } },
    },
  });
  const subject = { ...assigned('d', deploying.id), identity: { type: 'SystemAssigned', principalId: 'AAAA' } };

  test('needs an identity with a role', () => {
    expect(reason(subject, [deploying])).toMatch(/identity has no role/);
    expect(stateOf(subject, [deploying, roles('bbbb')])).toBe('violation');
    expect(stateOf(subject, [deploying, roles('aaaa')])).toBe('compliant');
    expect(reason(assigned('d', deploying.id), [deploying])).toMatch(/no identity to write with/);
  });

  test('may have one that a user has assigned', () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { '/x': { principalId: 'cccc' } } };
    expect(stateOf({ ...subject, identity }, [deploying, roles('cccc')])).toBe('compliant');
    expect(stateOf({ ...subject, identity }, [deploying, roles('aaaa')])).toBe('violation');
  });

  test('is unknown while roles cannot be read', () => {
    const unread = { [`${subscription}|Microsoft.Authorization/roleAssignments`]: 'forbidden' };
    expect(judged(subject, [deploying], unread)).toEqual({ state: 'unknown', reason: 'role assignments: forbidden' });
  });
});

describe('the enforcement mode DoNotEnforce', () => {
  const since = (createdOn?: string, more: object = {}): Resource =>
    labelled({ excludedNamespaces: both }, { enforcementMode: 'DoNotEnforce', metadata: { createdOn, ...more } });

  test.each([
    ['for 29 days is right', '2026-01-31T08:00:00Z', 'compliant'],
    ['for 31 days is advised against', '2026-01-29T08:00:00Z', 'violation'],
    ['since nobody knows when is not complained of', undefined, 'compliant'],
    ['since no time at all is not complained of', 'yesterday', 'compliant'],
  ])('%s', (_, createdOn, state) => {
    expect(stateOf(since(createdOn))).toBe(state);
  });

  test('counts from the last change', () => {
    expect(stateOf(since('2025-01-01T00:00:00Z', { updatedOn: '2026-02-20T00:00:00Z' }))).toBe('compliant');
  });
});

test('excluded scopes that take out every cluster are a violation', () => {
  const cluster = resource(
    `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`,
    {},
  );
  const without = labelled({ excludedNamespaces: both }, { notScopes: [`${subscription}/resourceGroups/RG`] });
  expect(reason(without, [cluster])).toMatch(/excluded scopes take out every cluster/);
  expect(stateOf(without)).toBe('compliant');
  const other = { ...cluster, id: cluster.id.replace('/rg/', '/rg2/') };
  expect(stateOf(without, [cluster, other])).toBe('compliant');
});

describe('an assignment is unknown', () => {
  test('when its definition cannot be read, does not exist, or is not named', () => {
    const subject = labelled({ excludedNamespaces: both });
    expect(judged(subject, [], { [labels.id]: 'forbidden' })).toEqual({
      state: 'unknown',
      reason: 'definition labels: forbidden',
    });
    expect(reason(assigned('a', `${definitions}/none`))).toBe('definition none: it does not exist');
    expect(judged(resource(`${subscription}${assignments}/a`, {}))).toEqual({
      state: 'unknown',
      reason: 'it names no definition',
    });
  });

  test.each<[string, Json]>([
    ['an effect that is no text', 7],
    ['an effect that is an expression over what is not there', "[parameters('nothing')]"],
  ])('when it has %s', (_, effect) => {
    const rule = definition(`${definitions}/odd`, kubernetes({ effect, excludedNamespaces: both }));
    expect(stateOf(assigned('a', rule.id), [rule])).toBe('unknown');
  });

  test('when its namespaces are no list of texts', () => {
    expect(judged(labelled({ excludedNamespaces: 'kube-system' }))).toEqual({
      state: 'unknown',
      reason: 'excludedNamespaces is no list of texts',
    });
  });

  test('and not compliant when a member of its initiative is missing', () => {
    const set = initiative(`${subscription}${assignments}/set`, [
      labels,
      definition(`${definitions}/gone`, kubernetes()),
    ]);
    const subject = assigned('a', set.id, { parameters: given({ effect: 'audit', excludedNamespaces: [] }) });
    expect(judged(subject, [set])).toEqual({ state: 'unknown', reason: 'definition gone: it does not exist' });
  });
});

test('an assignment that is not for clusters is not applicable', () => {
  const other = definition(`${definitions}/tags`, { mode: 'Indexed' });
  expect(stateOf(assigned('a', other.id), [other])).toBe('notApplicable');
});

test('a null is what is absent', () => {
  const subject = labelled({ excludedNamespaces: both }, { notScopes: null, overrides: null, metadata: null });
  expect(stateOf({ ...subject, identity: null } as unknown as Resource)).toBe('compliant');
});

test('an assignment concerns its subscription, and a subscription nobody', () => {
  expect(policyInitiatives.concerns(labelled({}))).toEqual([subscription]);
  expect(policyInitiatives.concerns(resource(subscription, {}))).toEqual([]);
});

test('an assignment of somebody else is left to its owner', () => {
  const subject = labelled({ excludedNamespaces: [] });
  const plan = policyInitiatives.remedy.plan(subject, inventoryOf([labels, subject]), settings);
  expect(plan).toMatchObject({ actions: [], blocked: [expect.stringMatching(/for its owner to change/)] });
});
