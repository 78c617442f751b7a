import { controls } from '../../shared/controls/index';
import type { Check } from '../../shared/doctor/check';
import { policies } from '../../shared/doctor/policies';
import type { Json, Resource } from '../../shared/core/resource';
import { accountWith, having, resource, stewardGroup, subscription } from '../given';
import { examine, including, listOf, network, networkId, watcherId, without, type Given } from './given';

const watcherGroup = `${subscription}/resourceGroups/NetworkWatcherRG`;
const definitionId = `${subscription}/providers/Microsoft.Authorization/policyDefinitions/allowed-types`;

const onlyAllowedTypes: Json = {
  displayName: 'Only allowed types',
  policyType: 'Custom',
  mode: 'Indexed',
  parameters: { types: { type: 'Array' }, effect: { type: 'String', defaultValue: 'Deny' } },
  policyRule: {
    if: { not: { field: 'type', in: "[parameters('types')]" } },
    then: { effect: "[parameters('effect')]" },
  },
};

const definitionOf = (properties: Json, id = definitionId): Resource => resource(id, { properties });
const definition = definitionOf(onlyAllowedTypes);

const assignmentAt = (scope: string, rest: object = {}): Resource =>
  resource(`${scope}/providers/Microsoft.Authorization/policyAssignments/allowed`, {
    properties: {
      displayName: 'Allowed types',
      scope,
      policyDefinitionId: definitionId,
      parameters: { types: { value: ['Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkWatchers'] } },
      enforcementMode: 'Default',
      ...rest,
    },
  });

function look(resources: readonly Resource[], more: Given = {}): Check {
  const [check, ...others] = examine(policies, { resources: including(...resources), ...more });
  expect(others).toEqual([]);
  return check!;
}

test('without any assignment nothing is refused', () => {
  const check = look([]);
  expect(check).toMatchObject({ state: 'ok', about: subscription });
  for (const type of ['networkWatchers/flowLogs', 'storageAccounts', 'storageAccounts/managementPolicies'])
    expect(check.found).toContain(type);
});

test('allowed types at the resource group of the watcher refuse the flow log, and what is lacking is named', () => {
  const check = look([definition, assignmentAt(watcherGroup)]);
  expect(check).toMatchObject({ state: 'wrong', todo: expect.stringContaining('never works around a policy') });
  expect(check.found).toBe(
    'Only allowed types (assigned as «Allowed types») at ' +
      `${watcherGroup} refuses to create flow log fl-vnet-to-come-${check.found.match(/fl-vnet-to-come-(\w+)/)?.[1]} of vnet-to-come ` +
      '(Microsoft.Network/networkWatchers/flowLogs): type is "Microsoft.Network/networkWatchers/flowLogs"; it must be one of ["Microsoft.Network/virtualNetworks", "Microsoft.Network/networkWatchers"]',
  );
});

test('allowed types at Steward’s own resource group refuse the storage account', () => {
  const { state, found } = look([definition, assignmentAt(stewardGroup)]);
  expect(state).toBe('wrong');
  expect(found).toContain('(Microsoft.Storage/storageAccounts)');
  expect(found).not.toContain('flowLogs');
});

test('allowed types at the subscription refuse both', () => {
  const { found } = look([definition, assignmentAt(subscription)]);
  expect(found).toContain('(Microsoft.Storage/storageAccounts)');
  expect(found).toContain('(Microsoft.Network/networkWatchers/flowLogs)');
});

test('a watcher that has to be made is refused where its type is not allowed', () => {
  const parameters = { types: { value: ['Microsoft.Network/networkWatchers/flowLogs'] } };
  const given = [definition, assignmentAt(stewardGroup, { parameters })];
  const types = (check: Check): readonly string[] =>
    [...check.found.matchAll(/\((Microsoft[^)]*)\)/g)].map(([, type = '']) => type);
  expect(types(look(given))).toEqual(['Microsoft.Storage/storageAccounts']);
  const check = examine(policies, { resources: [...without(watcherId), ...given] })[0]!;
  expect(types(check).toSorted()).toEqual(['Microsoft.Network/networkWatchers', 'Microsoft.Storage/storageAccounts']);
});

test('what is there already is asked about as if it had to be made', () => {
  const name = /stflow\w+/.exec(look([definition, assignmentAt(stewardGroup)]).found)![0];
  const account = accountWith(`${stewardGroup}/providers/Microsoft.Storage/storageAccounts/${name}`, 'westeurope');
  const check = look([definition, assignmentAt(stewardGroup), account]);
  expect(check).toMatchObject({ state: 'wrong', found: expect.stringContaining(`create storage account ${name}`) });
});

test('no flow log needs to be readable to know what a new one would be', () => {
  const unread = { [listOf('Microsoft.Network/networkWatchers/flowLogs', watcherId)]: 'no' };
  const { state, found } = look([definition, assignmentAt(watcherGroup)], { unread });
  expect([state, found]).toEqual(['wrong', expect.stringContaining('create flow log')]);
});

const all = { types: { value: ['Microsoft.Network/networkWatchers/flowLogs', 'Microsoft.Storage/storageAccounts'] } };
const exemption = (rest: object = {}): Resource =>
  resource(`${watcherGroup}/providers/Microsoft.Authorization/policyExemptions/flow-logs`, {
    properties: { policyAssignmentId: assignmentAt(watcherGroup).id, exemptionCategory: 'Waiver', ...rest },
  });

describe('nothing is refused by', () => {
  test.each<[string, readonly Resource[]]>([
    [
      'an assignment that is not enforced',
      [definition, assignmentAt(subscription, { enforcementMode: 'DoNotEnforce' })],
    ],
    ['one whose parameters allow what is written', [definition, assignmentAt(watcherGroup, { parameters: all })]],
    ['one that only audits', [definition, assignmentAt(watcherGroup, { parameters: { effect: { value: 'Audit' } } })]],
    ['one that excludes the group', [definition, assignmentAt(watcherGroup, { notScopes: [watcherGroup] })]],
    ['one that an exemption takes out', [definition, assignmentAt(watcherGroup), exemption()]],
    ['one at another group', [definition, assignmentAt(`${subscription}/resourceGroups/rg-net`)]],
    [
      'one whose effect an override changes',
      [
        definition,
        assignmentAt(watcherGroup, { overrides: [{ kind: 'policyEffect', value: 'Audit', selectors: [] }] }),
      ],
    ],
  ])('%s', (_, resources) => {
    expect(look(resources)).toMatchObject({ state: 'ok' });
  });
});

test('an exemption that has expired exempts nothing', () => {
  const old = exemption({ expiresOn: '2026-02-28T00:00:00Z' });
  expect(look([definition, assignmentAt(watcherGroup), old])).toMatchObject({ state: 'wrong' });
});

test('a property that the remedy would not write as a policy wants it is named', () => {
  const infrastructure = definitionOf({
    displayName: 'Accounts are encrypted twice',
    mode: 'Indexed',
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: 'Microsoft.Storage/storageAccounts' },
          { field: 'Microsoft.Storage/storageAccounts/encryption.requireInfrastructureEncryption', notEquals: true },
        ],
      },
      then: { effect: 'deny' },
    },
  });
  const check = look([infrastructure, assignmentAt(subscription, { parameters: {} })]);
  expect(check.state).toBe('wrong');
  expect(check.found).toContain('encryption.requireInfrastructureEncryption is missing; it must be true');
});

test('a property that the remedy writes as it is wanted is not', () => {
  const secure = definitionOf({
    mode: 'Indexed',
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: 'Microsoft.Storage/storageAccounts' },
          { field: 'Microsoft.Storage/storageAccounts/minimumTlsVersion', notEquals: 'TLS1_2' },
        ],
      },
      then: { effect: 'deny' },
    },
  });
  expect(look([secure, assignmentAt(subscription, { parameters: {} })])).toMatchObject({ state: 'ok' });
});

describe('unknown is', () => {
  test('a definition that is not there', () => {
    const { state, found } = look([assignmentAt(subscription)]);
    expect({ state, found }).toMatchObject({ state: 'unknown', found: expect.stringContaining('is not there') });
  });

  test.each(['policyAssignments', 'policyExemptions'])('a subscription whose %s cannot be listed', (type) => {
    const unread = { [listOf(`Microsoft.Authorization/${type}`)]: 'AuthorizationFailed (403)' };
    const check = look([], { unread });
    expect(check).toMatchObject({ state: 'unknown', found: expect.stringContaining('AuthorizationFailed (403)') });
  });

  test('what would be written, where nobody can tell the region', () => {
    const resources = without(networkId, stewardGroup);
    expect(examine(policies, { resources })).toMatchObject([{ state: 'unknown' }]);
  });

  test('nothing where a refusal is certain beside it', () => {
    const missing = having(assignmentAt(stewardGroup), { policyDefinitionId: `${definitionId}-2` });
    expect(look([definition, assignmentAt(watcherGroup), missing])).toMatchObject({ state: 'wrong' });
  });
});

test('it does not apply where nothing is written', () => {
  const refused = [definition, assignmentAt(subscription)];
  expect(look(refused, { settings: { remediate: [] } })).toMatchObject({ state: 'notApplicable' });
});

test('each region with networks is looked at', () => {
  const regions = definitionOf({
    displayName: 'Only in Europe',
    mode: 'Indexed',
    policyRule: { if: { field: 'location', notIn: ['westeurope'] }, then: { effect: 'deny' } },
  });
  const far = { ...network, id: `${networkId}-far`, name: 'vnet-far', location: 'eastus2' };
  const onlyHere = [regions, assignmentAt(subscription, { parameters: {} })];
  expect(look(onlyHere)).toMatchObject({ state: 'ok' });
  expect(look([...onlyHere, far])).toMatchObject({ state: 'wrong', found: expect.stringContaining('eastus2') });
});

describe('a remedy that writes nothing for a new network', () => {
  const given: Given = { settings: { remediate: ['live-flow-logs'] } };

  test('is asked about the types that it may write, where such resources are', () => {
    const check = look([definition, assignmentAt(watcherGroup)], given);
    expect(check).toMatchObject({ state: 'wrong', found: expect.stringContaining('networkWatchers/flowLogs') });
    expect(look([definition, assignmentAt(stewardGroup)], given)).toMatchObject({ state: 'ok' });
  });

  test('is not refused for properties that nobody knows yet', () => {
    const enabled = definitionOf({
      mode: 'Indexed',
      policyRule: {
        if: {
          allOf: [
            { field: 'type', equals: 'Microsoft.Network/networkWatchers/flowLogs' },
            { field: 'Microsoft.Network/networkWatchers/flowLogs/enabled', notEquals: true },
          ],
        },
        then: { effect: 'deny' },
      },
    });
    expect(look([enabled, assignmentAt(subscription, { parameters: {} })], given)).toMatchObject({ state: 'ok' });
  });

  test('is asked about what it judges in each resource group in which that is', () => {
    const clusterIn = (name: string): Resource =>
      resource(`${subscription}/resourceGroups/${name}/providers/Microsoft.ContainerService/managedClusters/aks`, {
        location: 'westeurope',
      });
    const onlyNetworks = (scope: string): Resource =>
      assignmentAt(scope, { parameters: { types: { value: ['Microsoft.Network/virtualNetworks'] } } });
    const clusters = {
      ...controls[0]!,
      id: 'some-cluster-control',
      subjects: ['Microsoft.ContainerService/managedClusters'],
      remedy: {
        does: [],
        permissions: ['Microsoft.ContainerService/managedClusters/write'],
        plan: controls[0]!.remedy!.plan,
      },
    };
    const asked = (scope: string): Check =>
      look([definition, clusterIn('rg-one'), clusterIn('rg-two'), onlyNetworks(scope)], {
        settings: { remediate: [clusters.id] },
        controls: [clusters],
      });
    expect(asked(`${subscription}/resourceGroups/rg-two`)).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('managedClusters'),
    });
    expect(asked(stewardGroup)).toMatchObject({ state: 'ok' });
    const unread = { [listOf('Microsoft.ContainerService/managedClusters')]: 'no' };
    const more: Given = { settings: { remediate: [clusters.id] }, controls: [clusters] };
    expect(look([], more)).toMatchObject({ state: 'ok', found: 'there is nothing that would be written' });
    expect(look([], { ...more, unread })).toMatchObject({ state: 'unknown' });
  });
});
