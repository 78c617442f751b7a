import { hopResolver } from '../../shared/policy/alias-hop';
import { extraction, onlyOutside, readAliasTable, tableResolver, type AliasPath } from '../../shared/policy/aliases';
import { compile } from '../../shared/policy/compile';
import { cluster, definitionOf, holds, judged } from './given';

const table = readAliasTable({
  value: [
    {
      namespace: 'Microsoft.Test',
      resourceTypes: [
        {
          resourceType: 'things',
          capabilities: 'CrossSubscriptionResourceMove, SupportsTags, SupportsLocation',
          aliases: [
            {
              name: 'Microsoft.Test/things/tier',
              defaultPath: 'sku.tier',
              paths: [
                { path: 'properties.tier', apiVersions: ['2015-01-01', '2016-01-01'] },
                { path: 'properties.settings.tier', apiVersions: ['2014-01-01'] },
              ],
            },
            { name: 'Microsoft.Test/things/rules[*]', defaultPath: 'properties.rules[*]', paths: [] },
            {
              name: 'Microsoft.Test/things/rules[*].port',
              defaultPath: 'properties.rules[*].properties.port',
              paths: [],
            },
            { name: 'Microsoft.Test/image', defaultPath: 'properties.image', paths: [] },
            {
              name: 'Microsoft.Test/things/publisher',
              defaultPath: 'properties.image.id',
              defaultPattern: {
                phrase: '/publishers/{publisher}/offers/{offer}',
                variable: 'publisher',
                type: 'Extract',
              },
              paths: [],
            },
          ],
        },
        {
          resourceType: 'sets',
          capabilities: 'SupportsExtension',
          aliases: [{ name: 'Microsoft.Test/image', defaultPath: 'properties.profile.image', paths: [] }],
        },
      ],
    },
  ],
});

const thing = {
  type: 'Microsoft.Test/things',
  sku: { tier: 'new' },
  properties: {
    tier: 'old',
    settings: { tier: 'oldest' },
    image: { id: '/locations/x/Publishers/Canonical/offers/ubuntu' },
    rules: [{ name: 'a', properties: { port: 22 } }],
  },
};

const pathOf = (found: AliasPath | undefined): string | undefined =>
  found?.steps.map((step) => ('name' in step ? step.name : '[*]')).join('.');

test.each([
  [undefined, 'new'],
  ['2016-01-01', 'old'],
  ['2014-01-01', 'oldest'],
  ['2099-01-01', 'new'],
])('of the api version %s, the alias reads %s', (apiVersion, expected) => {
  const aliases = tableResolver(table, { apiVersionOf: () => apiVersion });
  expect(holds({ field: 'microsoft.test/THINGS/tier', equals: expected }, { resource: thing, aliases })).toBe(true);
});

test('an alias of another type is found by its name alone, one with one slash by the type first', () => {
  const find = tableResolver(table);
  expect(pathOf(find('Microsoft.Test/image', 'Microsoft.Test/sets'))).toBe('properties.profile.image');
  expect(pathOf(find('Microsoft.Test/image', 'Microsoft.Test/things'))).toBe('properties.image');
  expect(pathOf(find('Microsoft.Test/things/tier', 'Microsoft.Other/type'))).toBe('sku.tier');
});

test('an array is known by the alias of its members, and only with a path that ends the same', () => {
  const find = tableResolver(table);
  expect(pathOf(find('Microsoft.Test/things/rules', 'Microsoft.Test/things'))).toBe('properties.rules');
  expect(find('Microsoft.Test/things/rule', 'Microsoft.Test/things')).toBeUndefined();
});

test('a pattern takes a part out of a longer text', () => {
  const aliases = tableResolver(table);
  expect(holds({ field: 'Microsoft.Test/things/publisher', equals: 'canonical' }, { resource: thing, aliases })).toBe(
    true,
  );
  expect(extraction('/publishers/{publisher}/offers/{offer}', 'offer')?.('/publishers/a/offers/b')).toBe('b');
  expect(extraction('/publishers/{publisher}', 'publisher')?.('/nothing')).toBeUndefined();
  expect(extraction('/publishers/', 'publisher')).toBeUndefined();
});

test('the fallback is for providers that the table does not have', () => {
  const aliases = tableResolver(table, { fallback: onlyOutside(table, hopResolver) });
  expect(aliases('Microsoft.Test/things/other', 'Microsoft.Test/things')).toBeUndefined();
  expect(aliases('Microsoft.Other/things/other', 'Microsoft.Other/things')?.via).toBe('hop');
  expect(judged({ field: 'Microsoft.Other/things/other', equals: 1 }, { aliases, resource: thing }).state).toBe(
    'compliant',
  );
});

test('the table knows which types have tags and a location', () => {
  expect(table.supportsTagsAndLocation.get('microsoft.test/things')).toBe(true);
  expect(table.supportsTagsAndLocation.get('microsoft.test/sets')).toBe(false);
  expect(table.supportsTagsAndLocation.get('microsoft.test/others')).toBeUndefined();
});

const nsg = {
  type: 'Microsoft.Network/networkSecurityGroups',
  sku: { tier: 'top' },
  properties: { type: 'inner', securityRules: [{ name: 'r', properties: { access: 'Allow', port: { from: 1 } } }] },
};

test.each([
  ['Microsoft.Network/networkSecurityGroups/securityRules[*].access', 'Allow'],
  ['Microsoft.Network/networkSecurityGroups/securityRules[*].name', 'r'],
  ['Microsoft.Network/networkSecurityGroups/securityRules[*].port.from', 1],
  ['Microsoft.Network/networkSecurityGroups/sku.tier', 'top'],
  ['Microsoft.Network/networkSecurityGroups/type', 'inner'],
  ['Microsoft.Network/networkSecurityGroups/config.type', 'inner'],
])('without a table, %s is found', (field, expected) => {
  expect(holds({ not: { field, notEquals: expected } }, { resource: nsg })).toBe(true);
});

test.each([
  ['Microsoft.Compute/imageSku', 'Microsoft.Compute/virtualMachines', 'properties.storageProfile.imageReference.sku'],
  [
    'Microsoft.Compute/imagePublisher',
    'Microsoft.Compute/virtualMachineScaleSets',
    'properties.virtualMachineProfile.storageProfile.imageReference.publisher',
  ],
  ['Microsoft.Compute/imageOffer', 'Microsoft.Compute/disks', undefined],
  ['Microsoft.Compute/licenseType', 'Microsoft.Compute/virtualMachines', 'properties.licenseType'],
  [
    'Microsoft.Compute/virtualMachines/sku.name',
    'Microsoft.Compute/virtualMachines',
    'properties.hardwareProfile.vmSize',
  ],
  [
    'Microsoft.Insights/diagnosticSettings/logs.enabled',
    'Microsoft.Insights/diagnosticSettings',
    'properties.logs.[*].enabled',
  ],
  ['Microsoft.Sql/auditingSettings.state', 'Microsoft.Sql/servers/auditingSettings', 'properties.state'],
])('the exception %s of %s leads to %s', (alias, type, expected) => {
  expect(pathOf(hopResolver(alias, type))).toBe(expected);
});

test('a modify of an alias that Azure does not mark as modifiable is a problem, where the table has marks', () => {
  const marked = (attributes: string) =>
    readAliasTable([
      {
        namespace: 'Microsoft.X',
        resourceTypes: [
          {
            resourceType: 'y',
            aliases: [
              { name: 'Microsoft.X/y/a', defaultPath: 'a', defaultMetadata: { attributes } },
              { name: 'Microsoft.X/y/b', defaultPath: 'b' },
            ],
          },
        ],
      },
    ]);
  const problems = (field: string, attributes: string) => {
    const details = { operations: [{ operation: 'addOrReplace', field, value: 1 }] };
    const policyRule = { if: { field: 'type', equals: 'Microsoft.X/y' }, then: { effect: 'modify', details } };
    const aliases = tableResolver(marked(attributes));
    return compile(definitionOf({ policyRule }), { resourceType: 'Microsoft.X/y', aliases }).problems.length;
  };
  expect(problems('Microsoft.X/y/a', 'Modifiable')).toBe(0);
  expect(problems('Microsoft.X/y/b', 'Modifiable')).toBe(1);
  expect(problems('Microsoft.X/y/b', 'None')).toBe(0);
  expect(problems('tags.x', 'Modifiable')).toBe(0);
});

test('a table of another shape is an empty one', () => {
  expect(readAliasTable('nonsense').byName.size).toBe(0);
  expect(readAliasTable([{ namespace: 1, resourceTypes: [{ aliases: {} }, null] }, null]).byName.size).toBe(0);
  expect(cluster.name).toBe('aks-1');
});
