import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  account,
  accountId,
  flowLog,
  flowLogId,
  group,
  identityClientId,
  network,
  networkId,
} from './small-subscription';
import { startWorld, until } from './small-subscription';
import type { World } from './small-subscription';
import type { SubscriptionOptions } from './index';
import { fieldsOf } from './wire';

interface Delivery {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A webhook that passes both handshakes and answers notifications with the statuses it was given, then with 200. */
interface Webhook {
  readonly url: string;
  readonly deliveries: Delivery[];
  statuses: number[];
  validates: boolean;
  close(): void;
}

async function startWebhook(): Promise<Webhook> {
  const webhook: Webhook = { url: '', deliveries: [], statuses: [], validates: true, close: () => undefined };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (request.method === 'OPTIONS') {
        response.writeHead(200, webhook.validates ? { 'WebHook-Allowed-Origin': 'eventgrid.azure.net' } : {}).end();
      } else if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
        const { validationCode } = fieldsOf((body as unknown[])[0], 'data');
        response.end(JSON.stringify({ validationResponse: webhook.validates ? validationCode : 'wrong' }));
      } else {
        webhook.deliveries.push({ method: request.method ?? '', headers: request.headers, body });
        response.writeHead(webhook.statuses.shift() ?? 200).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/events`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(webhook, { url, close });
}

describe('Event Grid', () => {
  let world: World;
  let webhook: Webhook;
  const start = async (options: Partial<SubscriptionOptions> = {}): Promise<void> => {
    world = await startWorld({ eventRetryScale: 0.001, ...options });
  };
  beforeEach(async () => {
    webhook = await startWebhook();
  });
  afterEach(async () => {
    webhook.close();
    await world.close();
  });

  const delivered = () => until('everything is delivered', () => world.azure.idle());
  const events = () => webhook.deliveries.map(({ body }) => fieldsOf((body as unknown[])[0]));
  const eventFor = (operationName: string) =>
    events().find((event) => fieldsOf(event, 'data')['operationName'] === operationName);

  test('a write by HTTP raises one event in the Event Grid schema', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    await world.send('PUT', accountId, { body: account, token: await world.token() });
    await delivered();
    expect(webhook.deliveries).toHaveLength(1);
    expect(webhook.deliveries[0]?.headers).toMatchObject({ 'aeg-event-type': 'Notification' });
    expect(webhook.deliveries[0]?.body).toHaveLength(1);
    expect(events()[0]).toMatchObject({
      subject: expect.stringMatching(new RegExp(`^${accountId}$`, 'i')),
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      dataVersion: '2',
      metadataVersion: '1',
      data: {
        operationName: 'Microsoft.Storage/storageAccounts/write',
        resourceProvider: 'Microsoft.Storage',
        status: 'Succeeded',
        claims: { appid: identityClientId },
        httpRequest: { method: 'PUT' },
      },
    });
  });

  test('a creation by a deployment raises a second event with the same correlation id', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    await world.azure.put({ ...network, id: `${networkId}-2` });
    await delivered();
    const created = eventFor('Microsoft.Network/virtualNetworks/write');
    const deployed = eventFor('Microsoft.Resources/deployments/write');
    expect(events()).toHaveLength(2);
    expect(deployed?.['subject']).toMatch(/\/providers\/Microsoft\.Resources\/deployments\/deploy-/);
    expect(fieldsOf(deployed, 'data')['correlationId']).toBe(fieldsOf(created, 'data')['correlationId']);
    expect(fieldsOf(created, 'data')).not.toHaveProperty('httpRequest');
  });

  test('some events have resourcegroups in lower case', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    await world.azure.put(account);
    await world.azure.put(account);
    await delivered();
    const subjects = events().map(({ subject }) => String(subject));
    expect(subjects.filter((subject) => subject.includes('/resourcegroups/'))).toHaveLength(1);
    expect(subjects.filter((subject) => subject.includes('/resourceGroups/'))).toHaveLength(1);
  });

  test('an event comes when the operation has ended, not when it was accepted', async () => {
    await start({ latency: { operationMs: 50 } });
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    const reply = await world.send('PUT', flowLogId, { body: flowLog });
    const poll = await world.send('GET', reply.headers['azure-asyncoperation'] ?? '');
    expect([poll.body['status'], webhook.deliveries.length]).toEqual(['InProgress', 0]);
    await delivered();
    expect(eventFor('Microsoft.Network/networkWatchers/flowLogs/write')).toBeDefined();
  });

  test('a failed operation raises a failure', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    const answer = { kind: 'operationFails', code: 'InternalServerError', message: 'Sorry.' } as const;
    world.azure.faults.add({ match: ({ method }) => method === 'PUT', answer });
    await world.send('PUT', flowLogId, { body: flowLog });
    await delivered();
    expect(events()).toMatchObject([
      { eventType: 'Microsoft.Resources.ResourceWriteFailure', data: { status: 'Failed' } },
    ]);
  });

  test('a deletion raises a delete event, and a refused write none', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    await world.send('PUT', `${networkId}-2`, { body: {} });
    await world.azure.remove(accountId);
    await delivered();
    expect(events()).toMatchObject([
      {
        eventType: 'Microsoft.Resources.ResourceDeleteSuccess',
        data: { operationName: 'Microsoft.Storage/storageAccounts/delete' },
      },
    ]);
  });

  test('deleting a group raises an event for it and for each resource in it, but not for what those take along', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
    world.azure.seed([flowLog, { id: vaultId, properties: {} }, { id: `${vaultId}/secrets/one`, properties: {} }]);
    await world.azure.remove(group);
    await delivered();
    const names = events().map((event) => String(fieldsOf(event, 'data')['operationName']));
    expect(names.sort()).toEqual([
      'Microsoft.KeyVault/vaults/delete',
      'Microsoft.Network/networkSecurityGroups/delete',
      'Microsoft.Network/networkWatchers/delete',
      'Microsoft.Network/virtualNetworks/delete',
      'Microsoft.Resources/resourceGroups/delete',
      'Microsoft.Storage/storageAccounts/delete',
    ]);
  });

  test('what is seeded raises no event', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    world.azure.seed([flowLog]);
    expect(world.azure.idle()).toBe(true);
  });

  test('a subscription with operation names gets those alone, without regard to case', async () => {
    await start();
    const operationNameBeginsWith = ['microsoft.network/VIRTUALNETWORKS/'];
    await world.azure.subscribe(webhook.url, 'EventGridSchema', { operationNameBeginsWith });
    await world.azure.put(account);
    await world.azure.put(network);
    await delivered();
    expect(events()).toMatchObject([{ data: { operationName: 'Microsoft.Network/virtualNetworks/write' } }]);
  });

  test('the CloudEvents schema sends one object of its own content type', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'CloudEventSchemaV1_0');
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(webhook.deliveries[0]?.body).toMatchObject({
      specversion: '1.0',
      type: 'Microsoft.Resources.ResourceWriteSuccess',
      source: expect.stringMatching(/^\/subscriptions\//),
      data: { operationName: 'Microsoft.Storage/storageAccounts/write' },
    });
  });

  test.each(['EventGridSchema', 'CloudEventSchemaV1_0'] as const)(
    'a webhook that fails the %s handshake gets no subscription',
    async (schema) => {
      await start();
      webhook.validates = false;
      await expect(world.azure.subscribe(webhook.url, schema)).rejects.toThrow(webhook.url);
      await world.azure.put(account);
      expect(world.azure.idle()).toBe(true);
    },
  );

  test('a webhook that is busy is asked again until it takes the event', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    webhook.statuses = [503, 500];
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries.map(({ headers }) => headers['aeg-delivery-count'])).toEqual(['0', '1', '2']);
    expect(new Set(events().map(({ id }) => id)).size).toBe(1);
    expect(world.azure.deadLetters).toEqual([]);
  });

  test.each([400, 401, 403, 404, 413])('an event that is answered with %d is given up at once', async (status) => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    webhook.statuses = [status];
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries).toHaveLength(1);
    expect(world.azure.deadLetters).toMatchObject([{ reason: `the webhook answered ${String(status)}`, attempts: 1 }]);
  });

  test('an event that is never taken is given up after a day', async () => {
    await start({ eventRetryScale: 0.000_000_1 });
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    webhook.statuses = Array.from({ length: 50 }, () => 500);
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries).toHaveLength(11);
    expect(world.azure.deadLetters).toHaveLength(1);
  });

  test('events can be lost and doubled', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    world.azure.faults.events({ drop: 1 });
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries).toHaveLength(0);
    world.azure.faults.events({ duplicate: 1 });
    await world.azure.put(account);
    await delivered();
    expect(webhook.deliveries).toHaveLength(2);
    expect(events()[0]).toEqual(events()[1]);
  });

  test('the same seed loses the same events', async () => {
    await start();
    await world.azure.subscribe(webhook.url, 'EventGridSchema');
    const lost: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const before = webhook.deliveries.length;
      world.azure.faults.events({ drop: 0.5, seed: 7 });
      const names = Array.from({ length: 12 }, (_, index) => String(index));
      for (const name of names) await world.azure.put({ ...account, tags: { name } });
      await delivered();
      lost.push(String(webhook.deliveries.length - before));
    }
    expect(lost[0]).toBe(lost[1]);
    expect(Number(lost[0])).toBeGreaterThan(0);
    expect(Number(lost[0])).toBeLessThan(12);
  });
});
