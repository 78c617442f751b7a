import { NetworkManagementClient } from '@azure/arm-network';
import { PolicyClient } from '@azure/arm-policy';
import { StorageManagementClient } from '@azure/arm-storage';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { LogsIngestionClient } from '@azure/monitor-ingestion';
import {
  accountId,
  flowLogId,
  group,
  identityClientId,
  networkId,
  scope,
  startWorld,
  subscriptionId,
} from './small-subscription';
import type { World } from './small-subscription';

describe('the real SDK clients', () => {
  let world: World;
  const environment = { ...process.env };

  beforeAll(async () => {
    world = await startWorld({ pageSize: 2 });
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

  test('read what is assigned on all pages, and definitions wherever they are kept', async () => {
    const management = '/providers/Microsoft.Management/managementGroups/mg-root';
    const authorization = 'providers/Microsoft.Authorization';
    const builtIn = `/${authorization}/policyDefinitions/audit-tags`;
    const assigned = [management, scope, group, networkId, accountId].map((at) => `${at}/${authorization}`);
    world.azure.seed([
      { id: management, properties: {} },
      { id: builtIn, properties: { policyType: 'BuiltIn', version: '2.0.0' } },
      { id: `${builtIn}/versions/1.1.0`, properties: { version: '1.1.0' } },
      { id: `${management}/${authorization}/policyDefinitions/deny-all`, properties: { policyType: 'Custom' } },
      { id: `${scope}/${authorization}/policySetDefinitions/set`, properties: { version: '1.0.0' } },
      ...assigned.map((at) => ({
        id: `${at}/policyAssignments/tags`,
        properties: { policyDefinitionId: builtIn, enforcementMode: 'Default' },
      })),
    ]);
    const client = new PolicyClient(new DefaultAzureCredential(), subscriptionId, {
      ...connection(),
      credentials: { scopes: ['https://management.azure.com/.default'] },
    });

    const found = await idsOf(client.policyAssignments.list());
    const atScope = await idsOf(client.policyAssignments.list({ filter: 'atScope()' }));
    expect(found.toSorted()).toEqual(assigned.map((at) => `${at}/policyAssignments/tags`).toSorted());
    expect(atScope.toSorted()).toEqual(found.filter((id) => !id.startsWith(`${scope}/resourceGroups/`)).toSorted());
    const { id, policyDefinitionId } = await client.policyAssignments.get(networkId, 'tags');
    expect([id, policyDefinitionId]).toEqual([`${networkId}/${authorization}/policyAssignments/tags`, builtIn]);

    const definition = await client.policyDefinitions.getBuiltIn('audit-tags');
    expect(definition).toMatchObject({ id: builtIn, version: '2.0.0', versions: ['2.0.0', '1.1.0'] });
    const atGroup = await client.policyDefinitions.getAtManagementGroup('mg-root', 'deny-all');
    expect(atGroup).toMatchObject({ name: 'deny-all', policyType: 'Custom' });
    expect(await client.policySetDefinitions.get('set')).toMatchObject({ version: '1.0.0' });

    const versions = await idsOf(client.policyDefinitionVersions.listBuiltIn('audit-tags'));
    expect(versions).toEqual([`${builtIn}/versions/1.1.0`, `${builtIn}/versions/2.0.0`]);
    const older = await client.policyDefinitionVersions.getBuiltIn('audit-tags', '1.1.0');
    expect(older).toMatchObject({ name: '1.1.0', version: '1.1.0' });
    await expect(client.policyDefinitions.getBuiltIn('none')).rejects.toMatchObject({ statusCode: 404 });
  });
});

async function idsOf(found: AsyncIterable<{ readonly id?: string }>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of found) ids.push(id ?? '');
  return ids;
}
