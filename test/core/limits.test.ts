import { limitsFor } from '../../shared/core/limits';

const subscription = '3F2504E0-4f89-41d3-9a0c-0305e82c3301';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const named = (id: string): readonly string[] => limitsFor(id).map(({ name }) => name.split('|')[0] ?? '');

test('a flow log is written under the limits of its subscription and of Microsoft.Network', () => {
  const limits = limitsFor(`${group}/providers/microsoft.network/networkWatchers/w/flowLogs/f`);
  expect(limits.map(({ most }) => most)).toEqual([180, 1_000]);
  expect(limits.every(({ name }) => name.endsWith(`|${subscription.toLowerCase()}`))).toBe(true);
});

test('an account is written under those of Microsoft.Storage, a second’s and an hour’s', () => {
  expect(limitsFor(`${group}/providers/Microsoft.Storage/storageAccounts/a`).map(({ most }) => most)).toEqual([
    180, 10, 1_200,
  ]);
});

test('a provider whose limits nobody tells has those of the subscription alone', () => {
  expect(named(`${group}/providers/Microsoft.Strange/things/t`)).toEqual(['resource manager writes']);
});

test('what is outside of subscriptions has none', () => {
  expect(limitsFor('/providers/Microsoft.Management/managementGroups/g')).toEqual([]);
});
