import {
  account,
  accountId,
  group,
  having,
  networkId,
  scope,
  startWorld,
  subscriptionId,
  tenantId,
} from './small-subscription';
import type { World } from './small-subscription';

const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/kv-app`;
const vault = { location: 'westeurope', tags: { owner: 'app' }, properties: { tenantId } };

describe('resources', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ pageSize: 2 });
  });
  afterEach(() => world.close());

  test('a PUT answers 201 for a creation and 200 for an update that replaces everything', async () => {
    const created = await world.send('PUT', vaultId, { body: vault });
    const updated = await world.send('PUT', vaultId, { body: { location: 'westeurope', properties: { sku: 'x' } } });
    expect([created.status, updated.status]).toEqual([201, 200]);
    expect(created.body).toEqual({
      ...vault,
      id: vaultId,
      name: 'kv-app',
      type: 'Microsoft.KeyVault/vaults',
      properties: { tenantId, provisioningState: 'Succeeded' },
    });
    expect(updated.body.tags).toBeUndefined();
    expect(updated.body.properties).toEqual({ sku: 'x', provisioningState: 'Succeeded' });
  });

  test('ids are found without regard to case and keep the casing of the first PUT', async () => {
    await world.send('PUT', vaultId, { body: vault });
    await world.send('PUT', vaultId.toLowerCase(), { body: vault });
    const reply = await world.send('GET', vaultId.toUpperCase());
    expect(reply.body).toMatchObject({ id: vaultId, name: 'kv-app', type: 'Microsoft.KeyVault/vaults' });
    expect(world.azure.list('microsoft.keyvault/VAULTS')).toHaveLength(1);
  });

  test('a PATCH merges tags and properties', async () => {
    await world.send('PUT', vaultId, { body: vault });
    const reply = await world.send('PATCH', vaultId, { body: { tags: { cost: '1' }, properties: { sku: 'x' } } });
    expect(reply.status).toBe(200);
    expect(reply.body.tags).toEqual({ owner: 'app', cost: '1' });
    expect(reply.body.properties).toMatchObject({ tenantId, sku: 'x' });
  });

  test('a DELETE answers 200, then 204, and takes what is below with it', async () => {
    const secretId = `${vaultId}/secrets/one`;
    await world.send('PUT', vaultId, { body: vault });
    await world.send('PUT', secretId, { body: { properties: {} } });
    expect((await world.send('DELETE', vaultId)).status).toBe(200);
    expect((await world.send('DELETE', vaultId)).status).toBe(204);
    expect(world.azure.get(secretId)).toBeUndefined();
  });

  test.each([
    ['an unknown subscription', '/subscriptions/other/resourceGroups/x', 'SubscriptionNotFound'],
    ['an unknown resource group', `${scope}/resourceGroups/none`, 'ResourceGroupNotFound'],
    [
      'a resource in an unknown group',
      `${scope}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/v`,
      'ResourceGroupNotFound',
    ],
    ['an unknown resource', `${group}/providers/Microsoft.Network/virtualNetworks/none`, 'ResourceNotFound'],
    [
      'a child of an unknown parent',
      `${group}/providers/Microsoft.Network/networkWatchers/none/flowLogs/x`,
      'ParentResourceNotFound',
    ],
    [
      'a list in an unknown group',
      `${scope}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks`,
      'ResourceGroupNotFound',
    ],
    ['an account without rules', `${accountId}/managementPolicies/default`, 'ManagementPolicyNotFound'],
  ])('GET of %s is 404 with its code', async (_, path, code) => {
    const reply = await world.send('GET', path);
    expect(reply.status).toBe(404);
    expect(reply.body.error.code).toBe(code);
  });

  test('a PUT below a parent or a group that does not exist is 404', async () => {
    const orphan = await world.send('PUT', `${vaultId}/secrets/one`, { body: { properties: {} } });
    const homeless = await world.send('PUT', vaultId.replace('rg-app', 'none'), { body: vault });
    expect([orphan.status, orphan.body.error.code]).toEqual([404, 'ParentResourceNotFound']);
    expect([homeless.status, homeless.body.error.code]).toEqual([404, 'ResourceGroupNotFound']);
  });

  test.each([
    ['missing', `${networkId}?api-version=`, 'MissingApiVersionParameter'],
    ['no date', `${networkId}?api-version=latest`, 'InvalidApiVersionParameter'],
  ])('an api-version that is %s is refused', async (_, path, code) => {
    const reply = await world.send('GET', path);
    expect([reply.status, reply.body.error.code]).toEqual([400, code]);
  });

  test('a preview api-version is taken', async () => {
    expect((await world.send('GET', `${networkId}?api-version=2024-01-01-preview`)).status).toBe(200);
  });

  test('a body that is no JSON is refused', async () => {
    const reply = await world.send('PUT', vaultId, { raw: '{' });
    expect([reply.status, reply.body.error.code]).toEqual([400, 'InvalidRequestContent']);
  });

  test('a creation without a region and a move to another region are refused', async () => {
    const nowhere = await world.send('PUT', `${networkId}-2`, { body: { properties: {} } });
    const moved = await world.send('PUT', networkId, { body: { location: 'northeurope', properties: {} } });
    expect([nowhere.status, nowhere.body.error.code]).toEqual([400, 'LocationRequired']);
    expect([moved.status, moved.body.error.code]).toEqual([409, 'InvalidResourceLocation']);
  });

  test('a region is kept by its name, however the caller writes it', async () => {
    const reply = await world.send('PUT', vaultId, { body: { ...vault, location: 'West Europe' } });
    expect(reply.body.location).toBe('westeurope');
    expect((await world.send('PUT', vaultId, { body: vault })).status).toBe(200);
  });

  test('HEAD tells whether a resource group is there', async () => {
    expect((await world.send('HEAD', group)).status).toBe(204);
    expect((await world.send('HEAD', `${group}-none`)).status).toBe(404);
  });

  test('every page but the last links to the next', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    world.azure.seed(names.map((name) => ({ ...vault, id: `${vaultId}-${name}` })));
    const pages: number[] = [];
    const found: (string | undefined)[] = [];
    let next: string | undefined = `${scope}/providers/Microsoft.KeyVault/vaults`;
    while (next !== undefined) {
      const reply = await world.send('GET', next);
      pages.push(reply.body.value.length);
      found.push(...reply.body.value.map(({ name }) => name));
      next = reply.body.nextLink;
    }
    expect(pages).toEqual([2, 2, 1]);
    expect(found).toEqual(names.map((name) => `kv-app-${name}`));
  });

  test('$top makes pages smaller', async () => {
    world.azure.seed(['a', 'b'].map((name) => ({ ...vault, id: `${vaultId}-${name}` })));
    const reply = await world.send('GET', `${group}/providers/Microsoft.KeyVault/vaults?api-version=2024-01-01&$top=1`);
    expect(reply.body.value).toHaveLength(1);
    expect(reply.body.nextLink).toContain('skiptoken');
  });

  test('a list by resource group holds only what is in it', async () => {
    const other = `${scope}/resourceGroups/rg-app-2`;
    world.azure.seed([
      { id: other, location: 'westeurope' },
      { ...account, id: accountId.replace('rg-app', 'rg-app-2').replace('stflowlogs', 'stother') },
    ]);
    const reply = await world.send('GET', `${group}/providers/Microsoft.Storage/storageAccounts`);
    expect(reply.body.value.map(({ name }) => name)).toEqual(['stflowlogs']);
  });

  test('subscriptions and resource groups can be read', async () => {
    const subscription = await world.send('GET', scope);
    const subscriptions = await world.send('GET', '/subscriptions');
    const groups = await world.send('GET', `${scope}/resourcegroups`);
    expect(subscription.body).toMatchObject({ subscriptionId, tenantId, state: 'Enabled' });
    expect(subscriptions.body.value.map(({ id }) => id)).toEqual([scope]);
    expect(groups.body.value.map(({ id }) => id)).toEqual([group]);
  });

  test('/resources filters by type and shows no properties', async () => {
    const filter = "$filter=resourceType eq 'microsoft.storage/STORAGEACCOUNTS'";
    const reply = await world.send('GET', `${scope}/resources?api-version=2021-04-01&${filter}`);
    expect(reply.body.value).toHaveLength(1);
    expect(reply.body.value[0]).toMatchObject({ id: accountId, location: 'westeurope', kind: 'StorageV2' });
    expect(reply.body.value[0]).not.toHaveProperty('properties');
  });

  test('a filter that the sandbox does not know is refused rather than ignored', async () => {
    const reply = await world.send('GET', `${scope}/resources?api-version=2021-04-01&$filter=tagName eq 'x'`);
    expect([reply.status, reply.body.error.code]).toEqual([400, 'InvalidFilterInQueryString']);
  });

  test('the last provider of an id decides the type of an extension resource', async () => {
    const id = `${networkId}/providers/Microsoft.Insights/diagnosticSettings/toHub`;
    const written = await world.send('PUT', id, { body: { properties: { logs: [] } } });
    const listed = await world.send('GET', `${networkId}/providers/Microsoft.Insights/diagnosticSettings`);
    expect(written.body).toMatchObject({ id, type: 'Microsoft.Insights/diagnosticSettings' });
    expect(listed.body.value.map((item) => item.id)).toEqual([id]);
  });

  test('a list of extension resources holds what is on the resource itself, and not what is on one below it', async () => {
    const setting = (on: string): string => `${on}/providers/Microsoft.Insights/diagnosticSettings/audit`;
    const blobs = `${accountId}/blobServices/default`;
    world.azure.seed([{ id: blobs, properties: {} }]);
    world.azure.seed([accountId, blobs].map((on) => ({ id: setting(on), properties: { logs: [] } })));
    for (const on of [accountId, blobs]) {
      const listed = await world.send('GET', `${on}/providers/Microsoft.Insights/diagnosticSettings`);
      expect(listed.body.value.map((item) => item.id)).toEqual([setting(on)]);
    }
    const inGroup = await world.send('GET', `${scope}/providers/Microsoft.Insights/diagnosticSettings`);
    expect(inGroup.body.value).toEqual([]);
  });

  test('etags change with every write and are honoured', async () => {
    const first = await world.send('GET', networkId);
    const body = having(first.body, { enableDdosProtection: true });
    const changed = await world.send('PUT', networkId, { body, headers: { 'If-Match': first.body.etag ?? '' } });
    const stale = await world.send('PUT', networkId, { body, headers: { 'If-Match': first.body.etag ?? '' } });
    const taken = await world.send('PUT', networkId, { body, headers: { 'If-None-Match': '*' } });
    expect(changed.status).toBe(200);
    expect(changed.body.etag).toMatch(/^W\/"[0-9a-f-]{36}"$/);
    expect(changed.body.etag).not.toBe(first.body.etag);
    expect([stale.status, stale.body.error.code]).toEqual([412, 'PreconditionFailed']);
    expect(taken.status).toBe(412);
  });

  test('a storage account shows no etag', async () => {
    expect((await world.send('GET', accountId)).body.etag).toBeUndefined();
  });

  test('what a caller changes in an answer does not change what is stored', async () => {
    const read = world.azure.get(accountId) as { tags?: unknown };
    read.tags = { changed: 'yes' };
    expect(world.azure.get(accountId)?.tags).toBeUndefined();
    await world.azure.put({ ...account, tags: { changed: 'yes' } });
    expect(world.azure.get(accountId)?.tags).toEqual({ changed: 'yes' });
  });
});
