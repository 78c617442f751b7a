import { execFile } from 'node:child_process';
import type { Check } from '../../shared/doctor/check';
import type { Report } from '../../shared/doctor/doctor';
import { deployment } from './deployment';
import { startSandbox, type Sandbox } from './sandbox';
import type { Estate, FaultAnswer, WireResource } from './subscription/index';

jest.setTimeout(60_000);

const subscriptionId = 'c56a4180-65aa-42ec-a945-5fd21dec0540';
const scope = `/subscriptions/${subscriptionId}`;
const group = `${scope}/resourceGroups/rg-app`;
const steward = `${scope}/resourceGroups/rg-steward`;
const estate: Estate = {
  name: 'doctor',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [
    { id: group, name: 'rg-app', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: {} },
    {
      id: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`,
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/24' } }],
      },
    },
  ],
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ estate });
  await sandbox.createEstate();
  await sandbox.settle();
});
afterAll(() => sandbox.close());

async function report(): Promise<Report> {
  const response = await fetch(`${sandbox.host.url}/api/doctor`);
  expect(response.status).toBe(200);
  return (await response.json()) as Report;
}

const wrongIn = ({ checks }: Report): readonly Check[] =>
  checks.filter(({ state }) => state === 'wrong' || state === 'unknown');

/** Has something else there for a moment; the deployment itself is seeded again afterwards. */
async function withSeeded(resources: readonly WireResource[], look: (seeded: Report) => void): Promise<void> {
  const before = resources.map(({ id }) => sandbox.subscription.get(id));
  sandbox.subscription.seed(resources);
  look(await report());
  for (const [index, { id }] of resources.entries()) {
    const known = before[index];
    if (known === undefined) await sandbox.subscription.remove(id);
    else sandbox.subscription.seed([known]);
  }
}

test('the deployment of the sandbox is healthy, and each thing was really looked at', async () => {
  const found = await report();
  expect(wrongIn(found)).toEqual([]);
  expect(found.healthy).toBe(true);
  expect(new Set(found.checks.map(({ id }) => id))).toEqual(
    new Set([
      ...['settings', 'runtime', 'providers', 'roles', 'events', 'network-watchers', 'flow-log-storage', 'policies'],
      ...['locks', 'ingestion', 'workspace', 'tables', 'sentinel', 'nsg-flow-logs'],
      ...['own-storage', 'poison', 'timer', 'exemptions'],
    ]),
  );
});

test('it writes nothing', async () => {
  const since = sandbox.subscription.requests.length;
  await report();
  const asked = sandbox.subscription.requests.slice(since);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(asked.filter(({ status }) => status === 400 || status === 405)).toEqual([]);
});

test('an event subscription that leaves a write out is named', async () => {
  const id = `${steward}/providers/Microsoft.EventGrid/systemTopics/evgt-steward/eventSubscriptions/evgs-steward`;
  const known = sandbox.subscription.get(id)!;
  const advancedFilters = [{ operatorType: 'StringEndsWith', key: 'data.operationName', values: ['/delete'] }];
  await withSeeded([{ ...known, properties: { ...known.properties, filter: { advancedFilters } } }], (found) => {
    expect(wrongIn(found)).toMatchObject([
      { id: 'events', state: 'wrong', found: expect.stringContaining('Microsoft.Network/virtualNetworks/write') },
    ]);
  });
});

test('a policy that allows other types only is named with what it lacks, before anything is refused', async () => {
  const authorization = `${scope}/providers/Microsoft.Authorization`;
  const definition = `${authorization}/policyDefinitions/allowed-types`;
  const resources: readonly WireResource[] = [
    {
      id: definition,
      properties: {
        displayName: 'Allowed resource types',
        policyType: 'Custom',
        mode: 'Indexed',
        parameters: { allowed: { type: 'Array' } },
        policyRule: {
          if: { not: { field: 'type', in: "[parameters('allowed')]" } },
          then: { effect: 'deny' },
        },
      },
    },
    {
      id: `${authorization}/policyAssignments/allowed-types`,
      properties: {
        displayName: 'Only networks',
        scope,
        policyDefinitionId: definition,
        enforcementMode: 'Default',
        parameters: {
          allowed: { value: ['Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkWatchers/flowLogs'] },
        },
      },
    },
  ];
  await withSeeded(resources, (found) => {
    const [check, ...others] = wrongIn(found);
    expect(others).toEqual([]);
    expect(check).toMatchObject({ id: 'policies', state: 'wrong' });
    expect(check?.found).toContain(`Allowed resource types (assigned as «Only networks») at ${scope} refuses`);
    expect(check?.found).toContain('(Microsoft.Storage/storageAccounts)');
    expect(check?.found).not.toContain('(Microsoft.Network/networkWatchers/flowLogs)');
  });
});

test('what Azure refuses to show is unknown with its reason', async () => {
  const answer: FaultAnswer = {
    kind: 'respond',
    status: 403,
    body: { error: { code: 'AuthorizationFailed', message: 'no' } },
  };
  sandbox.subscription.faults.add({ match: ({ path }) => path.endsWith('/systemTopics'), times: 1, answer });
  const found = await report();
  expect(wrongIn(found)).toMatchObject([
    { id: 'events', state: 'unknown', found: expect.stringContaining('AuthorizationFailed (403): no') },
  ]);
});

test('at the command line it says the same', async () => {
  const env = {
    PATH: process.env['PATH'],
    ...deployment(estate).settings(sandbox.subscription),
    AzureWebJobsStorage: sandbox.azurite.connectionString,
  };
  const printed = await new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
    execFile(process.execPath, ['dist/doctor.js'], { env }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out });
    });
  });
  expect(printed.out).toContain('✔ events');
  expect(printed.out).toMatch(/ 0 wrong, 0 unknown, /);
  expect(printed.code).toBe(0);
});
