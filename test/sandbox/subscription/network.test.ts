import {
  group,
  having,
  network,
  networkId,
  securityGroup,
  securityGroupId,
  startWorld,
  watcher,
  watcherId,
  flowLog,
  flowLogId,
} from './small-subscription';
import type { World } from './small-subscription';
import { itemsOf } from './wire';

const subnetId = `${networkId}/subnets/snet-one`;
const nicId = `${group}/providers/Microsoft.Network/networkInterfaces/nic-one`;
const nic = {
  id: nicId,
  location: 'westeurope',
  properties: {
    networkSecurityGroup: { id: securityGroupId },
    ipConfigurations: [{ name: 'ipconfig1', properties: { subnet: { id: subnetId } } }],
  },
};

describe('children that live in their parent', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const subnetNames = () =>
    itemsOf(world.azure.get(networkId)?.properties?.['subnets']).map((subnet) => subnet['name']);

  test("a subnet of the network's JSON is a resource of its own with the network's etag", async () => {
    const parent = await world.send('GET', networkId);
    const child = await world.send('GET', subnetId);
    const listed = await world.send('GET', `${networkId}/subnets`);
    expect(child.body).toMatchObject({
      id: subnetId,
      name: 'snet-one',
      type: 'Microsoft.Network/virtualNetworks/subnets',
    });
    expect(child.body.etag).toBe(parent.body.etag);
    expect(listed.body.value).toEqual([child.body]);
    expect(world.azure.list('Microsoft.Network/virtualNetworks/subnets').map(({ id }) => id)).toEqual([subnetId]);
  });

  test('a PUT of a subnet changes the network and its etag', async () => {
    const before = await world.send('GET', networkId);
    const created = await world.send('PUT', `${networkId}/subnets/snet-two`, {
      body: { properties: { addressPrefix: '10.0.1.0/24' } },
    });
    const updated = await world.send('PUT', `${networkId}/subnets/SNET-TWO`, {
      body: { properties: { addressPrefix: '10.0.2.0/24' } },
    });
    expect([created.status, updated.status]).toEqual([201, 200]);
    expect(updated.body.properties).toMatchObject({ addressPrefix: '10.0.2.0/24', provisioningState: 'Succeeded' });
    expect(subnetNames()).toHaveLength(2);
    expect(world.azure.get(networkId)?.etag).not.toBe(before.body.etag);
  });

  test('a DELETE of a subnet takes it out of the network', async () => {
    expect((await world.send('DELETE', subnetId)).status).toBe(200);
    expect(subnetNames()).toEqual([]);
    expect((await world.send('GET', subnetId)).status).toBe(404);
  });

  test('a PUT of the network replaces its subnets', async () => {
    await world.azure.put(having(network, { subnets: [{ name: 'other', properties: {} }] }));
    expect(subnetNames()).toEqual(['other']);
    expect(world.azure.get(`${networkId}/subnets/other`)?.properties?.['provisioningState']).toBe('Succeeded');
  });

  test('a security rule is served and written alike', async () => {
    const id = `${securityGroupId}/securityRules/deny-all`;
    await world.send('PUT', id, { body: { properties: { access: 'Deny', priority: 100 } } });
    const group = await world.send('GET', securityGroupId);
    expect(group.body.properties?.['securityRules']).toMatchObject([
      { id, name: 'deny-all', properties: { priority: 100 } },
    ]);
  });

  test("an agent pool is an entry of its cluster's profiles without the properties level", async () => {
    const clusterId = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
    const pool = { name: 'npsystem', count: 3, mode: 'System' };
    await world.azure.put({ id: clusterId, location: 'westeurope', properties: { agentPoolProfiles: [pool] } });
    const read = await world.send('GET', `${clusterId}/agentPools/npsystem`);
    expect(read.body.properties).toMatchObject({ count: 3, mode: 'System', provisioningState: 'Succeeded' });
    await world.send('PUT', `${clusterId}/agentPools/npsystem`, { body: { properties: { count: 5, mode: 'System' } } });
    expect(world.azure.get(clusterId)?.properties?.['agentPoolProfiles']).toMatchObject([
      { name: 'npsystem', count: 5 },
    ]);
  });

  test('a child that is seeded is put into its parent, in whatever order they come', () => {
    const other = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-other`;
    const peeringId = `${other}/virtualNetworkPeerings/to-app`;
    const peering = { id: peeringId, properties: { remoteVirtualNetwork: { id: networkId } } };
    world.azure.seed([peering, { id: other, location: 'westeurope', properties: { subnets: [] } }]);
    expect(world.azure.get(other)?.properties?.['virtualNetworkPeerings']).toMatchObject([
      { id: peeringId, name: 'to-app' },
    ]);
  });

  test('a child without its parent cannot be seeded', () => {
    expect(() => {
      world.azure.seed([{ id: `${networkId}-none/subnets/x`, properties: {} }]);
    }).toThrow(`${networkId}-none/subnets/x`);
  });
});

describe('what Microsoft.Network keeps up to date by itself', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const propertiesOf = (id: string) => world.azure.get(id)?.properties ?? {};

  test('a network lists its flow logs, and has no list when there is none', async () => {
    expect(propertiesOf(networkId)).not.toHaveProperty('flowLogs');
    await world.azure.put(flowLog);
    expect(propertiesOf(networkId)['flowLogs']).toEqual([{ id: flowLogId }]);
    const listed = await world.send('GET', `${group}/providers/Microsoft.Network/virtualNetworks`);
    expect(listed.body.value[0]?.properties?.['flowLogs']).toEqual([{ id: flowLogId }]);
  });

  test('what a caller sends as flow logs is not kept', async () => {
    await world.azure.put(having(network, { flowLogs: [{ id: 'invented' }] }));
    expect(propertiesOf(networkId)).not.toHaveProperty('flowLogs');
  });

  test('deleting a network deletes its flow log', async () => {
    await world.azure.put(flowLog);
    await world.azure.remove(networkId);
    expect(world.azure.get(flowLogId)).toBeUndefined();
  });

  test('a security group lists the subnets and network interfaces that use it', async () => {
    expect(propertiesOf(securityGroupId)['subnets']).toEqual([{ id: subnetId }]);
    await world.azure.put(nic);
    expect(propertiesOf(securityGroupId)['networkInterfaces']).toEqual([{ id: nicId }]);
    await world.azure.put(having(network, { subnets: [{ name: 'snet-one', properties: {} }] }));
    await world.azure.remove(nicId);
    expect(propertiesOf(securityGroupId)).not.toHaveProperty('subnets');
    expect(propertiesOf(securityGroupId)).not.toHaveProperty('networkInterfaces');
  });

  test('what was said about users that the subscription does not hold stays', () => {
    const elsewhere = { id: `${networkId}-elsewhere/subnets/x` };
    world.azure.seed([having(securityGroup, { subnets: [elsewhere, { id: subnetId }] })]);
    expect(propertiesOf(securityGroupId)['subnets']).toEqual([{ id: subnetId }, elsewhere]);
  });

  test('what was said about a subnet that no longer uses the security group is not shown', () => {
    world.azure.seed([
      having(network, { subnets: [{ name: 'snet-one', properties: {} }] }),
      having(securityGroup, { subnets: [{ id: subnetId }] }),
    ]);
    expect(propertiesOf(securityGroupId)).not.toHaveProperty('subnets');
  });

  test('a subnet lists the IP configurations of network interfaces', async () => {
    await world.azure.put(nic);
    const { body } = await world.send('GET', subnetId);
    expect(body.properties?.['ipConfigurations']).toEqual([{ id: `${nicId}/ipConfigurations/ipconfig1` }]);
  });

  test('what is in use cannot be deleted', async () => {
    await world.azure.put(nic);
    const subnet = await world.send('DELETE', subnetId);
    const securityGroup = await world.send('DELETE', securityGroupId);
    expect([subnet.status, subnet.body.error.code]).toEqual([400, 'InUseSubnetCannotBeDeleted']);
    expect([securityGroup.status, securityGroup.body.error.code]).toEqual([
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
    ]);
  });

  test('a new security group has the six default rules', async () => {
    const id = `${securityGroupId}-2`;
    await world.azure.put({ ...securityGroup, id });
    const rules = itemsOf(propertiesOf(id)['defaultSecurityRules']);
    expect(rules.map(({ name }) => name)).toEqual([
      'AllowVnetInBound',
      'AllowAzureLoadBalancerInBound',
      'DenyAllInBound',
      'AllowVnetOutBound',
      'AllowInternetOutBound',
      'DenyAllOutBound',
    ]);
    expect(rules[0]?.['id']).toBe(`${id}/defaultSecurityRules/AllowVnetInBound`);
  });

  test('a second network watcher in a region is refused, an update and another region are not', async () => {
    const second = await world.send('PUT', `${watcherId}-2`, { body: { location: 'West Europe' } });
    const update = await world.send('PUT', watcherId, { body: watcher });
    const elsewhere = await world.send('PUT', `${watcherId}-2`, { body: { location: 'northeurope' } });
    expect([second.status, second.body.error.code]).toEqual([400, 'NetworkWatcherCountLimitReached']);
    expect([update.status, elsewhere.status]).toEqual([200, 201]);
  });
});
