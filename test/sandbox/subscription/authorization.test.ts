import { BlobServiceClient } from '@azure/storage-blob';
import { setDefaultCACertificates } from 'node:tls';
import type { Grant } from './index';
import { needsOf } from './authorization';
import {
  accountId,
  flowLog,
  flowLogId,
  group,
  network,
  networkId,
  scope,
  startWorld,
  type World,
} from './small-subscription';

const flowLogs = 'Microsoft.Network/networkWatchers/flowLogs';
const accounts = 'Microsoft.Storage/storageAccounts';
const writing: Grant = {
  role: 'writer',
  scope,
  actions: [
    `${flowLogs}/write`,
    'Microsoft.Network/networkWatchers/configureFlowLog/action',
    'Microsoft.Network/networkWatchers/queryFlowLogStatus/action',
  ],
};
const keys: Grant = {
  role: 'keys',
  scope: accountId,
  actions: ['read', 'listKeys/action', 'listServiceSas/action', 'listAccountSas/action'].map(
    (verb) => `${accounts}/${verb}`,
  ),
};

let world: World;
afterEach(() => (world as World | undefined)?.close());

async function start(...grants: readonly Grant[]): Promise<string> {
  world = await startWorld({ grants });
  return world.token();
}

const used = (): readonly string[] => [...world.azure.usedRights];

test('what no role allows is refused as Azure refuses it, and the deployer may do it', async () => {
  const token = await start({ role: 'reader', scope, actions: ['Microsoft.Network/virtualNetworks/read'] });
  expect((await world.send('GET', networkId, { token })).status).toBe(200);
  const refused = await world.send('PUT', networkId, { token, body: network });
  expect([refused.status, refused.body.error]).toEqual([
    403,
    {
      code: 'AuthorizationFailed',
      message: expect.stringContaining(`action 'Microsoft.Network/virtualNetworks/write' over scope '${networkId}'`),
    },
  ]);
  expect((await world.send('PUT', networkId, { body: network })).status).toBe(200);
  expect(used()).toEqual(['reader: Microsoft.Network/virtualNetworks/read']);
});

test('a role reaches what is below its scope, whatever the case, and nothing beside it', async () => {
  const token = await start({ role: 'reader', scope: group.toUpperCase(), actions: [`${accounts}/Read`] });
  expect((await world.send('GET', accountId, { token })).status).toBe(200);
  expect((await world.send('GET', `${scope}/providers/${accounts}`, { token })).status).toBe(403);
  const beside = accountId.replace('rg-app/', 'rg-app-2/');
  expect((await world.send('GET', beside, { token })).status).toBe(403);
});

test('of two roles that allow the same the narrower one was used', async () => {
  const actions = [`${accounts}/read`];
  const token = await start({ role: 'wide', scope, actions }, { role: 'narrow', scope: group, actions });
  await world.send('GET', accountId, { token });
  expect(used()).toEqual([`narrow: ${accounts}/read`]);
});

test('a flow log is written with rights on its storage account, too', async () => {
  let token = await start(writing);
  const refused = await world.send('PUT', flowLogId, { token, body: flowLog });
  expect([refused.status, refused.body.error]).toEqual([
    403,
    {
      code: 'LinkedAuthorizationFailed',
      message: expect.stringMatching(
        /flowLogs\/write' on scope .*flowLogs.*action 'Microsoft.Storage\/storageAccounts\/read' on the linked scope\(s\) '.*stflowlogs'/,
      ),
    },
  ]);
  await world.close();
  token = await start(writing, keys);
  expect((await world.send('PUT', flowLogId, { token, body: flowLog })).status).toBe(201);
  expect(used()).toContain(`keys: ${accounts}/listKeys/action`);
});

test('the blobs of an account are listed by whoever has a role for its data', async () => {
  await start({ role: 'account', scope: accountId, actions: [`${accounts}/read`] });
  expect(await listing()).toMatchObject({ statusCode: 403, code: 'AuthorizationPermissionMismatch' });
  await world.close();
  const dataActions = [`${accounts}/blobServices/containers/blobs/read`];
  await start({ role: 'blobs', scope: accountId, actions: [], dataActions });
  expect(await listing()).toMatchObject({ statusCode: 404, code: 'ContainerNotFound' });
});

/** What comes of listing a container that is not there. */
async function listing(): Promise<unknown> {
  setDefaultCACertificates([world.azure.ca]);
  const token = await world.token('https://storage.azure.com');
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const endpoint = `${world.azure.url}/blob/${accountId.split('/').at(-1) ?? ''}/`;
  const service = new BlobServiceClient(endpoint, credential, { retryOptions: { maxTries: 1 } });
  const container = service.getContainerClient('insights-logs-flowlogflowevent');
  return Array.fromAsync(container.listBlobsFlat()).catch((error: unknown) => error);
}

describe('the action that a request needs', () => {
  const needs = (method: string, path: string): readonly (readonly string[])[] =>
    needsOf({
      method,
      path,
      query: new URLSearchParams(),
      headers: {},
      body: undefined,
      caller: 'steward',
      correlationId: '',
    }).map((need) => [need.action, need.scope]);

  test.each([
    ['GET', scope, 'Microsoft.Resources/subscriptions/read', scope],
    ['GET', group, 'Microsoft.Resources/subscriptions/resourceGroups/read', group],
    ['GET', `${scope}/resourceGroups`, 'Microsoft.Resources/subscriptions/resourceGroups/read', scope],
    ['GET', `${scope}/providers/Microsoft.Network`, 'Microsoft.Resources/subscriptions/providers/read', scope],
    ['GET', `${scope}/providers/Microsoft.Network/virtualNetworks`, 'Microsoft.Network/virtualNetworks/read', scope],
    ['PUT', networkId, 'Microsoft.Network/virtualNetworks/write', networkId],
    ['PATCH', networkId, 'Microsoft.Network/virtualNetworks/write', networkId],
    ['DELETE', flowLogId, `${flowLogs}/delete`, flowLogId],
    [
      'GET',
      `${scope}/providers/Microsoft.Insights/eventtypes/management/values`,
      'Microsoft.Insights/eventtypes/values/read',
      `${scope}/providers/Microsoft.Insights/eventtypes/management`,
    ],
    [
      'PATCH',
      `${group}/providers/Microsoft.Resources/tags/default`,
      'Microsoft.Resources/tags/write',
      `${group}/providers/Microsoft.Resources/tags/default`,
    ],
    [
      'GET',
      `${accountId}/providers/Microsoft.Insights/diagnosticSettings`,
      'Microsoft.Insights/diagnosticSettings/read',
      accountId,
    ],
    [
      'GET',
      `${scope}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`,
      'Microsoft.Features/providers/features/read',
      `${scope}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`,
    ],
    [
      'GET',
      `${scope}/providers/Microsoft.Network/locations/westeurope/operations/1`,
      'Microsoft.Network/locations/operations/read',
      `${scope}/providers/Microsoft.Network/locations/westeurope/operations/1`,
    ],
  ])('%s %s', (method, path, action, at) => {
    expect(needs(method, path)).toEqual([[action, at]]);
  });

  test('a question to Azure Policy is checked twice', () => {
    const states = 'Microsoft.PolicyInsights/policyStates';
    expect(needs('POST', `${scope}/providers/${states}/latest/queryResults`).map(([action]) => action)).toEqual([
      `${states}/queryResults/action`,
      `${states}/queryResults/read`,
    ]);
  });
});
