import { hostEncryption } from '../../shared/controls/host-encryption';
import type { Control } from '../../shared/core/control';
import { judgementOf } from '../../shared/core/judgement';
import type { Json, Resource } from '../../shared/core/resource';
import { reasonOf, type Aspect, type Verdict } from '../../shared/core/verdict';
import { scopeOf } from '../../shared/pipeline/receive';
import { having, idIn, inventoryOf, resource, settings, subscription } from '../given';

const clusterId = idIn('rg-app', 'Microsoft.ContainerService/managedClusters/aks');
const networkId = idIn('rg-net', 'Microsoft.Network/virtualNetworks/vnet-spoke');
const nodesId = idIn('rg-app-nodes', 'Microsoft.Compute/virtualMachineScaleSets/aks-system');
const jumpId = idIn('rg-ops', 'Microsoft.Compute/virtualMachines/vm-jump');
const jumpSetId = idIn('rg-ops', 'Microsoft.Compute/virtualMachineScaleSets/vmss-jump');
const region = `${subscription}/locations/eastus2`;
const sizesKey = `${region}|Microsoft.Compute/skus`;
const quotasKey = `${subscription}/providers/Microsoft.Compute/locations/eastus2|Microsoft.Compute/locations/usages`;

const system = {
  name: 'npsystem',
  mode: 'System',
  count: 3,
  maxPods: 30,
  vmSize: 'Standard_DS2_v2',
  vnetSubnetID: `${networkId}/subnets/snet-nodes`,
  enableEncryptionAtHost: true,
};
const inScope = {
  ...system,
  name: 'npscope',
  mode: 'User',
  count: 2,
  nodeLabels: { 'pci-scope': 'in-scope' },
  nodeTaints: ['pci=true:NoSchedule'],
};

const clusterOf = (...pools: readonly object[]): Resource =>
  resource(clusterId, {
    location: 'East US 2',
    properties: { agentPoolProfiles: pools, networkProfile: { networkPlugin: 'azure' } },
  });

const machine = resource(jumpId, {
  location: 'eastus2',
  properties: { hardwareProfile: { vmSize: 'Standard_DS2_v2' }, securityProfile: { encryptionAtHost: true } },
});
const scaleSet = resource(jumpSetId, {
  location: 'eastus2',
  sku: { name: 'Standard_DS2_v2', tier: 'Standard' },
  properties: { virtualMachineProfile: { securityProfile: { encryptionAtHost: true } } },
});

/** What Azure lists in a place without giving it an id of its own. */
const listed = (type: string, id: string, rest: object): Resource => ({ id, name: '', type, ...rest });
const size = (capabilities: readonly object[], name = 'Standard_DS2_v2'): Resource =>
  listed('Microsoft.Compute/skus', `${region}/${name}`, {
    name,
    resourceType: 'virtualMachines',
    family: 'standardDSv2Family',
    capabilities: [{ name: 'vCPUs', value: '2' }, ...capabilities],
  });
const supported = size([{ name: 'EncryptionAtHostSupported', value: 'True' }]);
const quota = (value: string, limit: number, currentValue: number): Resource => {
  const type = 'Microsoft.Compute/locations/usages';
  const id = `${subscription}/providers/Microsoft.Compute/locations/eastus2/usages/${value}`;
  return { ...listed(type, id, {}), name: { value }, limit, currentValue } as unknown as Resource;
};
const feature = (state: string): Resource =>
  listed(
    'Microsoft.Features/providers/features',
    `${subscription}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`,
    { properties: { state } },
  );
const network = (subnet: object): Resource =>
  resource(networkId, { properties: { subnets: [{ id: `${networkId}/subnets/snet-nodes`, properties: subnet }] } });
const groups = [
  resource(`${subscription}/resourceGroups/rg-app`, {}),
  resource(`${subscription}/resourceGroups/rg-ops`, { managedBy: null }),
  resource(`${subscription}/resourceGroups/rg-app-nodes`, { managedBy: clusterId }),
];
const estate = [
  ...groups,
  supported,
  quota('cores', 100, 10),
  quota('standardDSv2Family', 20, 8),
  feature('Registered'),
  network({ addressPrefix: '10.0.0.0/24', ipConfigurations: [{}, {}] }),
];

type Unread = Readonly<Record<string, string>>;
const evaluated = (subject: Resource, resources: readonly Resource[] = estate, unread: Unread = {}) =>
  hostEncryption.evaluate(subject, inventoryOf(resources, unread));

function aspects(subject: Resource, resources = estate, unread: Unread = {}): readonly Aspect[] {
  const result = evaluated(subject, resources, unread);
  if (!Array.isArray(result)) throw new Error(reasonOf(result as Verdict));
  return result as readonly Aspect[];
}
const states = (subject: Resource): readonly string[] =>
  aspects(subject).map(({ title, verdict }) => `${title}: ${verdict.state}`);
const without = (pool: Readonly<Record<string, unknown>>, name: string): object =>
  Object.fromEntries(Object.entries(pool).filter(([key]) => key !== name));
const reasonFor = (pool: object, resources = estate, unread: Unread = {}): string =>
  aspects(clusterOf(system, pool), resources, unread)
    .slice(1)
    .map(({ verdict }) => reasonOf(verdict))
    .join();
const off = { ...inScope, enableEncryptionAtHost: false };

describe('an agent pool', () => {
  test('with encryption at host is right, each one by itself', () => {
    expect(states(clusterOf(system, inScope))).toEqual([
      'Agent pool npsystem is encrypted on the host: compliant',
      'Agent pool npscope is encrypted on the host: compliant',
    ]);
  });

  test.each<[string, Json | undefined]>([
    ['is off', false],
    ['is missing', undefined],
    ['is null', null],
    ['is empty', ''],
    ['is a number', 1],
  ])('whose enableEncryptionAtHost %s is a violation, and the others stay right', (_, value) => {
    const pool = value === undefined ? without(inScope, 'enableEncryptionAtHost') : off;
    const subject = clusterOf(system, value === undefined ? pool : { ...pool, enableEncryptionAtHost: value });
    expect(states(subject)).toEqual([
      'Agent pool npsystem is encrypted on the host: compliant',
      'Agent pool npscope is encrypted on the host: violation',
    ]);
    expect(judgementOf(hostEncryption, subject, inventoryOf(estate), settings).verdict).toEqual({
      state: 'violation',
      problems: [{ severity: 'medium', reason: '1 of 2 not met: Agent pool npscope is encrypted on the host' }],
    });
  });

  test('without a name is told by its place', () => {
    expect(states(clusterOf(system, without(off, 'name')))[1]).toBe('Agent pool 2 is encrypted on the host: violation');
  });

  test('with fields of other types counts as not telling them', () => {
    const odd = { name: 7, mode: [], count: 'two', vmSize: 3, nodeLabels: 'x', nodeTaints: 'y', vnetSubnetID: {} };
    const [aspect] = aspects(clusterOf(odd));
    expect(aspect).toMatchObject({ title: 'Agent pool 1 is encrypted on the host', verdict: { state: 'violation' } });
    expect(reasonOf(aspect!.verdict)).toMatch(
      /the VM size supports it could not be read .* \(0 nodes, check the quota/,
    );
  });

  test('wakes its cluster when it is written', () => {
    const controls: readonly Control[] = [hostEncryption];
    const id = `${clusterId}/agentPools/npscope`;
    expect(scopeOf(id, { settings, controls })).toBe(clusterId);
  });
});

test('a cluster without agent pools has nothing to judge', () => {
  expect(evaluated(clusterOf())).toMatchObject({ state: 'notApplicable' });
  expect(evaluated(resource(clusterId, { location: 'eastus2' }))).toMatchObject({ state: 'notApplicable' });
});

test.each<[string, Json]>([
  ['a text', 'npsystem'],
  ['an object', { name: 'npsystem' }],
  ['a list of texts', ['npsystem']],
  ['a list with a hole', [null]],
])('agent pools that are %s are unknown', (_, agentPoolProfiles) => {
  expect(evaluated(having(clusterOf(), { agentPoolProfiles }))).toMatchObject({
    state: 'unknown',
    reason: 'agentPoolProfiles is no list of agent pools',
  });
});

describe('the reason says', () => {
  test('what was found, what supports it and how to replace the pool', () => {
    expect(reasonFor(off)).toBe(
      'enableEncryptionAtHost is false; it must be true and cannot be changed on a pool; ' +
        'size Standard_DS2_v2 supports it; the feature Microsoft.Compute/EncryptionAtHost is registered; ' +
        'replace the pool: add one of mode User with encryption at host (2 nodes or 4 cores, 12 are free; ' +
        '62 addresses, subnet snet-nodes has room for 249; the same labels pci-scope=in-scope and taints pci=true:NoSchedule), ' +
        'wait until its nodes are ready, cordon npscope, drain it within the disruption budgets, delete it last',
    );
  });

  test.each<[string, readonly Resource[], RegExp]>([
    ['that the size does not support it', [...groups, size([])], /Standard_DS2_v2 does not support it, so choose/],
    [
      'that it is told not to support it',
      [size([{ name: 'EncryptionAtHostSupported', value: 'False' }])],
      /does not support it/,
    ],
    ['that Azure does not list the size', [], /is not known, for Azure does not list it in eastus2/],
    ['that the feature has to be registered', [feature('NotRegistered')], /is NotRegistered, so register it first/],
    ['that nobody tells of the feature', [], /is registered is not told/],
    [
      'that the quota is too small',
      [supported, quota('cores', 100, 97), quota('standardDSv2Family', 20, 8)],
      /: 3 are/,
    ],
    ['to check a quota of which only a part is told', [supported, quota('cores', 100, 97)], /4 cores, check the quota/],
    ['to look for another subnet', [network({ addressPrefixes: ['10.0.0.0/27'] })], /has room for 27: use another/],
    ['to check a subnet that tells no IPv4 prefix', [network({ addressPrefix: 'fd00::/64' })], /check the room/],
  ])('%s', (_, resources, reason) => {
    expect(reasonFor(off, [...resources])).toMatch(reason);
  });

  test('what could not be read, and the violation stays', () => {
    const unread = { [sizesKey]: 'HTTP 403', [quotasKey]: 'HTTP 403', [networkId]: 'HTTP 403' };
    const reason = reasonFor(off, estate, unread);
    expect(reason).toMatch(/whether size Standard_DS2_v2 supports it could not be read \(HTTP 403\)/);
    expect(reason).toMatch(/2 nodes, check the quota of cores; 62 addresses, check the room in subnet snet-nodes/);
  });

  test('that a pool of several sizes does not tell its size', () => {
    expect(reasonFor(without(off, 'vmSize'))).toMatch(/the VM size supports it could not be read \(the resource/);
  });

  test('that the new pool has to be there first when it is the only System pool', () => {
    const subject = clusterOf({ ...system, enableEncryptionAtHost: false }, inScope);
    expect(reasonOf(aspects(subject)[0]!.verdict)).toMatch(/are ready, for npsystem is the only System pool, cordon/);
    const two = clusterOf({ ...system, enableEncryptionAtHost: false }, { ...inScope, mode: 'system' });
    expect(reasonOf(aspects(two)[0]!.verdict)).not.toMatch(/only System pool/);
  });

  test('one address for a node whose pods have addresses of their own', () => {
    expect(reasonFor({ ...off, podSubnetID: `${networkId}/subnets/snet-pods` })).toMatch(/; 2 addresses,/);
    const overlay = having(clusterOf(system, off), {
      networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay' },
    });
    expect(reasonOf(aspects(overlay)[1]!.verdict)).toMatch(/; 2 addresses,/);
  });

  test('nothing about subnets where AKS made the network', () => {
    expect(reasonFor(without(off, 'vnetSubnetID'))).not.toMatch(/address|subnet/);
  });
});

describe('a machine that is no node', () => {
  const broken: readonly [string, Resource][] = [
    ['virtual machine', having(machine, { securityProfile: undefined })],
    ['virtual machine that says false', having(machine, { securityProfile: { encryptionAtHost: false } })],
    ['scale set', having(scaleSet, { virtualMachineProfile: {} })],
    [
      'scale set that says false',
      having(scaleSet, { virtualMachineProfile: { securityProfile: { encryptionAtHost: false } } }),
    ],
  ];

  test('with encryption at host is right', () => {
    expect(evaluated(machine)).toMatchObject({ state: 'compliant' });
    expect(evaluated(scaleSet)).toMatchObject({ state: 'compliant' });
  });

  test.each(broken)('without it, a %s, is of low severity', (_, subject) => {
    const verdict = evaluated(subject) as Verdict;
    expect(verdict).toMatchObject({ state: 'violation', problems: [{ severity: 'low' }] });
    expect(reasonOf(verdict)).toMatch(/encryptionAtHost is not true; size Standard_DS2_v2 supports it; the feature/);
  });

  test('has nothing to say for itself as a scale set without a model', () => {
    expect(evaluated({ ...scaleSet, properties: {} })).toEqual({
      state: 'notApplicable',
      reason: 'the set has no model: machines in it are judged by themselves',
    });
  });

  test.each(broken)('is not excused by a tag of AKS: a %s', (_, subject) => {
    const tagged = { ...subject, tags: { 'aks-managed-poolName': 'x' } };
    expect(evaluated(tagged)).toMatchObject({ state: 'violation' });
  });

  test('is unknown while nobody can tell whether it is a node', () => {
    const unread = { [`${subscription}|Microsoft.Resources/resourceGroups`]: 'HTTP 403' };
    expect(evaluated(machine, estate, unread)).toEqual({ state: 'unknown', reason: 'resource groups: HTTP 403' });
  });
});

test('nodes of a cluster are judged at the cluster', () => {
  const nodes = resource(nodesId, { location: 'eastus2', properties: { virtualMachineProfile: {} } });
  expect(evaluated(nodes)).toEqual({ state: 'notApplicable', reason: 'it is a node of cluster aks and judged there' });
});
