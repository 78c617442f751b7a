import {
  account,
  accountId,
  flowLog,
  flowLogId,
  group,
  having,
  networkId,
  scope,
  startWorld,
} from './small-subscription';
import type { SubscriptionOptions } from './index';
import type { World } from './small-subscription';
import { fieldsOf, itemsOf } from './wire';

const policyId = `${accountId}/managementPolicies/default`;
const foreignRule = {
  enabled: true,
  name: 'keep-backups',
  type: 'Lifecycle',
  definition: {
    actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 3_650 } } },
    filters: { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] },
  },
};

describe('storage accounts', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const put = (name: string, at = group) =>
    world.send('PUT', `${at}/providers/Microsoft.Storage/storageAccounts/${name}`, { body: account });

  test.each(['ab', 'Capital', 'dash-ed', 'a'.repeat(25)])('the name %s is refused', async (name) => {
    const reply = await put(name);
    expect([reply.status, reply.body.error.code]).toEqual([400, 'AccountNameInvalid']);
  });

  test('a name is taken in every resource group', async () => {
    const other = `${scope}/resourceGroups/rg-other`;
    world.azure.seed([{ id: other, location: 'westeurope' }]);
    const reply = await put('stflowlogs', other);
    expect([reply.status, reply.body.error.code]).toEqual([409, 'StorageAccountAlreadyTaken']);
  });

  test('GET shows what the caller did not say', async () => {
    await world.azure.put({ id: `${accountId}2`, location: 'westeurope', sku: { name: 'Standard_ZRS' } });
    expect(world.azure.get(`${accountId}2`)).toMatchObject({
      kind: 'StorageV2',
      sku: { name: 'Standard_ZRS', tier: 'Standard' },
      properties: {
        minimumTlsVersion: 'TLS1_0',
        allowBlobPublicAccess: false,
        supportsHttpsTrafficOnly: true,
        networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow' },
        primaryEndpoints: { blob: `${world.azure.url}/blob/stflowlogs2/` },
        primaryLocation: 'westeurope',
        provisioningState: 'Succeeded',
      },
    });
  });

  test('a lifecycle policy has the one name that Azure knows, and rules', async () => {
    const wrong = await world.send('PUT', `${accountId}/managementPolicies/other`, { body: { properties: {} } });
    const empty = await world.send('PUT', policyId, { body: { properties: { policy: { rules: [] } } } });
    expect([wrong.status, empty.status]).toEqual([400, 400]);
  });

  test('a lifecycle policy answers 200 from the first time on, without etag or provisioningState', async () => {
    const reply = await world.send('PUT', policyId, { body: { properties: { policy: { rules: [foreignRule] } } } });
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.body).sort()).toEqual(['id', 'name', 'properties', 'type']);
    expect(Object.keys(reply.body.properties ?? {}).sort()).toEqual(['lastModifiedTime', 'policy']);
  });
});

describe('the retention of a flow log', () => {
  let world: World;
  const start = async (options: Partial<SubscriptionOptions> = {}): Promise<void> => {
    world = await startWorld(options);
    await world.azure.put({ id: policyId, properties: { policy: { rules: [foreignRule] } } });
  };
  afterEach(() => world.close());

  const retaining = (days: number) => having(flowLog, { retentionPolicy: { days, enabled: days > 0 } });
  const rules = () => itemsOf(fieldsOf(world.azure.get(policyId), 'properties', 'policy')['rules']);

  test("replaces the account's lifecycle rules by its own", async () => {
    await start();
    await world.azure.put(retaining(30));
    expect(rules()).toHaveLength(1);
    expect(rules()[0]).toMatchObject({
      enabled: true,
      definition: {
        actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } },
        filters: { prefixMatch: [expect.stringMatching(/^insights-logs-flowlogflowevent\/flowLogResourceID=\//)] },
      },
    });
  });

  test('keeps the rules of other flow logs in the account', async () => {
    await start();
    await world.azure.put(retaining(30));
    const subnet = { targetResourceId: `${networkId}/subnets/snet-one` };
    await world.azure.put({ ...having(retaining(60), subnet), id: `${flowLogId}-2` });
    expect(rules()).toHaveLength(2);
  });

  test("leaves others' rules alone where the trap is turned off", async () => {
    await start({ retentionOverwritesLifecycleRules: false });
    await world.azure.put(retaining(30));
    await world.azure.put(retaining(60));
    expect(rules()).toHaveLength(2);
    expect(rules()[0]).toEqual(foreignRule);
  });

  test('writes no rule when nothing is to expire, and takes its rule away when it ends', async () => {
    await start();
    await world.azure.put(retaining(0));
    expect(rules()).toEqual([foreignRule]);
    await world.azure.put(retaining(30));
    await world.azure.put(retaining(0));
    expect(world.azure.get(policyId)).toBeUndefined();
  });
});
