import { QueueClient } from '@azure/storage-queue';
import { queueName } from '../../shared/store/scope-queue';
import { breakerStore } from '../../shared/store/breakers';
import { opened } from '../../shared/core/breaker';
import type { Finding } from '../../shared/core/finding';
import { startSandbox, type Sandbox } from './sandbox';
import type { Estate } from './subscription/index';

jest.setTimeout(120_000);

const subscriptionId = 'a3bb189e-8bf9-4888-9912-ace4e6543002';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
const networkId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
const estate: Estate = {
  name: 'steering',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [
    { id: group, name: 'rg-app', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: {} },
  ],
};
const person = '0b1e0000-0000-4000-8000-00000000cccc';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ estate, settings: { 'AzureWebJobs.reconcile.Disabled': 'true' } });
  await sandbox.createEstate();
  await sandbox.subscription.put({
    id: networkId,
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/24' } }],
    },
  });
  await sandbox.settle();
});
afterAll(() => sandbox.close());

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Told> {
  const response = await fetch(`${sandbox.host.url}/api/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Told['body'] };
}

interface Shown {
  readonly id: string;
  readonly resourceId: string;
  readonly end?: { readonly state: string };
  readonly differences: readonly unknown[];
}

const changes = async (): Promise<readonly Shown[]> => (await ask('GET', 'changes')).body['changes'] as Shown[];

const findingOn = async (id: string): Promise<Finding | undefined> =>
  (await sandbox.findings()).find(({ controlId, resourceId }) => controlId === 'flow-logs' && resourceId === id);

test('every write is shown with its differences, and was proved', async () => {
  const shown = await changes();
  expect(shown.map(({ resourceId }) => resourceId.split('/').at(-2))).toEqual([
    'networkWatchers',
    'storageAccounts',
    'managementPolicies',
    'flowLogs',
  ]);
  for (const { end, differences } of shown) expect([end?.state, differences.length > 0]).toEqual(['proved', true]);
  const [first] = shown;
  expect((await ask('GET', `changes/${first?.id ?? ''}`)).body).toMatchObject({
    written: { location: 'westeurope' },
    identity: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('a person takes a flow log back; Steward leaves the network alone and says who it was', async () => {
  const log = (await changes()).at(-1);
  const path = `changes/${log?.id ?? ''}/revert`;
  expect((await ask('POST', path, {})).body).toMatchObject({ error: { message: expect.stringContaining('by:') } });
  expect((await ask('POST', path, { by: person })).status).toBe(200);
  expect(sandbox.subscription.get(log?.resourceId ?? '')).toBeUndefined();
  await sandbox.settle();
  expect(await findingOn(networkId)).toMatchObject({ state: 'open', remedy: expect.stringContaining(person) });
  expect((await ask('POST', path, { by: person })).status).toBe(409);
  expect((await changes()).at(-1)).toMatchObject({ why: { cause: 'revert', by: person, reverts: log?.id } });
});

test('what holds data is not removed, and the answer says so', async () => {
  const account = (await changes()).find(({ resourceId }) => resourceId.includes('/storageAccounts/'));
  const { status, body } = await ask('POST', `changes/${account?.id ?? ''}/revert`, { by: person });
  expect([status, body]).toMatchObject([409, { error: { message: expect.stringContaining('remove it by hand') } }]);
});

test('a person closes a breaker, once, with a reason', async () => {
  const store = breakerStore({ connectionString: sandbox.azurite.connectionString });
  await store.update({ subscriptionId, controlId: 'flow-logs' }, (breaker) =>
    opened(breaker, new Date().toISOString(), 'too many'),
  );
  const path = 'breakers/flow-logs/close';
  expect((await ask('GET', 'breakers')).body).toMatchObject({ breakers: [{ open: { because: 'too many' } }] });
  expect((await ask('POST', path, { by: person })).status).toBe(400);
  expect((await ask('POST', path, { by: person, reason: 'planned' })).body).toMatchObject({ closed: { by: person } });
  expect((await ask('POST', path, { by: person, reason: 'planned' })).status).toBe(409);
  expect((await ask('POST', 'breakers/nothing/close', { by: person, reason: 'planned' })).status).toBe(404);
});

test('what was set aside is listed with its reason, and what nobody understands stays when it is put back', async () => {
  expect((await ask('GET', 'poison')).body).toEqual({ count: 0, messages: [] });
  await new QueueClient(sandbox.azurite.connectionString, queueName).sendMessage('not a message');
  await sandbox.settle();
  expect((await ask('GET', 'poison')).body).toMatchObject({
    count: 1,
    messages: [{ reason: expect.stringContaining('JSON') }],
  });
  expect((await ask('POST', 'poison/put-back')).body).toMatchObject({ putBack: 0, refused: [{}] });
  expect((await ask('GET', 'poison')).body).toMatchObject({ count: 1 });
});

test.each(['changes/not-a-change/revert', `changes/${subscriptionId}-20260301T080000000Z-aaaaaaaaaaaaa/revert`])(
  'there is nothing to take back at %s',
  async (path) => {
    const before = sandbox.writes().length;
    expect([400, 404]).toContain((await ask('POST', path, { by: person })).status);
    expect(sandbox.writes()).toHaveLength(before);
  },
);
