import { policyInitiatives } from '../../shared/controls/policy-initiatives';
import type { Plan } from '../../shared/core/control';
import type { Resource } from '../../shared/core/resource';
import { reasonOf, type Aspect } from '../../shared/core/verdict';
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
} from './assigned-given';

const itself: Resource = resource(subscription, { displayName: 'landing zone' });
const cluster = resource(`${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`, {
  properties: { addonProfiles: { azurepolicy: { enabled: true } } },
});
const both = ['kube-system', 'gatekeeper-system'];
const denying = { effect: { value: 'deny' }, excludedNamespaces: { value: both } };
const auditing = { effect: { value: 'audit' }, excludedNamespaces: { value: [] } };
const own = (name: string): Resource => initiative(`${subscription}${group}/${name}`, [labels]);
const [denies, audits] = [own('denies'), own('audits')];
const denial = assigned('deny', denies.id, { parameters: denying });
const audit = assigned('audit', audits.id, { parameters: auditing });
const right = [labels, cluster, denies, audits, denial, audit];

const assignmentList = `${subscription}|Microsoft.Authorization/policyAssignments`;
const clusterList = `${subscription}|Microsoft.ContainerService/managedClusters`;

function aspects(resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}): readonly Aspect[] {
  const found = policyInitiatives.evaluate(itself, inventoryOf([itself, ...resources], unread));
  if (!Array.isArray(found)) throw new Error('several verdicts were expected');
  return found as readonly Aspect[];
}

function aspect(key: string, resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}): Aspect {
  const found = aspects(resources, unread).find((one) => one.key === key);
  if (found === undefined) throw new Error(`there is no aspect ${key}`);
  return found;
}

const states = (resources: readonly Resource[]): Readonly<Record<string, string>> =>
  Object.fromEntries(aspects(resources).map(({ key, verdict }) => [key, verdict.state]));
const problemsOf = ({ verdict }: Aspect): readonly string[] =>
  verdict.state === 'violation' ? verdict.problems.map(({ severity }) => severity) : [];

describe('a subscription with clusters', () => {
  test('is right with one custom initiative that denies and one that audits', () => {
    expect(states(right)).toMatchObject({ 'initiative|deny': 'compliant', 'initiative|audit': 'compliant' });
  });

  test.each([
    ['deny', denial],
    ['audit', audit],
  ])('lacks the one that is to %s', (kind, without) => {
    const found = aspect(
      `initiative|${kind}`,
      right.filter((one) => one !== without),
    );
    expect(problemsOf(found)).toEqual(['medium']);
    expect(reasonOf(found.verdict)).toMatch(/nothing is assigned that would/);
  });

  test('is not served by an initiative of Azure’s nor by single definitions', () => {
    const builtIn = { ...denies, properties: { ...(denies.properties as object), policyType: 'BuiltIn' } };
    const found = aspect('initiative|deny', [...right.filter((one) => one !== denies), builtIn]);
    expect(reasonOf(found.verdict)).toMatch(/1 assignment of single definitions or built-in initiatives deny/);
    const single = [labels, cluster, assigned('one', labels.id, { parameters: denying })];
    expect(aspect('initiative|deny', single).verdict.state).toBe('violation');
  });

  test('is not served by one initiative for both', () => {
    const rule = definition(`${definitions}/audits`, kubernetes({ effect: 'audit', excludedNamespaces: [] }));
    const mixed = initiative(`${subscription}${group}/mixed`, [labels, rule]);
    const used = assigned('m', mixed.id, { parameters: denying });
    for (const kind of ['deny', 'audit']) {
      const found = aspect(`initiative|${kind}`, [labels, rule, mixed, used, cluster]);
      expect(reasonOf(found.verdict)).toMatch(/mixes what denies and what audits/);
    }
  });

  test('is advised to take single assignments into its initiative, and to have one of each', () => {
    const single = assigned('one', labels.id, { parameters: denying });
    expect(problemsOf(aspect('initiative|deny', [...right, single]))).toEqual(['low']);
    const more = own('more');
    const second = assigned('more', more.id, { parameters: denying });
    expect(reasonOf(aspect('initiative|deny', [...right, more, second]).verdict)).toMatch(/^2 custom initiatives deny/);
  });
});

test('a subscription without a cluster has no need of them', () => {
  expect(states([])).toMatchObject({
    'initiative|deny': 'notApplicable',
    'initiative|audit': 'notApplicable',
    'add-on': 'notApplicable',
  });
});

describe('the policy add-on', () => {
  const withAddOn = (addonProfiles: unknown): string =>
    aspect('add-on', [{ ...cluster, properties: { addonProfiles } }]).verdict.state;

  test.each([
    ['in the one spelling', { azurepolicy: { enabled: true } }, 'compliant'],
    ['in the other', { azurePolicy: { enabled: true } }, 'compliant'],
    ['switched off', { azurepolicy: { enabled: false } }, 'violation'],
    ['without a word on it', { azurepolicy: {} }, 'violation'],
    ['and no other', { omsagent: { enabled: true } }, 'violation'],
    ['absent', undefined, 'violation'],
    ['null', { azurepolicy: null }, 'violation'],
  ])('%s', (_, profiles, state) => {
    expect(withAddOn(profiles)).toBe(state);
  });
});

describe('what is advised for the whole subscription', () => {
  const benchmark = `${group}/1f3afdf9-d0c9-4c3d-847f-89da613e70a8`;
  const pci = `${group}/A06D5DEB-24AA-4991-9D58-FA7563154E31`;
  const builtIn = (id: string): Resource => initiative(id, [], 'BuiltIn');
  const there = [builtIn(benchmark), builtIn(pci)];

  test('are both regulatory initiatives, at its scope or above', () => {
    const above = '/providers/Microsoft.Management/managementGroups/root';
    const all = [...there, assigned('b', benchmark), assigned('p', pci, {}, above)];
    expect(aspect('regulatory', all).verdict.state).toBe('compliant');
    const found = aspect('regulatory', [...there, assigned('b', benchmark)]);
    expect(reasonOf(found.verdict)).toMatch(/^«PCI DSS 4\.0\.1»: not assigned/);
    expect(problemsOf(found)).toEqual(['low']);
    const below = [...there, assigned('b', benchmark), assigned('p', pci, {}, `${subscription}/resourceGroups/rg`)];
    expect(aspect('regulatory', below).verdict.state).toBe('violation');
  });

  test('are allowed locations and no public addresses, alone or in an initiative', () => {
    const [places, addresses] = [
      definition(`${definitions}/e56962a6-4747-49cd-b67b-bf8b01975c4c`, {}),
      definition(`${definitions}/83a86a26-fd1f-447c-b59d-e51f44264114`, {}),
    ];
    const set = initiative(`${subscription}${group}/base`, [places, addresses]);
    expect(aspect('baseline', [places, addresses, set, assigned('s', set.id)]).verdict.state).toBe('compliant');
    expect(reasonOf(aspect('baseline', [places, assigned('l', places.id)]).verdict)).toMatch(/^«Network interfaces/);
  });
});

describe('an assignment of a management group', () => {
  const above = '/providers/Microsoft.Management/managementGroups/platform';

  test('is judged with the subscription, once', () => {
    const hidden = assigned('top', labels.id, { parameters: { effect: { value: 'audit' } } }, above);
    const own = assigned('own', labels.id, { parameters: { effect: { value: 'audit' } } });
    const found = aspects([labels, hidden, own]).filter(({ title }) => title.includes('management group'));
    expect(found).toMatchObject([
      { title: '«Assignment top» of management group platform', verdict: { state: 'violation' } },
    ]);
    expect(policyInitiatives.evaluate(hidden, inventoryOf([labels, hidden]))).toMatchObject({ state: 'notApplicable' });
  });

  test('that leaves the subscription out is none of its own', () => {
    const more = { parameters: { effect: { value: 'audit' } }, notScopes: [subscription] };
    const found = aspects([labels, assigned('top', labels.id, more, above)]);
    expect(found.filter(({ title }) => title.includes('management group'))).toEqual([]);
  });

  test('is not mentioned when it is about something else', () => {
    const other = definition(`${definitions}/tags`, {});
    const found = aspects([other, assigned('top', other.id, {}, above)]);
    expect(found.filter(({ title }) => title.includes('management group'))).toEqual([]);
  });
});

describe('a subscription is unknown', () => {
  test('when its assignments cannot be listed', () => {
    expect(policyInitiatives.evaluate(itself, inventoryOf(right, { [assignmentList]: 'forbidden' }))).toEqual({
      state: 'unknown',
      reason: 'policy assignments: forbidden',
    });
  });

  test('as to what a definition that is not read may be', () => {
    const found = aspect('initiative|deny', right, { [denies.id]: 'forbidden' });
    expect(found.verdict).toEqual({ state: 'unknown', reason: '«Assignment deny»: definition denies: forbidden' });
    expect(aspect('baseline', right, { [denies.id]: 'forbidden' }).verdict.state).toBe('unknown');
  });

  test('as to its clusters when they cannot be listed', () => {
    const unread = { [clusterList]: 'forbidden' };
    expect(aspect('add-on', [], unread).verdict.state).toBe('unknown');
    expect(aspect('initiative|deny', [], unread).verdict.state).toBe('unknown');
  });
});

describe('the remedy', () => {
  const marked = (name: string, parameters: object = {}): Resource =>
    initiative(`${subscription}${group}/${name}`, [labels], 'Custom', { metadata: { steward: '1' }, ...parameters });
  const denyByDefault = {
    parameters: {
      effect: { type: 'String', defaultValue: 'deny' },
      excludedNamespaces: { type: 'Array', defaultValue: both },
      namespaces: { type: 'Array', defaultValue: [] },
    },
  };
  const stewards = [marked('steward-audit'), marked('steward-deny', denyByDefault)];
  const plan = (resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}): Plan =>
    policyInitiatives.remedy.plan(itself, inventoryOf([itself, ...resources], unread), settings);

  test('assigns both of Steward’s initiatives, marked as its own and not enforced', () => {
    expect(plan([labels, cluster, ...stewards])).toEqual({
      lock: `${subscription}/providers/Microsoft.Authorization/policyAssignments`,
      blocked: [],
      actions: ['deny', 'audit'].map((kind) => ({
        id: `${subscription}${assignments}/steward-kubernetes-${kind}`,
        body: {
          properties: {
            displayName: `Initiative steward-${kind}`,
            description: 'Made by Steward, and not enforced until somebody decides so.',
            policyDefinitionId: `${subscription}${group}/steward-${kind}`,
            enforcementMode: 'DoNotEnforce',
            metadata: { steward: 'kubernetes' },
          },
        },
        summary: `assign «Initiative steward-${kind}» to the subscription with the enforcement mode DoNotEnforce`,
        permission: 'Microsoft.Authorization/policyAssignments/write',
      })),
    });
  });

  test('flips the verdict, and then has nothing left to do', () => {
    const made = plan([labels, cluster, ...stewards]).actions.map(({ id, body }) => resource(id, body));
    const after = [labels, cluster, ...stewards, ...made];
    expect(states(after)).toMatchObject({ 'initiative|deny': 'compliant', 'initiative|audit': 'compliant' });
    expect(plan(after)).toMatchObject({ actions: [], blocked: [] });
  });

  test('assigns only what is missing, and nothing beside an initiative that somebody has assigned', () => {
    const actions = plan([labels, cluster, denies, denial, ...stewards]).actions.map(({ id }) => id);
    expect(actions).toEqual([`${subscription}${assignments}/steward-kubernetes-audit`]);
    const loose = assigned('one', labels.id, { parameters: auditing });
    expect(plan([...right, loose, ...stewards]).actions).toEqual([]);
  });

  test.each<[string, readonly Resource[]]>([
    ['there are none', []],
    ['they do not carry the mark', [denies, audits]],
    ['they are said to be Azure’s', stewards.map((one) => having(one, { policyType: 'BuiltIn' }))],
    ['they do something else', [marked('steward-audit', { policyDefinitions: [] })]],
  ])('says what to deploy when %s', (_, some) => {
    const { actions, blocked } = plan([labels, cluster, ...some]);
    expect(actions).toEqual([]);
    expect(blocked.join()).toMatch(/no initiative of Steward’s is there that would deny .*deploy its policies/);
  });

  test('does not overwrite what somebody has assigned under the same name', () => {
    const other = definition(`${definitions}/tags`, {});
    const taken = assigned('Steward-Kubernetes-Deny', other.id);
    const { actions, blocked } = plan([labels, cluster, other, taken, ...stewards]);
    expect(actions.map(({ id }) => id)).toEqual([`${subscription}${assignments}/steward-kubernetes-audit`]);
    expect(blocked).toEqual([expect.stringMatching(/assigns something else/)]);
  });

  test('writes nothing while something cannot be read', () => {
    const list = `${subscription}|Microsoft.Authorization/policySetDefinitions`;
    expect(plan([labels, cluster, ...stewards], { [list]: 'forbidden' })).toMatchObject({
      actions: [],
      blocked: ['initiatives: forbidden'],
    });
    expect(plan([labels, cluster, ...stewards], { [assignmentList]: 'forbidden' }).actions).toEqual([]);
  });
});
