import { changeOf } from '../../shared/azure/events';
import { InputError } from '../../shared/core/errors';
import { idIn, subscription, subscriptionId } from '../given';

const networkId = idIn('rg-network', 'Microsoft.Network/virtualNetworks/vnet-spoke');
const applicationId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const objectId = 'deb10e00-0000-4000-8000-00000000bbbb';

const claims = {
  aud: 'https://management.core.windows.net/',
  appid: applicationId,
  ipaddr: '203.0.113.77',
  name: 'Ada Example',
  'http://schemas.microsoft.com/identity/claims/objectidentifier': objectId,
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ada@example.com',
};
const personal = /Ada|ada@|203\.0\.113/;

const data = {
  authorization: { scope: networkId, action: 'Microsoft.Network/virtualNetworks/write', evidence: { role: 'Owner' } },
  claims,
  correlationId: '7a7a0000-0000-4000-8000-000000000001',
  httpRequest: { clientIpAddress: '203.0.113.77', method: 'PUT', url: `https://management.azure.com${networkId}` },
  resourceProvider: 'Microsoft.Network',
  resourceUri: networkId,
  operationName: 'Microsoft.Network/virtualNetworks/write',
  status: 'Succeeded',
  subscriptionId,
};

const eventGrid = {
  id: 'e1',
  topic: subscription,
  subject: networkId,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-03-01T08:00:00.1234567Z',
  dataVersion: '2',
  metadataVersion: '1',
  data,
};

const cloudEvent = {
  id: 'e1',
  source: subscription,
  subject: networkId,
  type: 'Microsoft.Resources.ResourceWriteSuccess',
  time: '2026-03-01T08:00:00.1234567Z',
  specversion: '1.0',
  data,
};

const understood = {
  id: networkId,
  kind: 'written',
  eventAt: '2026-03-01T08:00:00.123Z',
  by: [applicationId, objectId],
  actor: objectId,
};

const withData = (changed: object): object => ({ ...eventGrid, data: { ...data, ...changed } });

test.each([
  ['Event Grid', eventGrid],
  ['CloudEvents', cloudEvent],
])('an event in the schema of %s is understood, and nothing personal is kept', (_, event) => {
  const change = changeOf(event);
  expect(change).toEqual(understood);
  expect(JSON.stringify(change)).not.toMatch(personal);
});

describe('an event tells', () => {
  test.each([
    ['a write', 'Microsoft.Resources.ResourceWriteSuccess', 'written'],
    ['a deletion', 'Microsoft.Resources.ResourceDeleteSuccess', 'deleted'],
    ['a write in another case', 'MICROSOFT.RESOURCES.RESOURCEWRITESUCCESS', 'written'],
    ['nothing of ours when a write failed', 'Microsoft.Resources.ResourceWriteFailure', 'other'],
    ['nothing of ours when a write was cancelled', 'Microsoft.Resources.ResourceWriteCancel', 'other'],
    ['nothing of ours when a deletion failed', 'Microsoft.Resources.ResourceDeleteFailure', 'other'],
    ['nothing of ours when an action was taken', 'Microsoft.Resources.ResourceActionSuccess', 'other'],
    ['nothing of ours when a blob was made', 'Microsoft.Storage.BlobCreated', 'other'],
    ['nothing of ours when it is the handshake', 'Microsoft.EventGrid.SubscriptionValidationEvent', 'other'],
    ['nothing of ours when its type is a name of every object', 'constructor', 'other'],
  ])('%s', (_, eventType, kind) => {
    expect(changeOf({ ...eventGrid, eventType }).kind).toBe(kind);
  });

  test.each([
    ['from the resource that it names', {}, networkId],
    ['from its subject when it names no resource', { resourceUri: undefined }, networkId],
    ['from its subject when the resource is empty', { resourceUri: '' }, networkId],
    ['from its subject when the resource is no text', { resourceUri: { id: networkId } }, networkId],
    ['rather from the resource than from its subject', { resourceUri: `${networkId}2` }, `${networkId}2`],
  ])('whom it concerns, %s', (_, changed, id) => {
    expect(changeOf(withData(changed)).id).toBe(id);
  });

  test('nobody when it has neither resource nor subject', () => {
    expect(changeOf({ ...eventGrid, subject: undefined, data: null }).id).toBe('');
  });

  test.each<[string, unknown, readonly string[]]>([
    ['in an object', claims, [applicationId, objectId]],
    ['in JSON, as data version 1 does', JSON.stringify(claims), [applicationId, objectId]],
    ['by an application alone', { appid: applicationId }, [applicationId]],
    ['in empty claims', {}, []],
    ['in no claims', undefined, []],
    ['in claims that are null', null, []],
    ['in claims that are a list', [claims], []],
    ['in JSON that is no object', '"text"', []],
    ['in JSON that breaks off', '{"appid":', []],
    ['in claims of the wrong kind', { appid: 7 }, []],
  ])('who did it, %s', (_, found, by) => {
    expect(changeOf(withData({ claims: found })).by).toEqual(by);
  });
});

describe('what is no event is refused without a word of what is in it', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /JSON object/],
    ['null', null, /JSON object/],
    ['a text', JSON.stringify(eventGrid), /JSON object/],
    ['a number', 7, /JSON object/],
    ['a list of events', [eventGrid], /JSON object/],
    ['an empty object', {}, /a type and a time/],
    ['an event without a type', { ...eventGrid, eventType: undefined }, /a type and a time/],
    ['an event whose type is no text', { ...eventGrid, eventType: claims }, /a type and a time/],
    ['an event without a time', { ...eventGrid, eventTime: undefined }, /a type and a time/],
    ['an event whose time is none', { ...eventGrid, eventTime: 'Ada' }, /a type and a time/],
    ['an event whose time is no text', { ...eventGrid, eventTime: 1_772_352_000_000 }, /a type and a time/],
  ])('%s', (_, event, message) => {
    expect(() => changeOf(event)).toThrow(InputError);
    expect(() => changeOf(event)).toThrow(message);
    expect(() => changeOf(event)).not.toThrow(personal);
  });
});
