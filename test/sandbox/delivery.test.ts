import { setDefaultCACertificates } from 'node:tls';
import { ManagedIdentityCredential } from '@azure/identity';
import { activityLog } from '../../shared/azure/activity-log';
import type { World } from '../../shared/core/ports';
import { closeGaps } from '../../shared/pipeline/gaps';
import { receipts } from '../../shared/store/receipts';
import { scopeQueue } from '../../shared/store/scope-queue';
import { memoryWorld } from '../memory-world';
import { deployment } from './deployment';
import { startSandbox, type Sandbox } from './sandbox';
import type { Estate } from './subscription/index';

jest.setTimeout(90_000);

const subscriptionId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const estate: Estate = {
  name: 'empty',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [],
};
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-steward`;
const networkId = (name: string): string => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ estate, settings: { REMEDIATE: '', CANARY: 'hourly' } });
  await sandbox.createEstate();
  await sandbox.settle();
});
afterAll(() => sandbox.close());

const stateOf = async (id: string, controlId: string): Promise<string | undefined> =>
  (await sandbox.findings()).find((one) => one.resourceId === id && one.controlId === controlId)?.state;

async function put(name: string): Promise<void> {
  const subnets = [{ name: 'default', properties: { addressPrefix: '10.99.0.0/26' } }];
  const properties = { addressSpace: { addressPrefixes: ['10.99.0.0/24'] }, subnets };
  await sandbox.subscription.put({ id: networkId(name), location: 'westeurope', properties });
  await sandbox.settle();
}

/** The app's own ports to Azure and its storage, half an hour from now: the log is compared up to 20 minutes ago. */
function inHalfAnHour(): World {
  const { subscription, azurite } = sandbox;
  setDefaultCACertificates([subscription.ca]);
  process.env['IDENTITY_ENDPOINT'] = subscription.identity.endpoint;
  process.env['IDENTITY_HEADER'] = subscription.identity.header;
  const { clientId } = deployment(estate);
  const arm = {
    endpoint: subscription.url,
    tokenScope: 'https://management.azure.com/.default',
    credential: new ManagedIdentityCredential({ clientId }),
  };
  return {
    ...memoryWorld([], { subscriptionIds: [subscriptionId], resourceGroupId: group }),
    now: () => new Date(Date.now() + 30 * 60_000).toISOString(),
    receipts: receipts(azurite),
    activityLog: activityLog(arm),
    queue: scopeQueue(azurite),
  };
}

test('a network whose event was lost is found in the activity log, judged, and counted as missed', async () => {
  await put('vnet-told');
  const healed = sandbox.subscription.faults.events({ drop: 1 });
  await put('vnet-lost');
  healed();
  expect(await stateOf(networkId('vnet-told'), 'flow-logs')).toBe('open');
  expect(await stateOf(networkId('vnet-lost'), 'flow-logs')).toBeUndefined();
  const world = inHalfAnHour();
  await closeGaps(world, subscriptionId);
  await closeGaps(world, subscriptionId);
  await sandbox.settle();
  expect(await stateOf(networkId('vnet-lost'), 'flow-logs')).toBe('open');
  expect((await sandbox.posture()).eventsMissed).toEqual({ total: 1, lastDay: 1 });
});

test('the canary is written once by the timer, and its event proves that events come', async () => {
  await sandbox.host.run('reconcile');
  await sandbox.settle();
  const canaries = sandbox.writes();
  expect(canaries).toMatchObject([{ method: 'PATCH', path: `${group}/providers/Microsoft.Resources/tags/default` }]);
  expect(sandbox.subscription.get(group)?.tags).toEqual({ 'steward-canary': expect.stringMatching(/Z$/) });
  expect(await stateOf(group, 'event-delivery')).toBe('compliant');
  expect((await sandbox.posture()).watches).toEqual([]);
});
