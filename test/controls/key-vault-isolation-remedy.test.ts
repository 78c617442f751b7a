import { keyVaultIsolation } from '../../shared/controls/key-vault-isolation';
import type { Finding } from '../../shared/core/finding';
import type { Json, Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import { judge } from '../../shared/pipeline/judge';
import { revert } from '../../shared/pipeline/revert';
import { having, inventoryOf } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';
import {
  around,
  aroundWithout,
  cluster,
  clusterId,
  connection,
  endpoint,
  gateway,
  link,
  pipeline,
  vault,
  vaultId,
  zoneGroup,
} from './vault-zone';

const consent: Partial<Settings> = { remediate: ['key-vault-isolation'] };

function worldWith(subject: Resource, others: readonly Resource[] = around, changed = consent): MemoryWorld {
  const world = memoryWorld([subject, ...others], changed, [keyVaultIsolation]);
  // Azure merges what a PATCH says into what is there.
  world.azure.land = ({ id, body }) => [having(vaultIn(world, id), body.properties ?? {})];
  return world;
}

function vaultIn(world: MemoryWorld, id = vaultId): Resource {
  const found = world.azure.resources.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

async function look(world: MemoryWorld): Promise<Finding> {
  await judge(world, { scope: { kind: 'resource', id: vaultId }, cause: 'event', receivedAt: world.now() });
  return [...world.stored.values()].find(({ aspect }) => aspect === undefined)!;
}

const aspect = ({ aspects = [] }: Finding, key: string): Finding => aspects.find((one) => one.aspect === key)!;

test('a vault that is open gets a firewall that denies, the verdict turns, and a second look writes nothing', async () => {
  const world = worldWith(vault);
  const finding = await look(world);
  expect(world.azure.written.map(({ id, body }) => [id, body])).toEqual([
    [
      vaultId,
      {
        properties: {
          networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] },
        },
      },
    ],
  ]);
  expect(aspect(finding, 'public-access')).toMatchObject({
    state: 'resolved',
    reason: expect.stringContaining('denies'),
  });
  world.pass(120_000);
  await look(world);
  expect(world.azure.written).toHaveLength(1);
});

test('everything else that the owner chose stays, rules of the firewall included', async () => {
  const rules = { ipRules: [{ value: '203.0.113.7/32' }], virtualNetworkRules: [] };
  const before = having(vault, { networkAcls: { ...rules, defaultAction: 'Allow', bypass: 'None' } });
  const world = worldWith(before);
  await look(world);
  expect(vaultIn(world)).toEqual(
    having(before, { networkAcls: { ...rules, defaultAction: 'Deny', bypass: 'AzureServices' } }),
  );
});

test('a vault without any firewall gets one', async () => {
  const world = worldWith(having(vault, { networkAcls: undefined, publicNetworkAccess: undefined }));
  await look(world);
  expect(vaultIn(world).properties).toMatchObject({ networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } });
});

test('without consent nothing is written, and the finding says what would be', async () => {
  const world = worldWith(vault, around, { remediate: ['flow-logs'] });
  const finding = await look(world);
  expect(world.azure.written).toEqual([]);
  expect(finding.remedy).toMatch(
    /REMEDIATE does not name key-vault-isolation; would set the firewall of kv-shop to Deny/,
  );
});

test('the plan names who holds an access policy and is not known to come privately', async () => {
  const finding = await look(worldWith(vault));
  expect(finding.remedy).toContain(`${pipeline} of its access policies, if from elsewhere, as a pipeline, is cut off`);
  const gatewayOf = { ...gateway, identity: { userAssignedIdentities: { id: { principalId: pipeline } } } };
  const known = await look(worldWith(vault, [...aroundWithout(gateway), gatewayOf]));
  expect(known.remedy).toBe('done: set the firewall of kv-shop to Deny with trusted services');
  const byRole = await look(worldWith(having(vault, { enableRbacAuthorization: true })));
  expect(byRole.remedy).toContain('who has a role on it and comes from elsewhere, as a pipeline, is cut off');
});

describe('it is left open, with what stands in the way,', () => {
  const kms = (keyVaultNetworkAccess?: string): Resource =>
    having(cluster, {
      securityProfile: {
        azureKeyVaultKms: {
          enabled: true,
          keyId: 'https://kv-shop.vault.azure.net/keys/etcd/1',
          ...(keyVaultNetworkAccess && { keyVaultNetworkAccess }),
        },
      },
    });

  test.each<[string, Resource, readonly Resource[], string]>([
    [
      'while no endpoint is approved',
      having(vault, { privateEndpointConnections: [connection('Pending')] }),
      around,
      'no private endpoint is approved',
    ],
    [
      'while the endpoint is gone',
      vault,
      aroundWithout(endpoint),
      'its approved private endpoint does not exist any more',
    ],
    ['while it has no DNS zone group', vault, aroundWithout(zoneGroup), 'pe-kv-shop has no DNS zone group'],
    [
      'while the zone is not linked to a consumer',
      vault,
      aroundWithout(link),
      'is not linked to vnet-spoke, where Application Gateway agw-shop is',
    ],
    [
      'while a cluster encrypts with its keys from outside',
      vault,
      [...aroundWithout(cluster), kms('Public')],
      'set its keyVaultNetworkAccess to Private first',
    ],
    [
      'while nobody said that a cluster does so privately',
      vault,
      [...aroundWithout(cluster), kms()],
      'cluster aks-shop encrypts its secrets',
    ],
  ])('%s', async (_, subject, others, reason) => {
    const world = worldWith(subject, others);
    const finding = await look(world);
    expect(world.azure.written).toEqual([]);
    expect(finding.remedy).toContain('the firewall stays open: ');
    expect(finding.remedy).toContain(reason);
  });

  test('and no longer when the cluster comes privately', async () => {
    const world = worldWith(vault, [...aroundWithout(cluster), kms('private')]);
    await look(world);
    expect(world.azure.written).toHaveLength(1);
  });

  test.each([
    ['Microsoft.Network/applicationGateways', 'application gateways'],
    ['Microsoft.ContainerService/managedClusters', 'clusters'],
    ['Microsoft.Network/privateEndpoints', 'private endpoint pe-kv-shop'],
    ['Microsoft.Network/virtualNetworks', 'virtual networks'],
  ])('where %s cannot be read', (type, what) => {
    const unread = { [`${vaultId.split('/resourceGroups/')[0]}|${type}`]: '403' };
    const plan = keyVaultIsolation.remedy.plan(vault, inventoryOf([vault, ...around], unread), undefined as never);
    expect(plan).toMatchObject({ actions: [], blocked: [`the firewall stays open: ${what}: 403`] });
  });
});

test.each<[string, Json]>([
  ['denies already', { defaultAction: 'deny', bypass: 'None', ipRules: [{ value: '203.0.113.7/32' }] }],
  ['does not matter, for public access is disabled', { defaultAction: 'Allow' }],
])('a firewall that %s is not touched', async (name, networkAcls) => {
  const publicNetworkAccess = name.startsWith('denies') ? 'Enabled' : 'Disabled';
  const world = worldWith(having(vault, { networkAcls, publicNetworkAccess }));
  await look(world);
  expect(world.azure.written).toEqual([]);
});

test('what somebody changed since it was judged is not overwritten', async () => {
  const world = worldWith(vault);
  const { under } = world.locks;
  const rules = { defaultAction: 'Allow', bypass: 'AzureServices', ipRules: [{ value: '198.51.100.9/32' }] };
  const locks = {
    under: (name: string, work: never): never => {
      world.azure.resources = [
        having(vaultIn(world), { networkAcls: rules }),
        ...world.azure.resources.filter(({ id }) => id !== vaultId),
      ];
      return under(name, work) as never;
    },
  };
  await look(Object.assign(world, { locks }));
  expect(vaultIn(world).properties).toMatchObject({ networkAcls: { ...rules, defaultAction: 'Deny' } });
});

test('a vault that is gone meanwhile is not written', async () => {
  const world = worldWith(vault);
  const { under } = world.locks;
  const locks = {
    under: (name: string, work: never): never => {
      world.azure.resources = world.azure.resources.filter(({ id }) => id !== vaultId);
      return under(name, work) as never;
    },
  };
  const finding = await look(Object.assign(world, { locks }));
  expect(world.azure.written).toEqual([]);
  expect(finding.remedy).toContain('kv-shop does not exist any more');
});

test('a change that is taken back opens the firewall again as it was', async () => {
  const world = worldWith(vault);
  await look(world);
  const [entry] = world.ledgered;
  await revert(world, { changeId: entry!.change.changeId, by: 'somebody' });
  expect(vaultIn(world)).toEqual(vault);
});

test('the cluster of the fixture is a consumer by its access policy alone', () => {
  const plan = keyVaultIsolation.remedy.plan(
    vault,
    inventoryOf([vault, ...aroundWithout(gateway, link)]),
    undefined as never,
  );
  expect(plan.blocked).toEqual([expect.stringContaining(`where cluster ${clusterId.split('/').at(-1)} is`)]);
});
