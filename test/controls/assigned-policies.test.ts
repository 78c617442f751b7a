import { assignedPolicies } from '../../shared/controls/assigned-policies';
import type { Resource } from '../../shared/core/resource';
import { reasonOf, type Aspect, type Verdict } from '../../shared/core/verdict';
import { idIn, inventoryOf, resource, subscription } from '../given';

const builtIn = '/providers/Microsoft.Authorization/policyDefinitions';
const clusterId = idIn('rg-app', 'Microsoft.ContainerService/managedClusters/aks');

const cluster = resource(clusterId, {
  location: 'westeurope',
  tags: { environment: 'production' },
  properties: {
    provisioningState: 'Succeeded',
    disableLocalAccounts: false,
    addonProfiles: { azurepolicy: { enabled: true } },
    powerState: { code: 'Running' },
  },
});

const group = resource(`${subscription}/resourceGroups/rg-app`, { location: 'westeurope', tags: { owner: 'team' } });
const itself = resource(subscription, { displayName: 'landing zone' });

interface Rule {
  readonly if: object;
  readonly then: object;
}

const localAccounts: Rule = {
  if: {
    allOf: [
      { field: 'type', equals: 'Microsoft.ContainerService/managedClusters' },
      { field: 'Microsoft.ContainerService/managedClusters/disableLocalAccounts', notEquals: true },
    ],
  },
  then: { effect: "[parameters('effect')]" },
};

function definition(name: string, policyRule: Rule, more: object = {}): Resource {
  return resource(`${builtIn}/${name}`, {
    properties: {
      displayName: `Definition ${name}`,
      policyType: 'BuiltIn',
      mode: 'Indexed',
      version: '1.2.0',
      parameters: { effect: { type: 'String', defaultValue: 'Audit' } },
      policyRule,
      ...more,
    },
  });
}

function assignment(name: string, policyDefinitionId: string, more: object = {}, scope = subscription): Resource {
  return resource(`${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`, {
    properties: {
      displayName: `Assignment ${name}`,
      scope,
      policyDefinitionId,
      enforcementMode: 'Default',
      notScopes: [],
      ...more,
    },
  });
}

const usual = [cluster, group, itself, definition('local', localAccounts)];

function judged(
  subject: Resource,
  resources: readonly Resource[],
  unread: Readonly<Record<string, string>> = {},
): readonly Aspect[] {
  const result = assignedPolicies.evaluate(subject, inventoryOf([...resources], unread));
  if (!Array.isArray(result)) throw new Error(reasonOf(result as Verdict));
  return result as readonly Aspect[];
}

const having = (subject: Resource, properties: object): Resource => ({
  ...subject,
  properties: { ...(subject.properties as object), ...properties },
});

describe('a cluster that a definition is assigned to', () => {
  const assigned = [...usual, assignment('a', `${builtIn}/local`)];

  test('is a violation when it breaks the rule, and the reason says which field was found and wanted', () => {
    const [aspect] = judged(cluster, assigned);
    expect(aspect).toMatchObject({
      title: 'Definition local (assigned as «Assignment a»)',
      verdict: { state: 'violation' },
    });
    expect(reasonOf(aspect!.verdict)).toMatch(/disableLocalAccounts is false; it .*true.*effect Audit/);
  });

  test.each<[string, object, number]>([
    ['is judged by its control alone when Steward made it', { policyType: 'Custom', metadata: { steward: 'x' } }, 0],
    ['is judged here when somebody else made it', { policyType: 'Custom', metadata: {} }, 1],
    ['is judged here when it is Azure’s, whatever it says of itself', { metadata: { steward: 'x' } }, 1],
  ])('%s', (_, more, count) => {
    const resources = [
      cluster,
      group,
      itself,
      definition('local', localAccounts, more),
      assignment('a', `${builtIn}/local`),
    ];
    expect(judged(cluster, resources)).toHaveLength(count);
  });

  test('is a violation when the property is absent', () => {
    const [aspect] = judged(having(cluster, { disableLocalAccounts: undefined }), assigned);
    expect(aspect?.verdict.state).toBe('violation');
  });

  test('is compliant when it meets it', () => {
    expect(judged(having(cluster, { disableLocalAccounts: true }), assigned)).toMatchObject([
      { verdict: { state: 'compliant' } },
    ]);
  });

  test('is not judged by a definition about another type', () => {
    const vault = resource(idIn('rg-app', 'Microsoft.KeyVault/vaults/kv'), { location: 'westeurope', properties: {} });
    expect(judged(vault, [...assigned, vault])).toEqual([]);
  });

  test('says that aliases were resolved without Azure’s table, and does not when there is one', () => {
    const table = {
      id: `${subscription}/providers/Microsoft.ContainerService`,
      name: 'Microsoft.ContainerService',
      type: 'Microsoft.Resources/providers',
      namespace: 'Microsoft.ContainerService',
      resourceTypes: [
        {
          resourceType: 'managedClusters',
          capabilities: 'SupportsTags, SupportsLocation',
          aliases: [
            {
              name: 'Microsoft.ContainerService/managedClusters/disableLocalAccounts',
              defaultPath: 'properties.disableLocalAccounts',
              paths: [],
            },
          ],
        },
      ],
    } satisfies Resource & Record<string, unknown>;
    expect(reasonOf(judged(cluster, assigned)[0]!.verdict)).toMatch(/without Azure’s table of aliases/);
    expect(reasonOf(judged(cluster, [...assigned, table])[0]!.verdict)).not.toMatch(/without Azure’s table/);
  });
});

describe('an assignment', () => {
  const states = (resources: readonly Resource[]): readonly string[] =>
    judged(cluster, resources).map(({ verdict }) => verdict.state);
  const with_ = (more: object, scope?: string): readonly Resource[] => [
    ...usual,
    assignment('a', `${builtIn}/local`, more, scope),
  ];

  test.each<[string, readonly Resource[], readonly string[]]>([
    [
      'of a management group reaches the resource',
      with_({}, '/providers/Microsoft.Management/managementGroups/platform'),
      ['violation'],
    ],
    ['of another resource group does not', with_({}, `${subscription}/resourceGroups/rg-other`), []],
    ['of the resource itself does', with_({}, clusterId), ['violation']],
    ['that excludes the resource group does not', with_({ notScopes: [group.id] }), []],
    ['that is not enforced is judged all the same', with_({ enforcementMode: 'DoNotEnforce' }), ['violation']],
    ['that sets the effect to Disabled asks nothing', with_({ parameters: { effect: { value: 'Disabled' } } }), []],
    [
      'that selects another region asks nothing',
      with_({ resourceSelectors: [{ selectors: [{ kind: 'resourceLocation', in: ['eastus'] }] }] }),
      [],
    ],
    [
      'that overrides the effect to Disabled asks nothing',
      with_({ overrides: [{ kind: 'policyEffect', value: 'Disabled' }] }),
      [],
    ],
    [
      'of a definition that is not there is unknown',
      [cluster, group, itself, assignment('a', `${builtIn}/missing`)],
      ['unknown'],
    ],
  ])('%s', (_, resources, expected) => {
    expect(states(resources)).toEqual(expected);
  });

  test('of an initiative asks each of its definitions, with the parameters that it hands on', () => {
    const initiative = resource('/providers/Microsoft.Authorization/policySetDefinitions/set', {
      properties: {
        displayName: 'Set',
        parameters: { accounts: { type: 'String', defaultValue: 'Deny' } },
        policyDefinitions: [
          {
            policyDefinitionId: `${builtIn}/local`,
            policyDefinitionReferenceId: 'first',
            parameters: { effect: { value: "[parameters('accounts')]" } },
          },
          { policyDefinitionId: `${builtIn}/local`, policyDefinitionReferenceId: 'second' },
        ],
      },
    });
    const aspects = judged(cluster, [...usual, initiative, assignment('a', initiative.id)]);
    expect(aspects.map(({ key }) => key.split('|')[1])).toEqual(['first', 'second']);
    expect(aspects.map(({ verdict }) => verdict.state === 'violation' && verdict.problems[0]?.severity)).toEqual([
      'high',
      'medium',
    ]);
  });

  test('takes the newest version of a definition that fits its pattern', () => {
    const stricter = definition('local', localAccounts, { version: '2.0.0', versions: ['2.0.0', '1.3.0'] });
    const older = resource(`${builtIn}/local/versions/1.3.0`, {
      properties: {
        ...(definition('local', { ...localAccounts, if: { field: 'type', equals: 'nothing' } }).properties as object),
      },
    });
    const resources = [cluster, group, itself, stricter, older];
    expect(
      judged(cluster, [...resources, assignment('a', `${builtIn}/local`, { definitionVersion: '1.*.*' })]),
    ).toEqual([]);
    expect(
      judged(cluster, [...resources, assignment('a', `${builtIn}/local`, { definitionVersion: '2.*.*' })]),
    ).toMatchObject([{ verdict: { state: 'violation' } }]);
  });
});

describe('an exemption', () => {
  const exemption = (expiresOn?: string): Resource =>
    resource(`${group.id}/providers/Microsoft.Authorization/policyExemptions/e`, {
      properties: {
        displayName: 'until the migration',
        exemptionCategory: 'Waiver',
        policyAssignmentId: assignment('a', '').id,
        expiresOn,
      },
    });
  const assigned = [...usual, assignment('a', `${builtIn}/local`)];

  test('in force takes the definition out, and says until when', () => {
    const [aspect] = judged(cluster, [...assigned, exemption('2026-06-01T00:00:00Z')]);
    expect(aspect?.verdict).toEqual({
      state: 'notApplicable',
      reason: 'exempt by «until the migration» (Waiver) until 2026-06-01T00:00:00Z',
    });
  });

  test('that has expired does not', () => {
    expect(judged(cluster, [...assigned, exemption('2026-02-01T00:00:00Z')])[0]?.verdict.state).toBe('violation');
  });
});

describe('a related resource', () => {
  const settingId = `${clusterId}/providers/Microsoft.Insights/diagnosticSettings/all`;
  const diagnostics: Rule = {
    if: { field: 'type', equals: 'Microsoft.ContainerService/managedClusters' },
    then: { effect: 'AuditIfNotExists', details: { type: 'Microsoft.Insights/diagnosticSettings' } },
  };
  const assigned = [...usual, definition('diagnostics', diagnostics), assignment('d', `${builtIn}/diagnostics`)];

  test('that exists makes the resource compliant, and one that is missing a violation', () => {
    expect(judged(cluster, [...assigned, resource(settingId, { properties: {} })])[0]?.verdict.state).toBe('compliant');
    expect(judged(cluster, assigned)[0]?.verdict.state).toBe('violation');
  });

  test('that cannot be read makes it unknown', () => {
    const [aspect] = judged(cluster, assigned, {
      [`${clusterId}|Microsoft.Insights/diagnosticSettings`]: 'AuthorizationFailed',
    });
    expect(aspect?.verdict).toMatchObject({ state: 'unknown', reason: expect.stringMatching(/AuthorizationFailed/) });
  });
});

describe('a rule for the objects in a cluster', () => {
  const rule: Rule = {
    if: { field: 'type', in: ['Microsoft.Kubernetes/connectedClusters', 'Microsoft.ContainerService/managedClusters'] },
    then: { effect: "[parameters('effect')]", details: { templateInfo: { sourceType: 'PublicURL' } } },
  };
  const assigned = [
    ...usual,
    definition('pods', rule, { mode: 'Microsoft.Kubernetes.Data' }),
    assignment('k', `${builtIn}/pods`),
  ];
  const state = (properties: object): Verdict => judged(having(cluster, properties), assigned)[0]!.verdict;

  test('is delegated to the policy add-on when that is on, in any spelling', () => {
    expect(state({})).toEqual({
      state: 'notApplicable',
      reason: 'delegated to the policy add-on of the cluster, which is on',
    });
    expect(state({ addonProfiles: { azurePolicy: { enabled: true } } }).state).toBe('notApplicable');
  });

  test.each([
    ['off', { addonProfiles: { azurepolicy: { enabled: false } } }],
    ['missing', { addonProfiles: undefined }],
  ])('is a violation when the add-on is %s', (_, properties) => {
    expect(reasonOf(state(properties))).toMatch(/policy add-on of the cluster, which is off/);
  });

  test('is unknown while the cluster is stopped', () => {
    expect(state({ powerState: { code: 'Stopped' } }).state).toBe('unknown');
  });
});

describe('Azure’s own state', () => {
  const assigned = [...usual, assignment('a', `${builtIn}/local`)];
  const azureSays = (complianceState: string): Resource =>
    ({
      id: `${subscription}/x`,
      name: 'latest',
      type: 'Microsoft.PolicyInsights/policyStates',
      properties: {
        resourceId: clusterId.toLowerCase(),
        policyAssignmentId: assignment('a', '').id,
        policyDefinitionReferenceId: '',
        complianceState,
        timestamp: '2026-02-28T10:00:00Z',
      },
    }) as Resource;

  test('that agrees is no finding', () => {
    expect(judged(cluster, [...assigned, azureSays('NonCompliant')])).toHaveLength(1);
  });

  test('that differs is a finding of low severity about Steward', () => {
    const [, aspect] = judged(cluster, [...assigned, azureSays('Compliant')]);
    expect(aspect).toMatchObject({
      key: expect.stringMatching(/\|disagreement$/),
      verdict: { state: 'violation', problems: [{ severity: 'low' }] },
    });
  });

  test('that cannot be read changes nothing', () => {
    expect(
      judged(cluster, assigned, { [`${subscription}|Microsoft.PolicyInsights/policyStates`]: 'AuthorizationFailed' }),
    ).toHaveLength(1);
  });
});

describe('what cannot be read is unknown', () => {
  test.each([
    ['assignments', `${subscription}|Microsoft.Authorization/policyAssignments`],
    ['exemptions', `${subscription}|Microsoft.Authorization/policyExemptions`],
  ])('%s', (_, key) => {
    const verdict = assignedPolicies.evaluate(cluster, inventoryOf(usual, { [key]: 'AuthorizationFailed' }));
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringMatching(/AuthorizationFailed/) });
  });

  test('a definition', () => {
    const [aspect] = judged(cluster, [...usual, assignment('a', `${builtIn}/local`)], {
      [`${builtIn}/local`]: 'AuthorizationFailed',
    });
    expect(aspect?.verdict.state).toBe('unknown');
  });
});
