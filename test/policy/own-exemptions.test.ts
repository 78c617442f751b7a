import fc from 'fast-check';
import { exemptionFor } from '../../shared/core/exemption';
import type { Json, JsonObject } from '../../shared/policy/json';
import { ownExemptions } from '../../shared/policy/own-exemptions';
import { network, networkId } from '../controls/landing-zone';
import { subscription } from '../given';

const rules = {
  now: '2026-03-01T08:00:00.000Z',
  controlIds: ['flow-logs', 'assigned-policies'],
  members: new Map([
    ['flow-logs_networks', { control: 'flow-logs', types: ['Microsoft.Network/virtualNetworks'] }],
    ['flow-logs_enabled', { control: 'flow-logs', types: ['Microsoft.Network/networkWatchers/flowLogs'] }],
    ['pod-security_privileged', { control: 'pod-security', types: ['Microsoft.ContainerService/managedClusters'] }],
  ]),
};
const at = (scope: string, kind: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/${kind}/${name}`;
const assignmentId = at(subscription, 'policyAssignments', 'steward');

const assignment = (id: string, metadata: Json): JsonObject => ({
  id,
  name: 'steward',
  properties: { displayName: 'Steward', metadata },
});
const assignments = [
  assignment(assignmentId, { steward: '1' }),
  assignment(`${assignmentId}-of-others`, {}),
  assignment(`${assignmentId}-for-clusters`, { steward: 'kubernetes' }),
];

const properties = {
  policyAssignmentId: assignmentId,
  exemptionCategory: 'Waiver',
  displayName: 'The spoke moves',
  description: 'it moves in June',
  expiresOn: '2026-06-30T00:00:00Z',
  metadata: { owner: 'network team' },
} satisfies JsonObject;

const granted = (
  changed: Readonly<Record<string, Json | undefined>> = {},
  scope = networkId,
  more = {},
): JsonObject => ({
  id: at(scope, 'policyExemptions', 'spoke'),
  name: 'spoke',
  properties: Object.fromEntries(
    Object.entries({ ...properties, ...changed }).filter(([, value]) => value !== undefined),
  ) as JsonObject,
  systemData: { createdAt: '2026-01-15T12:00:00Z' },
  ...more,
});

const read = (...exemptions: readonly JsonObject[]): ReturnType<typeof ownExemptions> =>
  ownExemptions({ assignments, exemptions }, rules);

const isExempt = (exemption: JsonObject, controlId = 'flow-logs'): boolean =>
  exemptionFor(read(exemption), controlId, { id: networkId, resource: network }, rules.now) !== undefined;

test('an exemption from Steward’s assignment says who grants it, why and until when', () => {
  expect(read(granted())).toEqual({
    exemptions: [
      {
        key: `policy|${at(networkId, 'policyExemptions', 'spoke').toLowerCase()}`,
        title: 'Policy exemption The spoke moves of vnet-spoke',
        source: 'policy',
        scope: networkId,
        controls: ['flow-logs', 'assigned-policies'],
        owner: 'network team',
        reason: 'it moves in June',
        expires: '2026-06-30T00:00:00.000Z',
        createdAt: '2026-01-15T12:00:00.000Z',
      },
    ],
    invalid: [],
    unreadable: [],
  });
});

describe('an exemption counts', () => {
  test.each<[string, JsonObject, string, boolean]>([
    ['for every control when it names no member', granted(), 'assigned-policies', true],
    ['when its list of members is empty', granted({ policyDefinitionReferenceIds: [] }), 'flow-logs', true],
    ['for the member that it names', granted({ policyDefinitionReferenceIds: ['Flow-Logs'] }), 'flow-logs', true],
    ['not for another', granted({ policyDefinitionReferenceIds: ['flow-logs'] }), 'assigned-policies', false],
    [
      'for a rule of the control that is about the resource',
      granted({ policyDefinitionReferenceIds: ['Flow-Logs_Networks'] }),
      'flow-logs',
      true,
    ],
    [
      'not for a rule of the control that is about other resources',
      granted({ policyDefinitionReferenceIds: ['flow-logs_enabled'] }),
      'flow-logs',
      false,
    ],
    [
      'for the control itself beside a rule of it',
      granted({ policyDefinitionReferenceIds: ['flow-logs_enabled', 'flow-logs'] }),
      'flow-logs',
      true,
    ],
    [
      'for nothing when its members are of no control of this version',
      granted({ policyDefinitionReferenceIds: ['pod-security_privileged'] }),
      'assigned-policies',
      false,
    ],
    [
      'not for the rule where its selectors do not select',
      granted({
        policyDefinitionReferenceIds: ['flow-logs_networks'],
        resourceSelectors: [{ selectors: [{ kind: 'resourceLocation', in: ['northeurope'] }] }],
      }),
      'flow-logs',
      false,
    ],
    ['when the risk is mitigated', granted({ exemptionCategory: 'Mitigated' }), 'flow-logs', true],
    [
      'when it is on a management group',
      granted({}, '/providers/Microsoft.Management/managementGroups/mg'),
      'flow-logs',
      true,
    ],
    ['by its name when it is not described', granted({ description: undefined }), 'flow-logs', true],
    ['not after it has expired', granted({ expiresOn: '2026-02-01T00:00:00Z' }), 'flow-logs', false],
    ['not on another assignment', granted({ policyAssignmentId: `${assignmentId}-of-others` }), 'flow-logs', false],
    [
      'on an assignment that is spelled in other letters',
      granted({ policyAssignmentId: assignmentId.toUpperCase() }),
      'flow-logs',
      true,
    ],
    [
      'where its selectors select',
      granted({ resourceSelectors: [{ selectors: [{ kind: 'resourceLocation', in: ['West Europe'] }] }] }),
      'flow-logs',
      true,
    ],
    [
      'not where they do not',
      granted({ resourceSelectors: [{ selectors: [{ kind: 'resourceLocation', notIn: ['westeurope'] }] }] }),
      'flow-logs',
      false,
    ],
  ])('%s', (_, exemption, controlId, expected) => {
    expect(isExempt(exemption, controlId)).toBe(expected);
    expect(read(exemption).invalid).toEqual([]);
  });
});

test('exemptions from assignments that are not marked as Steward’s are none of Steward’s business', () => {
  expect(read(granted({ policyAssignmentId: `${assignmentId}-of-others`, expiresOn: undefined }))).toEqual({
    exemptions: [],
    invalid: [],
    unreadable: [],
  });
});

describe('an exemption is invalid and exempts nothing', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['without an expiry', granted({ expiresOn: undefined }), /^expiresOn is missing/],
    ['with an expiry that is no date', granted({ expiresOn: 'some day' }), /^expires "some day" is no date/],
    [
      'for more than a year after it was granted',
      granted({ expiresOn: '2027-02-01T00:00:00Z' }),
      /more than a year after/,
    ],
    [
      'for more than a year from now, when nobody knows when it was granted',
      granted({ expiresOn: '2027-04-01T00:00:00Z' }, networkId, { systemData: null }),
      /more than a year from now/,
    ],
    ['without an owner', granted({ metadata: undefined }), /^metadata\.owner is missing/],
    ['with a blank owner', granted({ metadata: { owner: ' ' } }), /^metadata\.owner is missing/],
    [
      'without any reason',
      granted({ description: '', displayName: undefined }),
      /^description and displayName are missing/,
    ],
    ['of another category', granted({ exemptionCategory: 'Enroll' }), /^exemptionCategory is "Enroll"/],
    [
      'of a member that is no control',
      granted({ policyDefinitionReferenceIds: ['flow-logs', 'vpn'] }),
      /^control "vpn"/,
    ],
    [
      'of a rule that no control has',
      granted({ policyDefinitionReferenceIds: ['flow-logs_vpn'] }),
      /^control "flow-logs_vpn" is not known/,
    ],
    ['of members that are no texts', granted({ policyDefinitionReferenceIds: [5] }), /no list of texts/],
    ['of members that are no list', granted({ policyDefinitionReferenceIds: 'flow-logs' }), /no list of texts/],
    ['with selectors that are no list', granted({ resourceSelectors: 'x' }), /^resourceSelectors cannot be evaluated/],
    ['with a group without selectors', granted({ resourceSelectors: [{}] }), /^resourceSelectors/],
    ['with a group of no selectors', granted({ resourceSelectors: [{ selectors: [] }] }), /^resourceSelectors/],
    [
      'with a selector of a kind that is not known',
      granted({ resourceSelectors: [{ selectors: [{ kind: 'userPrincipalId', in: ['x'] }] }] }),
      /^resourceSelectors/,
    ],
    [
      'with a selector that says nothing',
      granted({ resourceSelectors: [{ selectors: [{ kind: 'resourceType' }] }] }),
      /^resourceSelectors/,
    ],
    [
      'with a selector whose values are no texts',
      granted({ resourceSelectors: [{ selectors: [{ kind: 'resourceType', in: ['a'], notIn: [null] }] }] }),
      /^resourceSelectors/,
    ],
  ])('%s', (_, exemption, complaint) => {
    expect(read(exemption)).toMatchObject({
      exemptions: [],
      invalid: [{ key: expect.stringMatching(/^policy\|/), complaints: [expect.stringMatching(complaint)] }],
    });
  });

  test('a field that holds anything else never exempts more than was meant', () => {
    const field = fc.constantFrom(
      'policyDefinitionReferenceIds',
      'resourceSelectors',
      'expiresOn',
      'exemptionCategory',
    );
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const narrow = { policyDefinitionReferenceIds: ['assigned-policies'] };
        const isNothing = value === null || (Array.isArray(value) && value.length === 0);
        const exemption = granted({ ...narrow, [name]: value as Json });
        return !isExempt(exemption) || (name === 'policyDefinitionReferenceIds' && isNothing);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('an exemption from Steward’s rules for clusters is from no control', () => {
  expect(isExempt(granted())).toBe(true);
  expect(isExempt(granted({ policyAssignmentId: `${assignmentId}-for-clusters` }))).toBe(false);
});
