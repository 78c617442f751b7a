import { exemptionsBlob, exemptionsContainer, mostBytes, readExemptionsBlob } from '../../shared/store/exemptions-blob';
import { strangeServer } from '../azure/simulated-azure';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { putExemptions } from '../sandbox/exemptions';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const put = (file: string | Buffer): Promise<void> => putExemptions(azurite.connectionString, file);
const credential = {
  getToken: async () => ({ token: 'of-the-identity', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

test('where no file was ever put there is none', async () => {
  expect(await readExemptionsBlob(azurite)).toEqual({ state: 'read', value: undefined });
});

test.each<[string, string | Buffer, object]>([
  ['a file is read', '{"version":1}', { state: 'read', value: '{"version":1}' }],
  ['an empty file is a file', '', { state: 'read', value: '' }],
  ['a mark of the byte order is not part of the text', '\ufeff{}', { state: 'read', value: '{}' }],
  [
    'bytes that are no text are unread',
    Buffer.from([0x7b, 0xff, 0xfe]),
    { state: 'unread', reason: /no text in UTF-8/ },
  ],
  ['a file that is just small enough is read', ' '.repeat(mostBytes), { state: 'read', value: ' '.repeat(mostBytes) }],
  [
    'a file that is too large is unread',
    ' '.repeat(mostBytes + 1),
    { state: 'unread', reason: /1048577 bytes; 1048576/ },
  ],
])('%s', async (_, file, expected) => {
  await put(file);
  const { reason } = expected as { readonly reason?: RegExp };
  const wanted = reason === undefined ? expected : { ...expected, reason: expect.stringMatching(reason) };
  expect(await readExemptionsBlob(azurite)).toEqual(wanted);
});

test.each<[string, number, string]>([
  ['forbidden', 403, 'AuthorizationFailure'],
  ['not found in another sense than that there is no file', 404, 'ResourceNotFound'],
  ['away', 503, 'ServerBusy'],
])('a storage account that answers that it is %s leaves the file unread, with the reason', async (_, status, code) => {
  const asked: string[] = [];
  const server = await strangeServer((request, response) => {
    asked.push(
      `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''} ${request.headers.authorization ?? ''}`,
    );
    response.writeHead(status, { 'x-ms-error-code': code }).end();
  });
  const { origin } = server;
  const account = { tableUrl: origin, queueUrl: origin, blobUrl: `${origin}/account`, credential };
  const reading = await readExemptionsBlob(account);
  await server.close();
  expect(reading).toEqual({ state: 'unread', reason: expect.stringContaining(`answered ${status} ${code}`) });
  expect(asked[0]).toBe(`HEAD /account/${exemptionsContainer}/${exemptionsBlob} Bearer of-the-identity`);
});

test('a storage account that does not answer leaves the file unread', async () => {
  const server = await strangeServer(() => undefined);
  const { origin } = server;
  await server.close();
  const account = { tableUrl: origin, queueUrl: origin, blobUrl: origin, credential };
  expect(await readExemptionsBlob(account)).toEqual({ state: 'unread', reason: expect.stringMatching(/ECONNREFUSED/) });
});
