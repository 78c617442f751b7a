import { grants, readOf } from '../../shared/core/permissions';

const write = 'Microsoft.Network/networkWatchers/flowLogs/write';

test.each<[string, readonly string[], boolean]>([
  ['the action itself', [write], true],
  ['the action in another case', [write.toUpperCase()], true],
  ['everything', ['*'], true],
  ['everything of the type', ['Microsoft.Network/networkWatchers/flowLogs/*'], true],
  ['all writes', ['*/write'], true],
  ['a wildcard in the middle, which takes slashes in', ['Microsoft.Network/*/write'], true],
  ['two wildcards', ['Microsoft.*/flowLogs/*'], true],
  ['another action', ['Microsoft.Network/networkWatchers/flowLogs/read'], false],
  ['all reads', ['*/read'], false],
  ['a longer action', [`${write}/action`], false],
  ['a beginning without a wildcard', ['Microsoft.Network'], false],
  ['an end that overlaps the beginning', ['Microsoft.Network/networkWatchers/flowLogs/write*/flowLogs/write'], false],
  ['parts in another order', ['*flowLogs*networkWatchers*'], false],
  ['nothing', [], false],
])('a role of %s grants a write or does not', (_, actions, expected) => {
  expect(grants([{ actions }], write)).toBe(expected);
});

test('what a role takes away it does not grant', () => {
  expect(grants([{ actions: ['*'], notActions: ['Microsoft.Network/*/WRITE'] }], write)).toBe(false);
  expect(grants([{ actions: ['*'], notActions: ['Microsoft.Authorization/*/write'] }], write)).toBe(true);
});

test('what one role takes away another one may grant', () => {
  expect(grants([{ actions: ['*'], notActions: ['*/write'] }, { actions: [write] }], write)).toBe(true);
});

test('an action on data is not granted by an action on resources, nor the other way round', () => {
  const read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
  expect(grants([{ actions: ['*'] }], read, 'data')).toBe(false);
  expect(grants([{ dataActions: ['*'] }], read, 'data')).toBe(true);
  expect(grants([{ dataActions: ['*'] }], write)).toBe(false);
  expect(grants([{ dataActions: ['*'], notDataActions: ['*/blobs/read'] }], read, 'data')).toBe(false);
});

test('nobody is granted anything by no role, or by one that Azure tells with nulls', () => {
  expect(grants([], write)).toBe(false);
  expect(grants([{ actions: null, notActions: null }], write)).toBe(false);
});

test.each([
  ['Microsoft.Network/virtualNetworks', 'Microsoft.Network/virtualNetworks/read'],
  ['microsoft.resources/resourceGroups', 'Microsoft.Resources/subscriptions/resourceGroups/read'],
  ['Microsoft.Resources/subscriptions', 'Microsoft.Resources/subscriptions/read'],
])('%s is read with %s', (type, action) => {
  expect(readOf(type)).toBe(action);
});
