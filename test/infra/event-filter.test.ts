import { eventFamilies, mostValues } from '../../infra/compile/event-filter';
import { controls } from '../../shared/controls/index';
import type { Control } from '../../shared/core/control';

const judging = (...subjects: readonly string[]): Control => ({ ...controls[0]!, subjects, reads: [] });

test('a type lets its children through, and only itself besides', () => {
  const families = eventFamilies([judging('Microsoft.Network/networkWatchers/flowLogs')]);
  expect(families).toEqual(['Microsoft.Network/networkWatchers/', 'Microsoft.Resources/tags/']);
});

test('what a control looks up counts as well as what it judges', () => {
  const looking = { ...judging('Microsoft.KeyVault/vaults'), reads: ['Microsoft.Network/privateEndpoints'] };
  expect(eventFamilies([looking])).toContain('Microsoft.Network/privateEndpoints/');
});

test('resource groups have events of another name than their type', () => {
  expect(eventFamilies([judging('Microsoft.Resources/resourceGroups')])).toEqual([
    'Microsoft.Resources/subscriptions/resourceGroups/',
    'Microsoft.Resources/tags/',
  ]);
});

test('of what is the tenant’s no subscription has events', () => {
  expect(eventFamilies([judging('Microsoft.Management/managementGroups')])).toEqual(['Microsoft.Resources/tags/']);
});

test('more types than Event Grid takes stand together by their provider', () => {
  const network = Array.from({ length: 20 }, (_, index) => `Microsoft.Network/type${index}`);
  const compute = Array.from({ length: 10 }, (_, index) => `Microsoft.Compute/type${index}`);
  const families = eventFamilies([judging(...network, ...compute)]);
  expect(families).toHaveLength(12);
  expect(families).toContain('Microsoft.Network/');
  expect(families).toContain('Microsoft.Compute/type0/');
});

test('those of all controls fit', () => {
  expect(eventFamilies().length).toBeLessThanOrEqual(mostValues);
  const kinds = new Set(eventFamilies().map((family) => family.toLowerCase()));
  expect([...kinds].some((family) => 'microsoft.network/virtualnetworks/write'.startsWith(family))).toBe(true);
});
