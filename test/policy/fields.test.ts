import type { Json } from '../../shared/policy/json';
import { cluster, holds, judged, sentences, valueOf } from './given';

const vm = {
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1',
  name: 'vm1',
  type: 'Microsoft.Compute/virtualMachines',
  location: 'westeurope',
  properties: { storageProfile: { imageReference: { offer: 'UbuntuServer', publisher: 'Canonical' } } },
};

test.each([
  ['name', 'aks-1'],
  ['NAME', 'aks-1'],
  ['type', 'microsoft.containerservice/managedclusters'],
  ['id', cluster.id],
  ['identity.type', 'systemassigned'],
  ['fullName', 'aks-1'],
  ['tags.environment', 'production'],
  ["tags['Environment']", 'production'],
  ['tags[environment]', 'production'],
  ['tags["Environment"]', 'production'],
  ["tags['owner''s team']", 'blue'],
  ['tags.cost.center', '42'],
  ["tags['cost.center']", '42'],
  ['properties.KUBERNETESVERSION', '1.29.2'],
  ["properties['kubernetesVersion']", '1.29.2'],
  ['properties.agentPoolProfiles[0].name', 'system'],
  ['Microsoft.ContainerService/managedClusters/kubernetesVersion', '1.29.2'],
])('the field %s is %s', (field, value) => {
  expect(holds({ field, equals: value })).toBe(true);
});

test("a tag whose name is in apostrophes is written with doubled ones: tags['''x''']", () => {
  const resource = { ...cluster, tags: { "'x'": 'there' } };
  expect(holds({ field: "tags['''x''']", equals: 'there' }, { resource })).toBe(true);
});

test.each(['tags.nothing', 'kind', 'properties.nothing.deeper', 'constructor', '__proto__', 'properties.toString'])(
  'the field %s is missing',
  (field) => {
    expect(holds({ field, exists: false })).toBe(true);
  },
);

test('the names of parents are part of the full name', () => {
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Sql/servers/db1/databases/orders';
  const resource = { id, name: 'orders', type: 'Microsoft.Sql/servers/databases' };
  expect(holds({ field: 'fullName', equals: 'db1/orders' }, { resource })).toBe(true);
});

test.each([
  [{ id: '/subscriptions/s', displayName: 'x' }, 'Microsoft.Resources/subscriptions'],
  [{ id: '/subscriptions/s/resourceGroups/rg', name: 'rg' }, 'Microsoft.Resources/subscriptions/resourceGroups'],
  [{ type: 'Microsoft.Resources/resourceGroups', name: 'rg' }, 'Microsoft.Resources/subscriptions/resourceGroups'],
])('Azure Policy sees %j as %s', (resource: Json, type) => {
  expect(holds({ field: 'type', equals: type }, { resource })).toBe(true);
});

test('the name of a field may be an expression over parameters, or over the member of a count', () => {
  const parameters = { tag: 'environment', tags: ['environment', 'owner'] };
  expect(holds({ field: "[concat('tags[', parameters('tag'), ']')]", equals: 'production' }, { parameters })).toBe(
    true,
  );
  const where = { field: "[concat('tags[', current('tag'), ']')]", exists: 'true' };
  const count = { value: "[parameters('tags')]", name: 'tag', where };
  expect(holds({ count, equals: 1 }, { parameters })).toBe(true);
});

test('the name in field(), current() and parameters() may be found out in each evaluation', () => {
  const names = {
    value: ['name', 'location', 'nothing'],
    name: 'n',
    where: { value: "[field(current('n'))]", notEquals: '' },
  };
  expect(holds({ count: names, equals: 2 })).toBe(true);
  const values = { value: ['a', 'b'], name: 'n', where: { value: "[parameters(current('n'))]", equals: 1 } };
  expect(holds({ count: values, equals: 1 }, { parameters: { a: 1, b: 2 } })).toBe(true);
  expect(holds({ count: values, equals: 1 }, { parameters: { a: 1 } })).toMatch(/^parameter-missing/);
  const numbers = { value: [1], name: 'n', where: { value: "[field(current('n'))]", equals: 1 } };
  expect(holds({ count: numbers, equals: 0 })).toMatch(/^evaluation-failed: a name is needed, not 1/);
  const strangers = { value: [1], where: { value: "[current('stranger')]", equals: 1 } };
  expect(holds({ count: strangers, equals: 0 })).toMatch(/^evaluation-failed: current\('stranger'\) names none/);
});

test('an alias with one slash depends on the type of the resource', () => {
  expect(holds({ field: 'Microsoft.Compute/imageOffer', like: 'ubuntu*' }, { resource: vm })).toBe(true);
  const scaleSet = {
    ...vm,
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    properties: { virtualMachineProfile: vm.properties },
  };
  expect(holds({ field: 'Microsoft.Compute/imageOffer', like: 'ubuntu*' }, { resource: scaleSet })).toBe(true);
  const disk = { ...vm, type: 'Microsoft.Compute/disks' };
  expect(holds({ field: 'Microsoft.Compute/imageOffer', like: '*' }, { resource: disk })).toMatch(/^alias-unknown/);
});

test('field() gives an empty text for what is missing or null, and the value as it is written for the rest', () => {
  expect(
    valueOf("field('Microsoft.X/y/nothing')", { resource: { type: 'Microsoft.X/y', properties: { nothing: null } } }),
  ).toBe('');
  expect(valueOf("field('tags')")).toEqual(cluster.tags);
  expect(valueOf("field('type')")).toBe(cluster.type);
});

test('an alias that is not known makes unknown, unless the condition is settled without it', () => {
  const unknown = { field: 'Microsoft.X/y/z', equals: 1 };
  const none = { aliases: () => undefined };
  expect(judged({ allOf: [unknown, { field: 'name', equals: 'aks-1' }] }, none)).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'alias-unknown', path: 'if.allOf[0]' },
  });
  expect(judged({ allOf: [unknown, { field: 'location', equals: 'nowhere' }] }, none).state).toBe('compliant');
  expect(judged({ anyOf: [unknown, { field: 'location', equals: 'eastus2' }] }, none).state).toBe('nonCompliant');
});

test('a verdict says when a path was guessed', () => {
  expect(judged({ field: 'name', equals: 'x' })).toMatchObject({ via: 'table' });
  expect(judged({ field: 'Microsoft.X/y/z', equals: 'x' })).toMatchObject({ via: 'hop' });
});

test('the reason says which field, what was found and what was wanted', () => {
  const condition = {
    allOf: [
      { field: 'type', equals: cluster.type },
      { not: { field: 'identity.type', equals: 'UserAssigned' } },
      { field: 'tags.owner', exists: false },
      {
        anyOf: [
          { field: 'location', equals: 'eastus2' },
          { field: 'location', equals: 'westus' },
        ],
      },
    ],
  };
  expect(sentences(judged(condition))).toEqual([
    'identity.type is "SystemAssigned"; it must be "UserAssigned"',
    'tags.owner is missing; it must be there',
    'location is "East US 2"; it must not be "eastus2"',
  ]);
});

test('when the type alone decides, the type is the reason', () => {
  expect(sentences(judged({ not: { field: 'type', in: ['a/b'] } }))).toEqual([
    'type is "Microsoft.ContainerService/managedClusters"; it must be one of ["a/b"]',
  ]);
});
