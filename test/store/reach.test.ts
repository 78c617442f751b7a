import { attempt, ownStorage } from '../../shared/store/reach';
import { gapsKept, receipts } from '../../shared/store/receipts';
import { TableServiceClient } from '@azure/data-tables';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { subscriptionId } from '../given';

jest.setTimeout(30_000);

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const read = { state: 'read' };

async function tables(): Promise<readonly (string | undefined)[]> {
  const client = TableServiceClient.fromConnectionString(azurite.connectionString, { allowInsecureConnection: true });
  return (await Array.fromAsync(client.listTables())).map(({ name }) => name);
}

test('each service that answers is read, and looking makes nothing', async () => {
  expect(await ownStorage(azurite)).toMatchObject({ tables: read, queues: read, blobs: read });
  expect(await gapsKept(azurite, subscriptionId)).toBeUndefined();
  expect(await tables()).toEqual([]);
});

test('what the timer keeps is what is looked at', async () => {
  const gaps = {
    since: '2026-03-01T07:00:00.000Z',
    watermark: '2026-03-01T07:40:00.000Z',
    missed: 0,
    perHour: {},
    last: [],
  };
  await receipts(azurite).updateGaps(subscriptionId, async () => ({ gaps, heard: [] }));
  expect(await gapsKept(azurite, subscriptionId)).toEqual(gaps);
});

test('a service that does not answer is unread with the reason', async () => {
  const away = azurite.connectionString.replaceAll(/(http:\/\/127\.0\.0\.1):\d+/g, '$1:1');
  const { tables, queues, blobs } = await ownStorage({ connectionString: away });
  for (const answer of [tables, queues, blobs])
    expect(answer).toMatchObject({ state: 'unread', reason: expect.stringContaining('ECONNREFUSED') });
});

test('a key that is wrong is unread with its status', async () => {
  const wrong = azurite.connectionString.replace(
    /AccountKey=[^;]+/,
    `AccountKey=${Buffer.from('wrong').toString('base64')}`,
  );
  const { queues } = await ownStorage({ connectionString: wrong });
  expect(queues).toMatchObject({ state: 'unread', reason: expect.stringMatching(/^403 /) });
});

test('an identity without a token is unread, and a bug is thrown', async () => {
  const none = Object.assign(new Error('ChainedTokenCredential authentication failed.\nmore'), {
    name: 'AggregateAuthenticationError',
  });
  expect(await attempt(() => Promise.reject(none))).toEqual({
    state: 'unread',
    reason: 'nobody is signed in who could read it: ChainedTokenCredential authentication failed.',
  });
  await expect(attempt(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
});
