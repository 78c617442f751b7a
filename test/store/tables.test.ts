import { RestError } from '@azure/core-rest-pipeline';
import { scopeQueue } from '../../shared/store/scope-queue';
import { hasStatus, tableIn, type Account } from '../../shared/store/tables';
import { networkId } from '../controls/landing-zone';
import { strangeServer, type StrangeServer } from '../azure/simulated-azure';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

let server: StrangeServer;
const seen: Seen[] = [];
const credential = {
  getToken: async () => ({ token: 'of-the-identity', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

beforeAll(async () => {
  server = await strangeServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url.split('?')[0] ?? '', token: headers.authorization ?? '' });
    request.resume().on('end', () => response.writeHead(url.startsWith('/Tables') ? 204 : 403).end());
  });
});
afterAll(() => server.close());
beforeEach(() => void seen.splice(0));

describe.each([
  ['without a slash at the end', ''],
  ['with a slash at the end', '/'],
])('an account that is reached with an identity, its addresses %s,', (_, slash) => {
  const account = (): Account => ({
    tableUrl: `${server.origin}${slash}`,
    // On this machine the name of the account is part of the path.
    queueUrl: `${server.origin}/account${slash}`,
    blobUrl: `${server.origin}/account${slash}`,
    credential,
  });

  test('is asked for its tables with the token', async () => {
    await tableIn(account(), 'StewardFindings')();
    expect(seen).toEqual([{ method: 'POST', path: '/Tables', token: 'Bearer of-the-identity' }]);
  });

  test('is sent messages with the token', async () => {
    const sending = scopeQueue(account()).send({
      scope: { kind: 'resource', id: networkId },
      cause: 'event',
      receivedAt: '2026-03-01T08:00:00.000Z',
    });
    await expect(sending).rejects.toMatchObject({ statusCode: 403 });
    expect(seen).toEqual([
      { method: 'POST', path: '/account/steward-scopes/messages', token: 'Bearer of-the-identity' },
    ]);
  });
});

test('a table is made once, however often it is used', async () => {
  const { origin } = server;
  const table = tableIn({ tableUrl: origin, queueUrl: origin, blobUrl: origin, credential }, 'StewardFindings');
  await Promise.all([table(), table()]);
  await table();
  expect(seen).toHaveLength(1);
});

test.each<[string, unknown, boolean]>([
  ['one of them', new RestError('x', { statusCode: 412 }), true],
  ['another one', new RestError('x', { statusCode: 500 }), false],
  ['none', new RestError('x', { code: 'ECONNRESET' }), false],
  ['no refusal at all', Object.assign(new Error('x'), { statusCode: 412 }), false],
  ['nothing', undefined, false],
])('a refusal is known by its status: %s', (_, error, expected) => {
  expect(hasStatus(error, 409, 412)).toBe(expected);
});
