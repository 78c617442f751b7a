import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { runStore } from '../../shared/store/runs';
import { startSandbox, type Sandbox } from './sandbox';
import type { Estate, WireResource } from './subscription/index';

jest.setTimeout(120_000);

const subscriptionId = 'd9428888-122b-11e1-b85c-61cd3cbb3210';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
const estate: Estate = {
  name: 'before Steward',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [],
};

function network(name: string, location: string): WireResource {
  return {
    id: `${group}/providers/Microsoft.Network/virtualNetworks/${name}`,
    name,
    type: 'Microsoft.Network/virtualNetworks',
    location,
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [],
    },
  };
}

const networks = (prefix: string, count: number): readonly WireResource[] =>
  Array.from({ length: count }, (_, index) =>
    network(`${prefix}-${index}`, index % 2 === 0 ? 'westeurope' : 'northeurope'),
  );

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    estate,
    // The timer would put right what the plan is about.
    settings: { 'AzureWebJobs.reconcile.Disabled': 'true' },
    simulation: { latency: { operationMs: 150 } },
  });
  const groupType = 'Microsoft.Management/managementGroups';
  sandbox.subscription.seed([
    { id: group, name: 'rg-app', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: {} },
    { id: `/providers/${groupType}/landing-zones`, name: 'landing-zones', type: groupType, properties: {} },
    ...networks('old', 10),
  ]);
});
afterAll(() => sandbox.close());

interface Told {
  readonly status: number;
  readonly location: string;
  readonly retryAfter: string | null;
  readonly body: Status & { readonly error?: { readonly code: string; readonly message: string } };
}

interface Status {
  readonly id: string;
  readonly state: string;
  readonly total?: number;
  readonly done: number;
  readonly changed: number;
  readonly planned: number;
  readonly blocked: number;
  readonly failed: number;
  readonly estimatedEnd?: string;
  readonly notKept?: readonly string[];
}

interface Item {
  readonly resourceId: string;
  readonly state: string;
  readonly text: string;
  readonly actions: readonly { readonly id: string; readonly differences: readonly { readonly path: string }[] }[];
  readonly since?: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
}

async function call(method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`${sandbox.host.url}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Told['body'],
  };
}

async function until(path: string, isReached: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const { body } = await call('GET', path);
    if (isReached(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isOver = ({ state }: Status): boolean => state === 'done' || state === 'cancelled';

async function itemsOf(path: string): Promise<readonly Item[]> {
  const response = await fetch(`${sandbox.host.url}${path}/items`);
  return ((await response.json()) as { readonly items: readonly Item[] }).items;
}

const controls = ['flow-logs'];

async function plan(): Promise<{ readonly id: string; readonly items: readonly Item[] }> {
  const { location } = await call('POST', '/api/backfill', { controls });
  const { id } = await until(location, isOver);
  return { id, items: await itemsOf(location) };
}

const writesSince = (count: number): readonly string[] =>
  sandbox
    .writes()
    .slice(count)
    .map(({ path }) => path.toLowerCase());

test('a plan shows everything and writes nothing; applied, exactly that is written, though the host dies meanwhile', async () => {
  const begun = await call('POST', '/api/backfill', { controls });
  expect(begun).toMatchObject({ status: 202, location: `/api/runs/${begun.body.id}`, retryAfter: '5' });
  const planned = await until(begun.location, isOver);
  expect(planned).toMatchObject({ state: 'done', total: 10, done: 10, planned: 10, changed: 0, failed: 0 });
  expect(sandbox.writes()).toEqual([]);
  const shown = await itemsOf(begun.location);
  for (const { actions } of shown) for (const { differences } of actions) expect(differences).not.toEqual([]);

  const applied = await call('POST', '/api/backfill', { apply: true, plan: begun.body.id });
  expect(applied).toMatchObject({ status: 202, body: { kind: 'apply', plan: begun.body.id, total: 10 } });
  expect(await call('POST', '/api/backfill', { apply: true, plan: begun.body.id })).toMatchObject({ status: 409 });
  await until(applied.location, ({ changed }) => changed >= 2);
  await sandbox.restart();
  const middle = await call('GET', applied.location);
  expect(middle).toMatchObject({ body: { state: 'running', total: 10, estimatedEnd: expect.any(String) } });
  await passMinutes(applied.body.id);
  expect(await until(applied.location, isOver)).toMatchObject({ state: 'done', done: 10, failed: 0, blocked: 0 });

  const ids = new Set(shown.flatMap(({ actions }) => actions.map(({ id }) => id.toLowerCase())));
  expect(writesSince(0).toSorted()).toEqual([...ids].toSorted());
  expect((await sandbox.findings()).filter(({ state }) => state === 'open')).toEqual([]);
});

/** What the dead host held is free after two minutes, and the messages that it had taken come back after ten. */
async function passMinutes(id: string): Promise<void> {
  const { connectionString } = sandbox.azurite;
  const locks = TableClient.fromConnectionString(connectionString, 'StewardLocks', { allowInsecureConnection: true });
  for await (const { partitionKey = '', rowKey = '' } of locks.listEntities())
    await locks.updateEntity({ partitionKey, rowKey, until: new Date(0).toISOString() }, 'Merge');
  const queue = new QueueClient(connectionString, 'steward-scopes');
  for await (const { key } of runStore(sandbox.azurite).parts(id, 'open'))
    await queue.sendMessage(
      JSON.stringify({
        scope: { kind: 'subscription', subscriptionId },
        cause: 'backfill',
        receivedAt: new Date().toISOString(),
        run: { id, part: key },
      }),
    );
}

test('what has changed since the plan is told field by field, and not written', async () => {
  const [log] = sandbox.subscription.list('Microsoft.Network/networkWatchers/flowLogs');
  const off = { ...log!, properties: { ...log!.properties, enabled: false } };
  sandbox.subscription.seed([off]);
  const { id, items } = await plan();
  expect(items).toMatchObject([
    { state: 'planned', actions: [{ differences: [{ path: 'properties.enabled', before: false, after: true }] }] },
  ]);
  sandbox.subscription.seed([{ ...off, tags: { owner: 'somebody' } }]);
  const before = sandbox.writes().length;
  const { location } = await call('POST', '/api/backfill', { apply: true, plan: id });
  expect(await until(location, isOver)).toMatchObject({ done: 1, changed: 0, blocked: 1 });
  expect(await itemsOf(location)).toMatchObject([
    {
      state: 'changedSince',
      text: expect.stringMatching(/^not written: since it was planned there has changed .*tags\.owner$/),
      since: [{ path: `${log!.name}: tags.owner`, after: 'somebody' }],
    },
  ]);
  expect(writesSince(before)).toEqual([]);

  const again = await plan();
  const retried = await call('POST', '/api/backfill', { apply: true, plan: again.id });
  expect(await until(retried.location, isOver)).toMatchObject({ done: 1, changed: 1 });
  expect(writesSince(before)).toEqual([log!.id.toLowerCase()]);
});

test('a run is cancelled between two items; what is written stays, the rest is not written', async () => {
  sandbox.subscription.seed(networks('more', 12));
  const { id } = await plan();
  const before = sandbox.writes().length;
  const { location } = await call('POST', '/api/backfill', { apply: true, plan: id });
  await until(location, ({ changed }) => changed >= 1);
  expect(await call('DELETE', location)).toMatchObject({ status: 202, body: { state: 'cancelling' } });
  const end = await until(location, isOver);
  expect(end.state).toBe('cancelled');
  expect(end.changed).toBeLessThan(12);
  expect(writesSince(before).filter((path) => path.includes('/flowlogs/'))).toHaveLength(end.changed);
  expect(await call('DELETE', location)).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
});

test('a management group is the kept subscriptions below it', async () => {
  const { location, status, body } = await call('POST', '/api/backfill', {
    controls,
    managementGroupId: 'landing-zones',
  });
  expect([status, body.notKept]).toEqual([202, []]);
  expect(await until(location, isOver)).toMatchObject({ state: 'done', total: 22 });
  expect(await call('POST', '/api/backfill', { managementGroupId: 'nobody' })).toMatchObject({ status: 502 });
});
