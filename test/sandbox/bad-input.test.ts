import { QueueClient } from '@azure/storage-queue';
import type { JournalEntry } from '../../shared/core/ports';
import { scopeQueue } from '../../shared/store/scope-queue';
import { deployment } from './deployment';
import type { HostRecord } from './host/index';
import { startSandbox, type Sandbox } from './sandbox';
import type { Estate } from './subscription/index';

jest.setTimeout(60_000);

const subscriptionId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const estate: Estate = {
  name: 'empty',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [],
};
const network = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/gone`;

let sandbox: Sandbox;
const records: HostRecord[] = [];

beforeAll(async () => {
  // The timer fires each quarter of an hour and finds what no test has sent.
  const settings = { 'AzureWebJobs.reconcile.Disabled': 'true' };
  sandbox = await startSandbox({ estate, settings, onLine: (record) => records.push(record) });
});
afterAll(() => sandbox.close());

function journal(): readonly JournalEntry[] {
  return records.flatMap((record) =>
    record.kind === 'log' && record.message.startsWith('{"step"') ? [JSON.parse(record.message) as JournalEntry] : [],
  );
}

function event(change: object, data: object = {}): object {
  return {
    id: 'e1',
    topic: `/subscriptions/${subscriptionId}`,
    subject: network,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-03-01T08:00:00.1234567Z',
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      resourceUri: network,
      operationName: 'Microsoft.Network/virtualNetworks/write',
      claims: { name: 'Ada Example', ipaddr: '203.0.113.9' },
      ...data,
    },
    ...change,
  };
}

async function deliver(body: unknown): Promise<number> {
  const response = await fetch(`${sandbox.host.url}/runtime/webhooks/EventGrid?functionName=resource-changed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
    body: JSON.stringify(Array.isArray(body) ? body : [body]),
  });
  return response.status;
}

const id = (path: string): string => `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/${path}`;

describe('an event that is not ours is ignored with one line and nothing else', () => {
  test.each<[string, object, RegExp]>([
    [
      'a failed write',
      event({ eventType: 'Microsoft.Resources.ResourceWriteFailure' }),
      /nothing was written or deleted/,
    ],
    [
      'a deployment',
      event({}, { resourceUri: id('Microsoft.Resources/deployments/d') }),
      /no control judges Microsoft.Resources\/deployments/,
    ],
    [
      'a web site, for which there is no control',
      event({}, { resourceUri: id('Microsoft.Web/sites/app') }),
      /no control judges/,
    ],
    [
      'another subscription',
      event({}, { resourceUri: network.replace(subscriptionId, '11111111-1111-4111-8111-111111111111') }),
      /another subscription/,
    ],
    ['a path trick', event({}, { resourceUri: id('Microsoft.Network/virtualNetworks/../../x/y') }), /is not an ARM id/],
    [
      'an encoded path trick',
      event({}, { resourceUri: id('Microsoft.Network/virtualNetworks/%2e%2e') }),
      /is not an ARM id/,
    ],
    ['a malformed id', event({}, { resourceUri: 'not an id' }), /is not an ARM id/],
    ['no time', event({ eventTime: 'yesterday' }), /needs a type and a time/],
    ['no data', event({ data: null, subject: '' }), /is not an ARM id/],
  ])('%s', async (_, body, text) => {
    const before = journal().length;
    expect(await deliver(body)).toBeLessThan(300);
    await sandbox.settle();
    const lines = journal().slice(before);
    expect(lines).toMatchObject([{ step: 'ignored', text: expect.stringMatching(text) }]);
    expect(JSON.stringify(records)).not.toMatch(/Ada Example|203\.0\.113\.9/);
  });

  test('our own write', async () => {
    const requests = sandbox.subscription.requests.length;
    await deliver(event({}, { claims: { appid: deployment(estate).clientId } }));
    await sandbox.settle();
    expect(journal().at(-1)).toMatchObject({ step: 'ignored', text: 'our own write' });
    expect(sandbox.subscription.requests).toHaveLength(requests);
  });
});

test('a resource that is gone by now is looked at once and leaves nothing', async () => {
  await deliver(event({}));
  await sandbox.settle();
  expect(sandbox.subscription.requests.filter(({ path }) => path.endsWith('/gone'))).toHaveLength(1);
  expect(await sandbox.findings()).toEqual([]);
});

test('a thousand duplicates of an event cost one look', async () => {
  await sandbox.subscription.put({ id: `/subscriptions/${subscriptionId}/resourceGroups/rg`, location: 'westeurope' });
  await sandbox.subscription.put({
    id: network.replace('gone', 'busy'),
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
  });
  const duplicate = event({}, { resourceUri: network.replace('gone', 'busy') });
  await Promise.all(Array.from({ length: 20 }, () => deliver(Array.from({ length: 50 }, () => duplicate))));
  await sandbox.settle();
  const looks = sandbox.subscription.requests.filter(
    ({ method, path, caller }) => method === 'GET' && path.endsWith('/busy') && caller === 'steward',
  );
  expect(looks.length).toBeLessThanOrEqual(12);
  expect(sandbox.writes().filter(({ path }) => path.includes('/flowLogs/'))).toHaveLength(1);
});

test('a network is judged by an event in CloudEvents’ schema as well', async () => {
  const url = `${sandbox.host.url}/runtime/webhooks/EventGrid?functionName=resource-changed`;
  await sandbox.subscription.subscribe(url, 'CloudEventSchemaV1_0');
  await sandbox.subscription.put({
    id: network.replace('gone', 'cloud'),
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } },
  });
  await sandbox.settle();
  const finding = (await sandbox.findings()).find(
    ({ controlId, resourceId }) => controlId === 'flow-logs' && resourceId.endsWith('/cloud'),
  );
  expect(finding).toMatchObject({ state: 'resolved', hops: { event: expect.stringMatching(/Z$/) } });
});

describe('a backfill request', () => {
  const post = async (body: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${sandbox.host.url}/api/backfill`, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };

  test.each([
    ['that is no JSON', 'backfill please', /the body has to be JSON/],
    ['without a body', '', /the body has to be JSON/],
    ['with an unknown field', '{"subscription":"x"}', /subscription/],
    ['with an unknown control', '{"controls":["flow-log"]}', /controls\.0: is not a control; known are flow-logs/],
    [
      'with another subscription',
      '{"subscriptionIds":["11111111-1111-4111-8111-111111111111"]}',
      /subscriptionIds\.0: is not a subscription that this app keeps/,
    ],
  ])('%s gets 400 with the field, and nothing is enqueued', async (_, body, text) => {
    const before = journal().length;
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(text);
    expect(await sandbox.host.busy()).toBe(0);
    expect(journal()).toHaveLength(before);
  });

  test('that is right is accepted and judged, and writes nothing', async () => {
    const writes = sandbox.writes().length;
    expect(await post('{}')).toMatchObject({ status: 202, text: expect.stringContaining(subscriptionId) });
    await sandbox.settle();
    expect(journal().at(-1)).toMatchObject({ step: 'swept', text: expect.stringMatching(/^plan .* is done$/) });
    expect(sandbox.writes()).toHaveLength(writes);
  });
});

test('queue messages that cannot be understood are set aside, counted, and in the posture', async () => {
  const queue = new QueueClient(sandbox.azurite.connectionString, 'steward-scopes');
  for (const text of [
    'not json',
    '{}',
    '{"scope":{"kind":"resource"}}',
    '{"scope":{"kind":"resource","id":"/x"},"cause":"event","receivedAt":"2026-03-01T08:00:00.000Z"}',
  ])
    await queue.sendMessage(text);
  await sandbox.settle();
  expect((await sandbox.posture()).poisoned).toBe(4);
  const aside = scopeQueue({ connectionString: sandbox.azurite.connectionString });
  for (const { reason } of await aside.listPoisoned(10))
    expect(reason).toMatch(/no JSON|cannot be understood|no ARM id|not an ARM id/);
});

test('wrong settings are named, whatever is invoked', async () => {
  const lines: HostRecord[] = [];
  const broken = await startSandbox({
    estate,
    settings: { FLOW_LOG_RETENTION_DAYS: 'ninety', REMEDIATE: 'flowlogs' },
    onLine: (record) => lines.push(record),
  });
  try {
    const response = await fetch(`${broken.host.url}/api/backfill`, { method: 'POST', body: '{}' });
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(JSON.stringify(lines)).toMatch(
      /setting FLOW_LOG_RETENTION_DAYS is .*ninety.*; a whole number from 0 to 99999 is needed/,
    );
    expect(JSON.stringify(lines)).toMatch(/setting REMEDIATE names .*flowlogs/);
  } finally {
    await broken.close();
  }
});
