import type { Body } from '../../shared/core/control';
import { shortHash } from '../../shared/core/hash';
import { resource } from '../given';
import { contractTarget, type Target } from './target';

/** What the control `flow-logs` takes for granted about Azure. Facts that are not documented are marked «derived». */
jest.setTimeout(900_000);

let azure: Target;
let watcherId: string;
const ids = { network: '', group: '', account: '' };
const run = shortHash(new Date().toISOString());

beforeAll(async () => {
  azure = await contractTarget();
  const provider = `${azure.group}/providers`;
  ids.network = `${provider}/Microsoft.Network/virtualNetworks/vnet-${run}`;
  ids.group = `${provider}/Microsoft.Network/networkSecurityGroups/nsg-${run}`;
  ids.account = `${provider}/Microsoft.Storage/storageAccounts/stc${run}`;
  await azure.prepare(resource(ids.group, { location: azure.region, properties: { securityRules: [] } }));
  await azure.prepare(
    resource(ids.network, {
      location: azure.region,
      properties: {
        addressSpace: { addressPrefixes: ['10.77.0.0/16'] },
        subnets: [
          { name: 'nodes', properties: { addressPrefix: '10.77.0.0/24', networkSecurityGroup: { id: ids.group } } },
        ],
      },
    }),
  );
  const watchers = await azure.list('Microsoft.Network/networkWatchers', azure.subscription);
  watcherId = watchers.find(({ location }) => location === azure.region)?.id ?? '';
});
afterAll(() => azure.close());

const log = (target: string, more: object = {}): Body => ({
  location: azure.region,
  properties: {
    targetResourceId: target,
    storageId: ids.account,
    enabled: true,
    retentionPolicy: { days: 0, enabled: false },
    format: { type: 'JSON', version: 2 },
    ...more,
  },
});
const rule = (name: string): object => ({
  name,
  enabled: true,
  type: 'Lifecycle',
  definition: {
    filters: { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] },
    actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 400 } } },
  },
});
const rulesOf = async (): Promise<readonly string[]> => {
  const policy = await azure.get(`${ids.account}/managementPolicies/default`);
  const { rules = [] } =
    (policy?.properties as { policy?: { rules?: readonly { name: string }[] } } | undefined)?.policy ?? {};
  return rules.map(({ name }) => name);
};

test('a region with a network has a Network Watcher that the subscription lists', () => {
  expect(watcherId).not.toBe('');
});

test('a resource that does not exist is a 404 whose code ends in NotFound, also below a parent that does not', async () => {
  expect(await azure.get(ids.account)).toBeUndefined();
  expect(await azure.get(`${ids.account}/managementPolicies/default`)).toBeUndefined();
  expect(await azure.get(`${watcherId}/flowLogs/none-${run}`)).toBeUndefined();
});

test('a subnet is shown in its network with the id of its security group, and the group names its subnet', async () => {
  const network = (await azure.get(ids.network))?.properties as {
    subnets: { id: string; properties: { networkSecurityGroup: { id: string } } }[];
  };
  expect(network.subnets[0]?.properties.networkSecurityGroup.id.toLowerCase()).toBe(ids.group.toLowerCase());
  const group = (await azure.get(ids.group))?.properties as { subnets: { id: string }[] };
  expect(group.subnets.map(({ id }) => id.toLowerCase())).toEqual([network.subnets[0]?.id.toLowerCase()]);
});

test('an account is made with the firewall, transport and access that were asked for', async () => {
  const properties = {
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
    allowBlobPublicAccess: false,
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
  };
  await azure.write(ids.account, {
    location: azure.region,
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    properties,
  });
  expect(await azure.get(ids.account)).toMatchObject({
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    properties,
  });
});

test('lifecycle rules are replaced as a whole and shown with a time of change', async () => {
  await azure.write(`${ids.account}/managementPolicies/default`, {
    properties: { policy: { rules: [rule('one'), rule('two')] as never } },
  });
  expect(await rulesOf()).toEqual(['one', 'two']);
  expect(await azure.get(`${ids.account}/managementPolicies/default`)).toHaveProperty('properties.lastModifiedTime');
});

test('a flow log of a network is made by one PUT and then shown as it was asked for', async () => {
  await azure.write(`${watcherId}/flowLogs/fl-${run}`, log(ids.network));
  expect(await azure.get(`${watcherId}/flowLogs/fl-${run}`)).toMatchObject({
    properties: { enabled: true, provisioningState: 'Succeeded', format: { type: 'JSON', version: 2 } },
  });
});

test('a network names the flow logs that target it', async () => {
  const { flowLogs = [] } = (await azure.get(ids.network))?.properties as { flowLogs?: { id: string }[] };
  expect(flowLogs.map(({ id }) => id.toLowerCase())).toEqual([`${watcherId}/flowLogs/fl-${run}`.toLowerCase()]);
});

test('a field that a PUT leaves out is gone', async () => {
  await azure.write(`${watcherId}/flowLogs/fl-${run}`, log(ids.network, { recordTypes: 'B,E' }));
  await azure.write(`${watcherId}/flowLogs/fl-${run}`, log(ids.network));
  const { recordTypes = '' } = (await azure.get(`${watcherId}/flowLogs/fl-${run}`))?.properties as {
    recordTypes?: string;
  };
  expect(recordTypes).toBe('');
});

test('derived: a second flow log on the same network under another name is refused', async () => {
  expect(
    (await azure.refusal(azure.write(`${watcherId}/flowLogs/fl2-${run}`, log(ids.network)))).status,
  ).toBeGreaterThanOrEqual(400);
});

test('a new flow log of a network security group is refused with a code of its own', async () => {
  expect(await azure.refusal(azure.write(`${watcherId}/flowLogs/nsg-${run}`, log(ids.group)))).toMatchObject({
    code: 'NsgFlowLogCreationBlocked',
    retryable: false,
  });
});

test('derived: a second Network Watcher in a region is refused, and a second look cures it', async () => {
  const second = `${azure.group}/providers/Microsoft.Network/networkWatchers/second-${run}`;
  expect(await azure.refusal(azure.write(second, { location: azure.region }))).toMatchObject({
    code: 'NetworkWatcherCountLimitReached',
    retryable: true,
  });
});

test('reported: retention of a flow log may replace the lifecycle rules of its account, which the remedy undoes', async () => {
  await azure.write(
    `${watcherId}/flowLogs/fl-${run}`,
    log(ids.network, { retentionPolicy: { days: 90, enabled: true } }),
  );
  const kept = (await rulesOf()).filter((name) => name === 'one' || name === 'two').length;
  expect([0, 2]).toContain(kept);
});
