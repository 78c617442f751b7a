import { BlobServiceClient, type BlobItem } from '@azure/storage-blob';
import { setDefaultCACertificates } from 'node:tls';
import {
  account,
  accountId,
  flowLog,
  flowLogId,
  having,
  networkId,
  scope,
  startWorld,
  type World,
} from './small-subscription';

const container = 'insights-logs-flowlogflowevent';
const nicId = `${networkId.replace(/virtualNetworks.*/, '')}networkInterfaces/nic-app`;
const nic = {
  id: nicId,
  location: 'westeurope',
  properties: {
    ipConfigurations: [{ name: 'ip1', properties: { subnet: { id: `${networkId}/subnets/snet-one` } } }],
  },
};
const folder = `flowLogResourceID=/${scope.split('/')[2]?.toUpperCase() ?? ''}_RG-APP/WATCHER-WEST_LOG-APP/`;

let world: World;
let clock: number;
let service: BlobServiceClient;

beforeEach(async () => {
  clock = Date.parse('2026-03-01T08:10:30.000Z');
  world = await startWorld({ clock: () => clock });
  world.azure.seed([nic]);
  setDefaultCACertificates([world.azure.ca]);
  const endpoint = String((world.azure.get(accountId)?.properties?.['primaryEndpoints'] as { blob: string }).blob);
  const token = await world.token('https://storage.azure.com');
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  service = new BlobServiceClient(endpoint, credential, { retryOptions: { maxTries: 1 } });
});
afterEach(() => world.close());

const list = (prefix = '', of = container): Promise<BlobItem[]> =>
  Array.fromAsync(service.getContainerClient(of).listBlobsFlat({ prefix }));
const times = async (prefix = ''): Promise<readonly string[]> =>
  (await list(prefix)).map(({ properties }) => properties.lastModified.toISOString());

describe('the blobs of a flow log', () => {
  test('are there from its first full minute on, one for each interface and hour', async () => {
    await world.azure.put(flowLog);
    await expect(list()).rejects.toMatchObject({ statusCode: 404, code: 'ContainerNotFound' });
    clock += 60_000;
    const [blob] = await list();
    expect(blob?.name).toMatch(new RegExp(`^${folder}y=2026/m=03/d=01/h=08/m=00/macAddress=[0-9A-F]{12}/PT1H.json$`));
    expect(await times()).toEqual(['2026-03-01T08:11:00.000Z']);
    clock += 3_600_000;
    expect(await times()).toEqual(['2026-03-01T09:00:00.000Z', '2026-03-01T09:11:00.000Z']);
  });

  test('are listed below a prefix, in its own case alone, and page by page', async () => {
    world.azure.seed([flowLog]);
    expect(await times(`${folder}y=2026/m=03/d=01/h=07/`)).toEqual(['2026-03-01T08:00:00.000Z']);
    expect(await list(folder.toLowerCase())).toEqual([]);
    const pages = await Array.fromAsync(
      service.getContainerClient(container).listBlobsFlat().byPage({ maxPageSize: 20 }),
    );
    expect(pages.map(({ segment }) => segment.blobItems.length)).toEqual([20, 20, 9]);
  });

  test('are none where nothing is attached, or only the interface of a private endpoint', async () => {
    world.azure.seed([flowLog, having(nic, { privateEndpoint: { id: `${networkId}-pe` } })]);
    await expect(list()).rejects.toMatchObject({ code: 'ContainerNotFound' });
  });

  test('are those of the narrower log where an interface has one', async () => {
    const narrower = { ...having(flowLog, { targetResourceId: nicId }), id: `${flowLogId}-nic` };
    world.azure.seed([flowLog, narrower]);
    expect((await list()).filter(({ name }) => !name.includes('LOG-APP-NIC'))).toEqual([]);
  });

  test('end when the log is off, and go to another account when it moves there', async () => {
    const other = { ...account, id: `${accountId}2` };
    world.azure.seed([flowLog, other]);
    await world.azure.put(having(flowLog, { storageId: other.id }));
    clock += 3_600_000;
    expect((await times()).at(-1)).toBe('2026-03-01T08:10:00.000Z');
    await world.azure.put(having(flowLog, { enabled: false }));
    clock += 3_600_000;
    expect((await times()).at(-1)).toBe('2026-03-01T08:10:00.000Z');
  });

  test('end when the account’s keys are rotated, until the log was off and on again', async () => {
    await world.azure.put(flowLog);
    clock += 120_000;
    world.azure.rotateKeys(accountId);
    clock += 600_000;
    await world.azure.put(having(flowLog, { format: { type: 'JSON', version: 2 } }));
    clock += 600_000;
    expect(await times()).toEqual(['2026-03-01T08:12:00.000Z']);
    await world.azure.put(having(flowLog, { enabled: false }));
    await world.azure.put(flowLog);
    clock += 60_000;
    expect((await times()).at(-1)).toBe('2026-03-01T08:33:00.000Z');
  });
});

test('a token for another audience is refused', async () => {
  const token = await world.token();
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const stranger = new BlobServiceClient(service.url, credential, { retryOptions: { maxTries: 1 } });
  const asked = Array.fromAsync(stranger.getContainerClient(container).listBlobsFlat());
  await expect(asked).rejects.toMatchObject({ statusCode: 401, code: 'InvalidAuthenticationInfo' });
});
