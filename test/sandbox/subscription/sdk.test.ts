import { NetworkManagementClient } from '@azure/arm-network';
import { StorageManagementClient } from '@azure/arm-storage';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { LogsIngestionClient } from '@azure/monitor-ingestion';
import {
  accountId,
  flowLogId,
  group,
  identityClientId,
  networkId,
  startWorld,
  subscriptionId,
} from './small-subscription';
import type { World } from './small-subscription';

describe('the real SDK clients', () => {
  let world: World;
  const environment = { ...process.env };

  beforeAll(async () => {
    world = await startWorld();
    process.env['IDENTITY_ENDPOINT'] = world.azure.identity.endpoint;
    process.env['IDENTITY_HEADER'] = world.azure.identity.header;
    process.env['AZURE_CLIENT_ID'] = identityClientId;
  });
  afterAll(async () => {
    process.env = environment;
    await world.close();
  });

  const connection = () => ({ endpoint: world.azure.url, tlsOptions: { ca: world.azure.ca } });

  test('create a flow log with the default credential and find it on the network', async () => {
    const client = new NetworkManagementClient(new DefaultAzureCredential(), subscriptionId, connection());
    const written = await client.flowLogs.createOrUpdate('rg-app', 'watcher-west', 'log-app', {
      location: 'westeurope',
      targetResourceId: networkId,
      storageId: accountId,
      enabled: true,
      retentionPolicy: { days: 0, enabled: false },
      format: { type: 'JSON', version: 2 },
    });
    expect(written).toMatchObject({ id: flowLogId, provisioningState: 'Succeeded', enabled: true });

    const network = await client.virtualNetworks.get('rg-app', 'vnet-app');
    expect(network.flowLogs?.map(({ id }) => id)).toEqual([flowLogId]);

    await client.flowLogs.delete('rg-app', 'watcher-west', 'log-app');
    expect(world.azure.get(flowLogId)).toBeUndefined();
  });

  test('create a storage account and its lifecycle rules with the managed identity', async () => {
    const credential = new ManagedIdentityCredential({ clientId: identityClientId });
    const client = new StorageManagementClient(credential, subscriptionId, connection());
    const created = await client.storageAccounts.create('rg-app', 'stnew', {
      location: 'westeurope',
      kind: 'StorageV2',
      sku: { name: 'Standard_ZRS' },
    });
    expect(created).toMatchObject({ name: 'stnew', provisioningState: 'Succeeded' });

    const rule = {
      name: 'expire',
      type: 'Lifecycle',
      definition: {
        actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } },
        filters: { blobTypes: ['blockBlob'], prefixMatch: ['insights-logs-flowlogflowevent/'] },
      },
    };
    await client.managementPolicies.createOrUpdate('rg-app', 'stnew', 'default', { policy: { rules: [rule] } });
    const policy = await client.managementPolicies.get('rg-app', 'stnew', 'default');
    expect(policy.policy?.rules).toEqual([rule]);
  });

  test('send rows to a data collection rule', async () => {
    const columns = [{ name: 'FindingId', type: 'string' }];
    world.azure.seed([
      {
        id: `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr-findings`,
        location: 'westeurope',
        properties: { immutableId: 'dcr-1', streamDeclarations: { 'Custom-Findings': { columns } } },
      },
    ]);
    const credential = new ManagedIdentityCredential({ clientId: identityClientId });
    const client = new LogsIngestionClient(world.azure.url, credential, { tlsOptions: { ca: world.azure.ca } });

    await client.upload('dcr-1', 'Custom-Findings', [{ FindingId: 'one' }, { FindingId: 'two' }]);

    expect(world.azure.tables.get('Custom-Findings')).toEqual([{ FindingId: 'one' }, { FindingId: 'two' }]);
  });
});
