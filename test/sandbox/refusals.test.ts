import type { Finding } from '../../shared/core/finding';
import { startSandbox, type Sandbox } from './sandbox';
import { refusals, type Estate, type FaultAnswer } from './subscription/index';

jest.setTimeout(60_000);

const subscriptionId = 'c56a4180-65aa-42ec-a945-5fd21dec0538';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
const estate: Estate = {
  name: 'refusals',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [
    { id: group, name: 'rg-app', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: {} },
  ],
};

function network(name: string): {
  readonly id: string;
  readonly location: string;
  readonly properties: Readonly<Record<string, unknown>>;
} {
  return {
    id: `${group}/providers/Microsoft.Network/virtualNetworks/${name}`,
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/24' } }],
    },
  };
}

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ estate, simulation: { latency: { writeMs: 20 } } });
  await sandbox.createEstate();
  await sandbox.subscription.put(network('first'));
  await sandbox.settle();
});
afterAll(() => sandbox.close());

async function findingOn(name: string, wanted: (finding: Finding) => boolean): Promise<Finding> {
  for (;;) {
    const finding = (await sandbox.findings()).find(
      ({ controlId, resourceId }) => controlId === 'flow-logs' && resourceId.endsWith(`/${name}`),
    );
    if (finding !== undefined && wanted(finding)) return finding;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isFlowLogWrite(
  name: string,
): (request: { readonly method: string; readonly path: string; readonly caller: string }) => boolean {
  return ({ method, path, caller }) =>
    caller === 'steward' && method === 'PUT' && path.includes(`/flowLogs/fl-${name}-`);
}

describe('what Azure refuses is told with what a person has to do', () => {
  test.each<[string, FaultAnswer, RegExp]>([
    [
      'policy',
      refusals.requestDisallowedByPolicy('allowed-types'),
      /RequestDisallowedByPolicy.*have the owner of that policy allow it/,
    ],
    ['lock', refusals.scopeLocked(), /ScopeLocked.*remove the lock/],
    [
      'rights',
      refusals.authorizationFailed('Microsoft.Network/networkWatchers/flowLogs/write', group),
      /AuthorizationFailed.*grant the app the role/,
    ],
    [
      'operation',
      { kind: 'operationFails', code: 'FlowLogCreationFailed', message: 'the storage account said no' },
      /FlowLogCreationFailed.*the storage account said no/,
    ],
  ])('%s', async (name, answer, text) => {
    const lift = sandbox.subscription.faults.add({
      match: isFlowLogWrite(name),
      times: Infinity,
      answer,
    });
    await sandbox.subscription.put(network(name));
    const finding = await findingOn(name, ({ remedy }) => remedy !== '');
    lift();
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringMatching(text) });
  });
});

test('what Azure refuses for now comes back by itself', async () => {
  const answers: Readonly<Record<string, FaultAnswer>> = {
    quota: refusals.throttled(1),
    operation: refusals.lockedByAnotherOperation(),
    conflict: refusals.conflict(),
    connection: { kind: 'disconnect' },
  };
  for (const [name, answer] of Object.entries(answers)) {
    sandbox.subscription.faults.add({ match: isFlowLogWrite(`${name}-later`), times: 1, answer });
    await sandbox.subscription.put(network(`${name}-later`));
  }
  const comesBack = async (name: string): Promise<void> => {
    await findingOn(name, ({ remedy, state }) => state === 'open' && remedy.startsWith('could not create'));
    await findingOn(name, ({ state }) => state === 'resolved');
  };
  await Promise.all(Object.keys(answers).map((name) => comesBack(`${name}-later`)));
});

test('twenty networks at once are logged one after the other under their watcher, without a refusal', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `burst-${index}`);
  const already = sandbox.subscription.requests.length;
  await Promise.all(names.map((name) => sandbox.subscription.put(network(name))));
  await sandbox.settle();
  const writes = sandbox.subscription.requests
    .slice(already)
    .filter(({ method, path, caller }) => caller === 'steward' && method === 'PUT' && path.includes('/flowLogs/'));
  expect(writes).toHaveLength(20);
  expect(writes.map(({ status }) => status)).toEqual(writes.map(() => 201));
  for (const name of names) await findingOn(name, ({ state }) => state === 'resolved');
});
