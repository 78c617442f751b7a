import { hopResolver } from '../../shared/policy/alias-hop';
import { readAssignment } from '../../shared/policy/assignments';
import { readExemption } from '../../shared/policy/exemptions';
import { assignedPolicies, type AssignedVerdicts } from '../../shared/policy/judge-assigned';
import type { Json, JsonObject } from '../../shared/policy/json';
import { covers } from '../../shared/policy/selectors';
import { prepare } from '../../shared/policy/subject';
import { newestVersion } from '../../shared/policy/versions';
import { AKS, cluster, context } from './given';

const SUBSCRIPTION = '/subscriptions/11111111-1111-1111-1111-111111111111';
const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-app`;
const ROOT = '/providers/Microsoft.Management/managementGroups/root';
const DEFINITIONS = '/providers/Microsoft.Authorization/policyDefinitions';
const SET = '/providers/Microsoft.Authorization/policySetDefinitions/baseline';
const placement = { id: cluster.id, type: AKS, location: cluster.location, managementGroups: [ROOT] };

/** Every cluster whose version is not the wanted one is a violation. */
const versionRule = (version?: string): JsonObject => ({
  properties: {
    displayName: 'Clusters should have the wanted version',
    mode: 'Indexed',
    ...(version === undefined ? {} : { version }),
    parameters: { wanted: { type: 'String', defaultValue: '1.0' }, effect: { type: 'String', defaultValue: 'Audit' } },
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: AKS },
          { field: `${AKS}/kubernetesVersion`, notEquals: "[parameters('wanted')]" },
        ],
      },
      then: { effect: "[parameters('effect')]" },
    },
  },
});

const initiative: JsonObject = {
  id: SET,
  properties: {
    parameters: { wanted: { type: 'String', defaultValue: '9.9' }, prefix: { type: 'String', defaultValue: '1.' } },
    policyDefinitions: [
      {
        policyDefinitionId: `${DEFINITIONS}/version`,
        policyDefinitionReferenceId: 'first',
        groupNames: ['control-1'],
        parameters: { wanted: { value: "[parameters('wanted')]" } },
      },
      {
        policyDefinitionId: `${DEFINITIONS}/version`,
        policyDefinitionReferenceId: 'second',
        parameters: { wanted: { value: "[concat(parameters('prefix'), '29.2')]" }, effect: { value: 'Deny' } },
      },
    ],
  },
};

const assignmentOf = (properties: JsonObject): JsonObject => ({
  id: `${SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/a1`,
  name: 'a1',
  properties: { displayName: 'Baseline', policyDefinitionId: SET, ...properties },
});

const exemptionOf = (properties: JsonObject, scope = GROUP): JsonObject => ({
  id: `${scope}/providers/Microsoft.Authorization/policyExemptions/e1`,
  properties: {
    policyAssignmentId: String(assignmentOf({})['id']).toUpperCase(),
    exemptionCategory: 'Waiver',
    ...properties,
  },
});

interface Given {
  readonly exemption?: JsonObject;
  readonly resource?: Json;
  readonly definition?: (id: string, version: string | undefined) => Json | undefined;
}

function judgedBy(assignment: JsonObject, given: Given = {}): AssignedVerdicts {
  const policies = assignedPolicies({
    assignments: [readAssignment(assignment)],
    exemptions: given.exemption === undefined ? [] : [readExemption(given.exemption)],
    catalogue: {
      definitionOf: given.definition ?? ((id) => (id === `${DEFINITIONS}/version` ? versionRule() : undefined)),
      initiativeOf: (id) => (id === SET ? initiative : undefined),
    },
    aliases: hopResolver,
  });
  return policies.judge(prepare(given.resource ?? cluster), placement, context);
}

const states = (assignment: JsonObject, given?: Given): readonly string[] =>
  judgedBy(assignment, given).verdicts.map(({ verdict }) => verdict.state);

test('every member of an initiative is judged with the parameters that the initiative gives', () => {
  const { verdicts } = judgedBy(assignmentOf({}));
  expect(verdicts).toMatchObject([
    {
      member: { referenceId: 'first', groups: ['control-1'], initiativeId: SET },
      verdict: { state: 'nonCompliant', effect: 'Audit', reasons: [{ wanted: '9.9', found: '1.29.2' }] },
    },
    { member: { referenceId: 'second' }, verdict: { state: 'compliant', effect: 'Deny' } },
  ]);
});

test('the parameters of the assignment win over those of the initiative', () => {
  expect(states(assignmentOf({ parameters: { WANTED: { value: '1.29.2' } } }))).toEqual(['compliant', 'compliant']);
  expect(states(assignmentOf({ parameters: { prefix: { value: '2.' } } }))).toEqual(['nonCompliant', 'nonCompliant']);
  expect(states(assignmentOf({ parameters: { prefix: { value: 1.5 } } }))).toEqual(['nonCompliant', 'nonCompliant']);
});

test('an assignment of a definition itself has one member', () => {
  const assignment = assignmentOf({
    policyDefinitionId: `${DEFINITIONS}/version`,
    parameters: { effect: { value: 'Disabled' } },
  });
  expect(judgedBy(assignment).verdicts).toMatchObject([
    {
      member: { referenceId: '', initiativeId: undefined },
      verdict: { state: 'notApplicable', because: 'the effect is Disabled' },
    },
  ]);
});

test.each([
  ['the management group above', { scope: ROOT }, 2],
  ['the subscription', { scope: SUBSCRIPTION.toUpperCase() }, 2],
  ['the resource', { scope: cluster.id }, 2],
  ['another management group', { scope: ROOT.replace('root', 'other') }, 0],
  ['a resource group whose name begins the same', { scope: GROUP.slice(0, -1) }, 0],
  ['a scope that is taken out again', { scope: SUBSCRIPTION, notScopes: [GROUP] }, 0],
  ['a management group that is taken out again', { scope: SUBSCRIPTION, notScopes: [ROOT] }, 0],
  ['no scope but the id', {}, 2],
])('an assignment to %s gives %i states', (_, properties, expected) => {
  expect(states(assignmentOf(properties as JsonObject))).toHaveLength(expected as number);
});

test('a scope covers itself and what lies below it', () => {
  expect(covers(GROUP, { ...placement, id: GROUP })).toBe(true);
  expect(covers(`${GROUP}/`, placement)).toBe(true);
  expect(covers(cluster.id, { ...placement, id: GROUP })).toBe(false);
});

const select = (...selectors: Json[]) => ({ resourceSelectors: [{ name: 's', selectors }] });

test.each([
  ['its region', select({ kind: 'resourceLocation', in: ['eastus2'] }), 2],
  ['another region', select({ kind: 'resourceLocation', in: ['westus'] }), 0],
  ['not its region', select({ kind: 'resourceLocation', notIn: ['East US 2'] }), 0],
  ['its type', select({ kind: 'resourceType', in: [AKS.toLowerCase()] }), 2],
  [
    'its type in another region',
    select({ kind: 'resourceType', in: [AKS] }, { kind: 'resourceLocation', in: ['westus'] }),
    0,
  ],
  ['what has no location', select({ kind: 'resourceWithoutLocation', in: ['subscriptionLevelResources'] }), 0],
  [
    'one of two',
    {
      resourceSelectors: [
        ...select({ kind: 'resourceType', in: ['a/b'] }).resourceSelectors,
        ...select({ kind: 'resourceType', in: [AKS] }).resourceSelectors,
      ],
    },
    2,
  ],
])('resource selectors with %s give %i states', (_, properties, expected) => {
  expect(states(assignmentOf(properties))).toHaveLength(expected);
});

test('a selector of an unknown kind makes every member unknown', () => {
  expect(states(assignmentOf(select({ kind: 'resourceMood', in: ['good'] })))).toEqual(['unknown', 'unknown']);
});

const override = (value: string, ...selectors: Json[]) => ({ kind: 'policyEffect', value, selectors });

test('an override puts another effect in place, for the members and regions that it selects', () => {
  const effects = (...overrides: Json[]) =>
    judgedBy(assignmentOf({ overrides })).verdicts.map(({ verdict }) => [verdict.effect, verdict.state]);
  const first = { kind: 'policyDefinitionReferenceId', in: ['FIRST'] };
  expect(effects(override('Disabled', first))).toEqual([
    ['Disabled', 'notApplicable'],
    ['Deny', 'compliant'],
  ]);
  expect(effects(override('Deny'))).toEqual([
    ['Deny', 'nonCompliant'],
    ['Deny', 'compliant'],
  ]);
  expect(effects(override('Deny', first), override('Disabled'))).toEqual([
    ['Deny', 'nonCompliant'],
    ['Disabled', 'notApplicable'],
  ]);
  expect(effects(override('Disabled', first, { kind: 'resourceLocation', in: ['westus'] }))).toEqual([
    ['Audit', 'nonCompliant'],
    ['Deny', 'compliant'],
  ]);
});

test('what is not enforced is judged all the same', () => {
  const { verdicts } = judgedBy(assignmentOf({ enforcementMode: 'DoNotEnforce' }));
  expect(verdicts.map(({ member, verdict }) => [member.assignment.enforcement, verdict.state])).toEqual([
    ['DoNotEnforce', 'nonCompliant'],
    ['DoNotEnforce', 'compliant'],
  ]);
});

test('a message is the one of the member, or else the one for all', () => {
  const nonComplianceMessages = [{ message: 'all' }, { message: 'second only', policyDefinitionReferenceId: 'second' }];
  const { verdicts } = judgedBy(assignmentOf({ nonComplianceMessages }));
  expect(verdicts.map(({ member }) => member.message)).toEqual(['all', 'second only']);
});

test.each([
  ['for everything', {}, ['exempt', 'exempt']],
  ['for one member', { policyDefinitionReferenceIds: ['First'] }, ['exempt', 'compliant']],
  ['for another assignment', { policyAssignmentId: '/other' }, ['nonCompliant', 'compliant']],
  ['that expires tomorrow', { expiresOn: '2026-03-02T00:00:00Z' }, ['exempt', 'exempt']],
  ['that expires now', { expiresOn: '2026-03-01T12:00:00Z' }, ['nonCompliant', 'compliant']],
  ['whose expiry cannot be read', { expiresOn: 'soon' }, ['nonCompliant', 'compliant']],
  ['for another region', select({ kind: 'resourceLocation', in: ['westus'] }), ['nonCompliant', 'compliant']],
  ['for its region', select({ kind: 'resourceLocation', in: ['eastus2'] }), ['exempt', 'exempt']],
  ['with a selector of an unknown kind', select({ kind: 'resourceMood', in: ['good'] }), ['nonCompliant', 'compliant']],
])('an exemption %s', (_, properties, expected) => {
  expect(states(assignmentOf({}), { exemption: exemptionOf(properties) })).toEqual(expected);
});

test('an exempt resource keeps what it would be, and the exemption says why', () => {
  const { verdicts } = judgedBy(assignmentOf({}), { exemption: exemptionOf({}) });
  expect(verdicts[0]?.verdict).toMatchObject({
    state: 'exempt',
    effect: 'Audit',
    inner: { state: 'nonCompliant' },
    exemption: { category: 'Waiver' },
  });
  const elsewhere = exemptionOf({}, `${SUBSCRIPTION}/resourceGroups/other`);
  expect(states(assignmentOf({}), { exemption: elsewhere })).toEqual(['nonCompliant', 'compliant']);
});

test('what does not concern a resource is not exempt from anything', () => {
  const resource = { ...cluster, type: 'Microsoft.Network/virtualNetworks' };
  expect(states(assignmentOf({}), { resource, exemption: exemptionOf({}) })).toEqual([
    'notApplicable',
    'notApplicable',
  ]);
});

test('a definition or initiative that is not there is unknown, one that cannot be read an error', () => {
  expect(judgedBy(assignmentOf({}), { definition: () => undefined }).verdicts[0]?.verdict).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'definition-missing' },
  });
  expect(states(assignmentOf({ policyDefinitionId: `${SET}x` }))).toEqual(['unknown']);
  expect(judgedBy(assignmentOf({}), { definition: () => ({}) }).verdicts[0]?.verdict).toMatchObject({
    state: 'error',
    problems: [{ path: 'policyRule', message: 'a policyRule is needed' }],
  });
});

test('a parameter that the initiative cannot compute is unknown where it is used', () => {
  const set = {
    ...initiative,
    properties: {
      policyDefinitions: [
        { policyDefinitionId: `${DEFINITIONS}/version`, parameters: { wanted: { value: "[parameters('absent')]" } } },
      ],
    },
  };
  const policies = assignedPolicies({
    assignments: [readAssignment(assignmentOf({}))],
    exemptions: [],
    catalogue: { definitionOf: () => versionRule(), initiativeOf: () => set as Json },
    aliases: hopResolver,
  });
  expect(policies.judge(prepare(cluster), placement, context).verdicts[0]?.verdict).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'parameter-missing' },
  });
});

test('the catalogue is asked for the version that the assignment, or its override, names', () => {
  const asked: (string | undefined)[] = [];
  const definition = (_: string, version: string | undefined) => {
    asked.push(version);
    return versionRule(version);
  };
  const properties = { policyDefinitionId: `${DEFINITIONS}/version`, definitionVersion: '1.*.*' };
  judgedBy(assignmentOf(properties), { definition });
  const overrides = [
    { kind: 'policyVersion', value: '2.*.*', selectors: [{ kind: 'resourceLocation', in: ['eastus2'] }] },
  ];
  judgedBy(assignmentOf({ ...properties, overrides }), { definition });
  expect(asked).toEqual(['1.*.*', '2.*.*']);
});

test.each([
  [undefined, '2.1.0'],
  ['1.*.*', '1.10.0'],
  ['1.2.*', '1.2.3'],
  ['1.2.3', '1.2.3'],
  ['3.*.*', undefined],
  ['3.*.*-preview', '3.0.0-preview'],
])('the newest version that fits %s is %s', (pattern, expected) => {
  const versions = ['1.2.3', '1.10.0', '2.1.0', '1.2.1', '3.0.0-preview'];
  expect(newestVersion(versions, pattern)).toBe(expected);
});

test('reads that several members need are asked for once', () => {
  const needs = {
    properties: {
      mode: 'All',
      policyRule: {
        if: { field: 'type', equals: AKS },
        then: { effect: 'auditIfNotExists', details: { type: 'Microsoft.Insights/diagnosticSettings' } },
      },
    },
  };
  const { verdicts, reads } = judgedBy(assignmentOf({}), { definition: () => needs });
  expect(verdicts).toEqual([]);
  expect(reads).toHaveLength(1);
});
