import { blobReader } from '../../shared/azure/blob-reader';
import { AzureError } from '../../shared/core/errors';
import type { Query } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import { idIn, resource } from '../given';
import { refusals } from '../sandbox/subscription/index';
import { simulatedAzure, strangeServer, type SimulatedAzure } from './simulated-azure';

const container = 'insights-logs-flowlogflowevent';
const networkId = idIn('rg', 'Microsoft.Network/virtualNetworks/vnet');
const accountId = idIn('rg', 'Microsoft.Storage/storageAccounts/stlogs');
const watcherId = idIn('rg', 'Microsoft.Network/networkWatchers/watcher');
const nics = ['one', 'two', 'three'].map((name) =>
  resource(idIn('rg', `Microsoft.Network/networkInterfaces/nic-${name}`), {
    location: 'westeurope',
    properties: { ipConfigurations: [{ name: 'ip', properties: { subnet: { id: `${networkId}/subnets/snet` } } }] },
  }),
);

let simulated: SimulatedAzure;
let ask: (query: Partial<Query>) => Promise<Found>;

const folder = 'flowLogResourceID=/11111111-2222-4333-8444-555555555555_RG/WATCHER_LOG/';
const hour = 'y=2026/m=03/d=01/h=07/';

beforeAll(async () => {
  simulated = await simulatedAzure({ pageSize: 2, clock: () => Date.parse('2026-03-01T08:10:30.000Z') });
  const others = { read: () => Promise.reject(new Error('that was no question for me')) };
  const { read } = blobReader(simulated.arm.credential, () => new Date().toISOString(), others);
  ask = async (query) => {
    const endpoint = `${simulated.azure.url}/blob/stlogs/`;
    const { result } = await read({
      kind: 'blobs',
      endpoint,
      container,
      prefix: `${folder}${hour}`,
      ...query,
    } as Query);
    return result.state === 'read' ? result.value : undefined;
  };
  simulated.seed([
    resource(networkId, { location: 'westeurope', properties: { subnets: [{ name: 'snet', properties: {} }] } }),
    resource(accountId, { location: 'westeurope', kind: 'StorageV2', properties: {} }),
    resource(watcherId, { location: 'westeurope', properties: {} }),
    ...nics,
    resource(`${watcherId}/flowLogs/log`, {
      location: 'westeurope',
      properties: { targetResourceId: networkId, storageId: accountId, enabled: true },
    }),
  ]);
});
afterAll(() => simulated.close());
afterEach(() => simulated.forget());

const refused = async (query: Partial<Query> = {}): Promise<AzureError> => {
  const error = await ask(query).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AzureError)) throw new Error(`no refusal but ${String(error)}`);
  return error;
};

test('an hour is listed over every page, with the times at which its blobs were last written', async () => {
  const name = expect.stringMatching(new RegExp(`^${folder}${hour}m=00/macAddress=`)) as string;
  const blob = { name, lastModified: '2026-03-01T08:00:00.000Z', size: 4_096 };
  expect(await ask({})).toEqual([blob, blob, blob]);
  const sent = simulated.sent().map(({ method, path, query }) => [method, path, query['prefix']]);
  expect(sent).toEqual(Array.from({ length: 2 }, () => ['GET', `/blob/stlogs/${container}`, `${folder}${hour}`]));
});

test.each([
  ['an hour without blobs', { prefix: `${folder}y=2026/m=03/d=01/h=09/` }],
  ['a container that is not there yet', { container: 'insights-logs-networksecuritygroupflowevent' }],
])('%s holds none, and is no error', async (_, query) => {
  expect(await ask(query)).toEqual([]);
});

test.each([
  ['AuthorizationPermissionMismatch', refusals.blobsNotPermitted()],
  ['AuthorizationFailure', refusals.blobsShutOut()],
])('the refusal %s is told by its code, without what differs from one request to the next', async (code, answer) => {
  simulated.fault('/blob/', answer);
  const error = await refused();
  expect(error).toMatchObject({ status: 403, code, retryable: false });
  expect(error.message).toMatch(/^This request is not authorized to perform this operation[^\n]*\.$/);
});

test('a failure is tried again at once, and is a refusal for now when it stays', async () => {
  const busy = { kind: 'respond' as const, status: 503, body: '', headers: { 'x-ms-error-code': 'ServerBusy' } };
  simulated.fault('/blob/', busy, 2);
  expect(await ask({})).toHaveLength(3);
  simulated.fault('/blob/', busy, Infinity);
  expect(await refused()).toMatchObject({ status: 503, retryable: true });
  expect(simulated.sent().filter(({ status }) => status === 503)).toHaveLength(2 + 3);
});

test('an account that does not answer is a refusal for now', async () => {
  simulated.fault('/blob/', { kind: 'disconnect' }, Infinity);
  expect(await refused()).toMatchObject({ status: 0, retryable: true });
});

test('an account that is not there is a refusal, not an empty list', async () => {
  expect(await refused({ endpoint: `${simulated.azure.url}/blob/stother/` } as Partial<Query>)).toMatchObject({
    status: 404,
  });
});

test.each(['http://stlogs.blob.core.windows.net/', 'ftp://x/', 'not an address', ''])(
  'no token goes to "%s"',
  async (endpoint) => {
    expect(await refused({ endpoint } as Partial<Query>)).toMatchObject({ code: 'BadEndpoint', retryable: false });
    expect(simulated.sent()).toEqual([]);
  },
);

test('a listing without end is a refusal', async () => {
  const page = '<EnumerationResults><Blobs/><NextMarker>more</NextMarker></EnumerationResults>';
  const endless = await strangeServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0" encoding="utf-8"?>${page}`);
  });
  const { read } = blobReader(endless.arm.credential, () => '', { read: () => Promise.reject(new Error()) });
  const question = read({ kind: 'blobs', endpoint: endless.origin, container, prefix: 'x/' });
  await expect(question).rejects.toMatchObject({ code: 'TooManyBlobs', retryable: false });
  await endless.close();
});
