import { logOf, startFixture } from './fixture/start';
import type { Running } from './fixture/start';

let fixture: Running;

beforeAll(async () => {
  fixture = await startFixture('app.ts');
});

afterAll(async () => {
  await fixture.host.stop();
  fixture.remove();
});

function post(headers: Record<string, string>, body: unknown, functionName = 'noticed'): Promise<Response> {
  return fetch(`${fixture.host.url}/runtime/webhooks/EventGrid?functionName=${functionName}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const notification = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };
const cloudEvents = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

const written = {
  id: 'e1',
  topic: '/subscriptions/s',
  subject: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v',
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-11-24T10:00:00Z',
  data: { status: 'Succeeded' },
  dataVersion: '2',
  metadataVersion: '1',
};

const writtenAsCloudEvent = {
  id: 'c1',
  source: '/subscriptions/s',
  subject: written.subject,
  type: written.eventType,
  time: written.eventTime,
  specversion: '1.0',
  data: { status: 'Succeeded' },
};

test('the handshake of the Event Grid schema is answered with the code', async () => {
  const validation = {
    id: 'v',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    data: { validationCode: '512d' },
  };
  const response = await post({ 'aeg-event-type': 'SubscriptionValidation' }, [validation]);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ validationResponse: '512d' });
});

test('the handshake of CloudEvents is answered with the origin that asked', async () => {
  const response = await fetch(`${fixture.host.url}/runtime/webhooks/EventGrid?functionName=noticed`, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  expect(response.headers.get('webhook-allowed-rate')).toBe('*');
});

test('every event of a notification runs the function once, and the answer comes after', async () => {
  const response = await post(notification, [written, { ...written, id: 'e2' }], 'NOTICED');
  expect(response.status).toBe(202);
  expect(JSON.parse(messageOf(await fixture.saw(logOf('noticed', '"id":"e1"'))))).toEqual(written);
  expect(fixture.records.filter(logOf('noticed', '"id":"e2"'))).toHaveLength(1);
});

test.each([
  ['one CloudEvent', cloudEvents, writtenAsCloudEvent, 'c1'],
  ['a batch of CloudEvents', cloudEvents, [{ ...writtenAsCloudEvent, id: 'c2' }], 'c2'],
  ['a CloudEvent marked as a notification', notification, { ...writtenAsCloudEvent, id: 'c3' }, 'c3'],
])('%s runs the function', async (_, headers, body, id) => {
  expect((await post(headers, body)).status).toBe(202);
  const record = await fixture.saw(logOf('noticed', `"id":"${id}"`));
  expect(JSON.parse(messageOf(record))).toEqual({ ...writtenAsCloudEvent, id });
});

test('one failed event of several makes the answer 500, so that Event Grid sends all again', async () => {
  const response = await post(notification, [
    { ...written, id: 'good' },
    { ...written, id: 'bad', data: { fail: true } },
  ]);
  expect(response.status).toBe(500);
  await fixture.saw(logOf('noticed', '"id":"good"'));
});

test.each([
  ['a body that is not JSON', notification, '[{', 'noticed', 400],
  ['a body of JSON that is no event', notification, '[1]', 'noticed', 400],
  ['a request that is neither a notification nor a CloudEvent', {}, [written], 'noticed', 400],
  ['a validation without a code', { 'aeg-event-type': 'SubscriptionValidation' }, [{ data: {} }], 'noticed', 400],
  ['a function that does not exist', notification, [written], 'other', 404],
  ['a function with another trigger', notification, [written], 'tick', 404],
])('%s is refused', async (_, headers: Record<string, string>, body, functionName, status) => {
  expect((await post(headers, body, functionName)).status).toBe(status);
});

function messageOf(record: object): string {
  return 'message' in record ? String(record.message) : '';
}
