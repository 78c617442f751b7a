import type { Control } from '../../shared/core/control';
import type { Permission } from '../../shared/core/permissions';
import type { Check } from '../../shared/doctor/check';
import { roles } from '../../shared/doctor/roles';
import { idIn, stewardGroup, subscription } from '../given';
import { controls, everything, examine, listOf, ruleId, type Given } from './given';

const reader: Permission = {
  actions: [
    '*/read',
    'Microsoft.PolicyInsights/policyStates/queryResults/action',
    'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
  ],
  dataActions: ['*'],
};

/** Everything at all scopes but one. */
const but = (scope: string, ...permissions: readonly Permission[]): Given => ({
  permissions: (asked) => (asked === scope ? permissions : [everything]),
});

function at(scope: string, given: Given = {}): Check {
  const found = examine(roles, given).filter(({ about }) => about === scope);
  expect(found).toHaveLength(1);
  return found[0]!;
}

test('an identity that may do everything is right at each scope', () => {
  const checks = examine(roles);
  expect(checks.map(({ state }) => state)).toEqual(checks.map(() => 'ok'));
  expect(checks.map(({ about }) => about)).toEqual([subscription, stewardGroup, ruleId]);
});

test('one that only audits needs to read, nothing else', () => {
  const given: Given = {
    settings: { remediate: [] },
    permissions: () => [reader],
  };
  expect(examine(roles, given).filter(({ state }) => state !== 'ok')).toEqual([]);
});

test.each<[string, string, Permission]>([
  [
    'Microsoft.Network/virtualNetworks/read',
    subscription,
    { ...everything, notActions: ['Microsoft.Network/virtualNetworks/read'] },
  ],
  ['Microsoft.Insights/eventtypes/values/read', subscription, { ...everything, notActions: ['Microsoft.Insights/*'] }],
  [
    'Microsoft.PolicyInsights/policyStates/queryResults/action',
    subscription,
    { ...everything, notActions: ['Microsoft.PolicyInsights/*/action'] },
  ],
  ['Microsoft.Network/networkWatchers/flowLogs/write', subscription, reader],
  ['Microsoft.Network/networkWatchers/flowLogs/delete', subscription, reader],
  ['Microsoft.Network/networkWatchers/configureFlowLog/action', subscription, reader],
  ['Microsoft.Storage/storageAccounts/write', stewardGroup, reader],
  ['Microsoft.Storage/storageAccounts/managementPolicies/write', stewardGroup, reader],
  ['Microsoft.Storage/storageAccounts/listKeys/action', stewardGroup, reader],
  ['Microsoft.OperationalInsights/workspaces/sharedKeys/action', stewardGroup, reader],
  ['Microsoft.Insights/dataCollectionRules/write', stewardGroup, reader],
  ['Microsoft.Insights/Telemetry/Write', ruleId, { actions: ['*'] }],
])('%s that is not granted at %s is named there, with what to do', (action, scope, permission) => {
  const check = at(scope, but(scope, permission));
  expect(check).toMatchObject({ state: 'wrong' });
  expect(check.found).toMatch(/^not granted: .* \(/);
  expect(check.found).toContain(action);
  expect(check.todo).toContain(scope);
});

test('what is in clusters has to be readable where a control looks into them, and not before', () => {
  const action = 'Microsoft.ContainerService/managedClusters/pods/read';
  const lacking = but(subscription, { ...everything, notDataActions: [action] });
  expect(at(subscription, lacking)).toMatchObject({ state: 'ok' });
  const looking: Control = { ...controls[0]!, kinds: [{ group: '', version: 'v1', plural: 'pods' }] };
  expect(at(subscription, { ...lacking, controls: [looking] })).toMatchObject({
    state: 'wrong',
    found: expect.stringContaining(action),
  });
});

test('what is granted is not named', () => {
  const { found } = at(
    subscription,
    but(subscription, { ...reader, actions: ['Microsoft.Network/networkWatchers/flowLogs/*'] }),
  );
  expect(found).toContain('configureFlowLog');
  expect(found).not.toContain('flowLogs/write');
});

test('traffic analytics needs its reads at the subscription, where flow logs may be written', () => {
  const lacking = { ...everything, notActions: ['Microsoft.Compute/virtualMachines/read'] };
  expect(at(subscription, but(subscription, lacking))).toMatchObject({
    state: 'wrong',
    found: expect.stringMatching(/^not granted: Microsoft.Compute\/virtualMachines\/read \(traffic analytics /),
  });
  const off: Given = { settings: { remediate: [] }, ...but(subscription, lacking) };
  expect(at(subscription, off)).toMatchObject({ state: 'ok' });
});

test('a subscription in which nothing may be written needs no write', () => {
  const remediateIn = { subscriptions: ['99999999-2222-4333-8444-555555555555'], resourceGroups: [], tags: [] };
  expect(at(subscription, { settings: { remediateIn }, ...but(subscription, reader) })).toMatchObject({ state: 'ok' });
  expect(at(subscription, but(subscription, reader))).toMatchObject({ state: 'wrong' });
});

test('a named storage account needs its keys to be told and its blobs to be read', () => {
  const account = idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stlogs');
  const given: Given = {
    settings: { flowLogStorage: { westeurope: account } },
    ...but(account, { actions: reader.actions ?? [] }),
  };
  const { state, found } = at(account, given);
  expect(state).toBe('wrong');
  expect(found).toContain('Microsoft.Storage/storageAccounts/listServiceSas/action');
  expect(found).toContain('Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read');
});

test('the canary needs its tag', () => {
  const lacking = { ...everything, notActions: ['Microsoft.Resources/tags/write'] };
  expect(at(stewardGroup, but(stewardGroup, lacking))).toMatchObject({ state: 'ok' });
  const given: Given = { settings: { canary: 'hourly' }, ...but(stewardGroup, lacking) };
  expect(at(stewardGroup, given)).toMatchObject({ state: 'wrong' });
});

test('no role at all is wrong, and rights that cannot be read are unknown', () => {
  expect(at(subscription, but(subscription))).toMatchObject({ state: 'wrong' });
  const unread = { [listOf('Microsoft.Authorization/permissions')]: 'AuthorizationFailed (403)' };
  expect(at(subscription, { unread })).toMatchObject({ state: 'unknown', found: 'AuthorizationFailed (403)' });
});
