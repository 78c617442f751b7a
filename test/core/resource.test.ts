import { InputError } from '../../shared/core/errors';
import {
  keyOf,
  nameOf,
  parseId,
  regionOf,
  same,
  subscriptionOf,
  subscriptionScope,
  typeOf,
  type ResourceId,
} from '../../shared/core/resource';
import { subscription, subscriptionId } from '../given';

const group = `${subscription}/resourceGroups/rg-network`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-spoke`;
const inGroup = { subscriptionId, resourceGroup: 'rg-network' };

describe('an id is understood', () => {
  test.each<[string, string, ResourceId]>([
    [
      'of a subscription',
      subscription,
      { subscriptionId, type: 'Microsoft.Resources/subscriptions', name: subscriptionId },
    ],
    ['of a resource group', group, { ...inGroup, type: 'Microsoft.Resources/resourceGroups', name: 'rg-network' }],
    ['of a resource', network, { ...inGroup, type: 'Microsoft.Network/virtualNetworks', name: 'vnet-spoke' }],
    [
      'of a child, with its parent',
      `${network}/subnets/snet-nodes`,
      { ...inGroup, type: 'Microsoft.Network/virtualNetworks/subnets', name: 'snet-nodes', parent: network },
    ],
    [
      'of a grandchild, with the child as its parent',
      `${group}/providers/Microsoft.Sql/servers/s/databases/d/backups/b`,
      {
        ...inGroup,
        type: 'Microsoft.Sql/servers/databases/backups',
        name: 'b',
        parent: `${group}/providers/Microsoft.Sql/servers/s/databases/d`,
      },
    ],
    [
      'of an extension, with what it extends as its parent',
      `${network}/providers/Microsoft.Authorization/locks/keep`,
      { ...inGroup, type: 'Microsoft.Authorization/locks', name: 'keep', parent: network },
    ],
    [
      'of a child of an extension',
      `${network}/providers/Microsoft.Insights/things/one/parts/two`,
      {
        ...inGroup,
        type: 'Microsoft.Insights/things/parts',
        name: 'two',
        parent: `${network}/providers/Microsoft.Insights/things/one`,
      },
    ],
    [
      'of an extension of a resource group',
      `${group}/providers/Microsoft.Authorization/locks/keep`,
      { ...inGroup, type: 'Microsoft.Authorization/locks', name: 'keep' },
    ],
    [
      'of a resource in no resource group',
      `${subscription}/providers/Microsoft.Authorization/policyAssignments/guard`,
      { subscriptionId, type: 'Microsoft.Authorization/policyAssignments', name: 'guard' },
    ],
    [
      'in a resource group called providers',
      `${subscription}/resourceGroups/providers/providers/Microsoft.Network/virtualNetworks/v`,
      { subscriptionId, resourceGroup: 'providers', type: 'Microsoft.Network/virtualNetworks', name: 'v' },
    ],
    [
      'of a resource of the tenant',
      '/providers/Microsoft.Management/managementGroups/root',
      { subscriptionId: '', type: 'Microsoft.Management/managementGroups', name: 'root' },
    ],
    [
      'of an extension of a resource of the tenant',
      '/providers/Microsoft.Management/managementGroups/root/providers/Microsoft.Authorization/policyDefinitions/deny',
      {
        subscriptionId: '',
        type: 'Microsoft.Authorization/policyDefinitions',
        name: 'deny',
        parent: '/providers/Microsoft.Management/managementGroups/root',
      },
    ],
    [
      'with every character that a resource group may have',
      `${subscription}/resourceGroups/_Größe-1.(x)_`,
      {
        subscriptionId,
        resourceGroup: '_Größe-1.(x)_',
        type: 'Microsoft.Resources/resourceGroups',
        name: '_Größe-1.(x)_',
      },
    ],
  ])('%s', (_, id, expected) => {
    expect(parseId(id)).toEqual(expected);
  });

  test('also of the tenant, which has no subscription', () => {
    expect(parseId('/providers/Microsoft.Authorization/policyDefinitions/a08ec900')).toEqual({
      subscriptionId: '',
      type: 'Microsoft.Authorization/policyDefinitions',
      name: 'a08ec900',
    });
    const group = '/providers/Microsoft.Management/managementGroups/root';
    expect(parseId(`${group}/providers/Microsoft.Authorization/policySetDefinitions/x`)).toMatchObject({
      type: 'Microsoft.Authorization/policySetDefinitions',
      parent: group,
    });
  });

  test('in any case, and keeps its spelling', () => {
    const id = '/SUBSCRIPTIONS/AAAAAAAA-2222-4333-8444-555555555555/resourcegroups/RG/PROVIDERS/microsoft.network/x/Y';
    expect(parseId(id)).toEqual({
      subscriptionId: 'AAAAAAAA-2222-4333-8444-555555555555',
      resourceGroup: 'RG',
      type: 'microsoft.network/x',
      name: 'Y',
    });
  });
});

describe('an id is refused', () => {
  test.each([
    ['when it is empty', ''],
    ['when it is a word', 'vnet-spoke'],
    ['when it does not begin with a slash', network.slice(1)],
    ['when it begins with a host', `https://management.azure.com${network}`],
    ['when nothing follows providers', '/providers'],
    ['when the tenant has no such resource', '/providers/Microsoft.Management/managementGroups'],
    ['when it climbs up from the tenant', '/providers/Microsoft.Management/managementGroups/..'],
    ['when it begins with a resource group', '/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v'],
    ['without a subscription', '/subscriptions'],
    ['with an empty subscription', '/subscriptions/'],
    ['when the subscription is no GUID', '/subscriptions/production/resourceGroups/rg'],
    ['when the GUID is followed by more', `${subscription}0/resourceGroups/rg`],
    ['without the name of the resource group', `${subscription}/resourceGroups`],
    ['when it ends with a slash', `${network}/`],
    ['when the subscription ends with a slash', `${subscription}/`],
    ['with an empty segment', network.replace('/providers/', '//providers/')],
    ['with an empty name of the resource group', network.replace('rg-network', '')],
    ['when it climbs up', network.replace('vnet-spoke', '..')],
    ['when it climbs up in the middle', network.replace('rg-network', 'rg/../rg-other')],
    ['when it stays where it is', network.replace('vnet-spoke', '.')],
    ['with an encoded slash', network.replace('vnet-spoke', 'a%2fb')],
    ['with encoded dots', network.replace('vnet-spoke', '%2e%2e')],
    ['with a backslash', network.replace('vnet-spoke', 'a\\b')],
    ['with a query', `${network}?api-version=2020-01-01`],
    ['with a fragment', `${network}#x`],
    ['with a line feed at its end', `${network}\n`],
    ['with a line feed', network.replace('vnet-spoke', 'vnet\nspoke')],
    ['with a tab', network.replace('vnet-spoke', 'vnet\tspoke')],
    ['with a null character', network.replace('vnet-spoke', 'vnet\0spoke')],
    ['with a character that turns the direction of text', network.replace('vnet-spoke', 'vnet\u202Espoke')],
    ['when a segment ends with a dot', network.replace('rg-network', 'rg.')],
    ['when a segment begins with a blank', network.replace('vnet-spoke', ' vnet')],
    ['without the name of the resource', network.slice(0, network.lastIndexOf('/'))],
    ['when a child has no name', `${network}/subnets`],
    ['with nothing after the namespace', `${group}/providers/Microsoft.Network`],
    ['with nothing after providers', `${group}/providers`],
    ['with neither provider nor resource group', `${subscription}/tags/one`],
    ['with something else than a provider in a resource group', `${group}/tags/one`],
    [
      'when something else stands before its provider',
      `${subscription}/x/providers/Microsoft.Network/virtualNetworks/v`,
    ],
    ['when a group is followed by something else', `${group}/x/y/providers/Microsoft.Network/virtualNetworks/v`],
    ['when what an extension extends has no name', `${group}/providers/Microsoft.Network/x/providers/A.B/locks/l`],
  ])('%s', (_, id) => {
    expect(() => parseId(id)).toThrow(InputError);
  });

  test('with a message of one short line that shows it', () => {
    const id = `${subscription}/resourceGroups/a\u0000b\n${'x'.repeat(5_000)}`;
    expect(() => parseId(id)).toThrow(
      /^"\/subscriptions\/[^\p{C}]+a\?b\?x+…" is not an ARM id: the segment "a\?b\?x+…"/u,
    );
    expect(() => parseId(id)).toThrow(/^[^\p{C}]{1,600}$/u);
  });
});

test('a network whose name is «providers» is a network like any other', () => {
  expect(parseId(network.replace('vnet-spoke', 'providers')).type).toBe('Microsoft.Network/virtualNetworks');
});

test('an id that is understood means the same to a web server', () => {
  const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code));
  const ids = characters.flatMap((one) => [`${group}-a${one}b`, `${group}/${one}`, `${group}${one}`]);
  const understood = ids.filter((id) => {
    try {
      parseId(id);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  });
  const changed = understood.filter((id) => {
    const { pathname, search, hash } = new URL(`https://management.azure.com${encodeURI(id)}?api-version=1`);
    return decodeURIComponent(pathname) !== id || search !== '?api-version=1' || hash !== '';
  });
  expect(changed).toEqual([]);
  expect(understood.length).toBeGreaterThan(1_000);
});

describe('ids and types', () => {
  test('are the same without regard to case', () => {
    expect(same(network, network.toUpperCase())).toBe(true);
    expect(same('Microsoft.Network/virtualNetworks', 'microsoft.network/virtualnetworks')).toBe(true);
    expect(same(network, `${network}2`)).toBe(false);
  });

  test('that are absent are the same as nothing, not even as each other', () => {
    expect(same(undefined, undefined)).toBe(false);
    expect(same(network, undefined)).toBe(false);
    expect(same(undefined, network)).toBe(false);
  });

  test('have one key in every case', () => {
    expect(keyOf(network.toUpperCase())).toBe(keyOf(network));
  });
});

test.each([
  ['a display name', 'East US 2', 'eastus2'],
  ['a name', 'eastus2', 'eastus2'],
  ['a name in capitals', 'WESTEUROPE', 'westeurope'],
  ['no region', undefined, ''],
])('%s is one region', (_, location, region) => {
  expect(regionOf(location)).toBe(region);
});

test('an id tells its type, its name and its subscription', () => {
  expect(typeOf(`${network}/subnets/one`)).toBe('Microsoft.Network/virtualNetworks/subnets');
  expect(nameOf(`${network}/subnets/one`)).toBe('one');
  expect(subscriptionOf(network.toUpperCase())).toBe(subscriptionId);
  expect(subscriptionScope(network)).toBe(subscription);
});

test.each([
  ['type', typeOf],
  ['subscription', subscriptionOf],
  ['scope', subscriptionScope],
])('what is no id has no %s', (_, read) => {
  expect(() => read('vnet-spoke')).toThrow(InputError);
});

describe('the id of an object in a cluster', () => {
  const cluster = `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks`;
  const type = 'Microsoft.ContainerService/managedClusters/kubernetes';

  test.each([
    ['apps/v1/namespaces/shop/deployments/web', 'apps/deployments', 'web'],
    ['core/v1/namespaces/shop', 'core/namespaces', 'shop'],
    ['core/v1/namespaces/namespaces/pods/pods', 'core/pods', 'pods'],
    [
      'rbac.authorization.k8s.io/v1/clusterroles/system:aks:admin',
      'rbac.authorization.k8s.io/clusterroles',
      'system:aks:admin',
    ],
  ])('%s tells what it is and where', (path, kind, name) => {
    const id = `${cluster}/kubernetes/${path}`;
    expect(parseId(id)).toEqual({
      subscriptionId,
      resourceGroup: 'rg',
      type: `${type}/${kind}`,
      name,
      parent: cluster,
    });
  });

  test.each(['core/v1/pods/..', 'core/v1/namespaces/a b/pods/web', 'core/v1/pods/a%2fb', 'core/../pods/web'])(
    '%s is refused',
    (path) => {
      expect(() => parseId(`${cluster}/kubernetes/${path}`)).toThrow(InputError);
    },
  );

  test('needs a cluster that is one', () => {
    expect(() => parseId('/subscriptions/x/managedClusters/aks/kubernetes/core/v1/namespaces/shop')).toThrow(
      InputError,
    );
  });
});
