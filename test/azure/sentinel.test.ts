import type { IncomingMessage } from 'node:http';
import { sentinelTables } from '../../shared/azure/sentinel';
import { AzureError } from '../../shared/core/errors';
import type { Announcement } from '../../shared/core/finding';
import type { Sentinel } from '../../shared/core/ports';
import type { TableName } from '../../shared/core/tables';
import { resource, stewardGroup, subscriptionId } from '../given';
import { refusals, type FaultAnswer } from '../sandbox/subscription/index';
import { simulatedAzure, strangeServer, type SimulatedAzure } from './simulated-azure';

const stream = 'Custom-StewardFindings_CL';
const postureStream = 'Custom-StewardPosture_CL';
const ruleId = 'dcr-0a1b2c3d';
const audience = 'https://monitor.azure.com';
let simulated: SimulatedAzure;
let sentinel: Sentinel;

beforeAll(async () => {
  simulated = await simulatedAzure();
  const columns = ['EventId', 'Reason'].map((name) => ({ name, type: 'string' }));
  simulated.seed([
    resource(`${stewardGroup}/providers/Microsoft.Insights/dataCollectionRules/dcr-steward`, {
      properties: { immutableId: ruleId, streamDeclarations: { [stream]: { columns }, [postureStream]: { columns } } },
    }),
  ]);
  const { credential } = simulated.arm;
  sentinel = sentinelTables({ endpoint: simulated.azure.url, ruleId, audience, credential });
});
afterAll(() => simulated.close());

let before = 0;
beforeEach(() => {
  simulated.forget();
  before = rows().length;
});

const rows = (): readonly Record<string, unknown>[] => simulated.azure.tables.get(stream) ?? [];
/** Ids of the rows that came in this test. */
const arrived = (): readonly unknown[] =>
  rows()
    .slice(before)
    .map(({ EventId }) => EventId);
const announcement = (id: string, reason = '', table: TableName = 'StewardFindings_CL'): Announcement => ({
  table,
  key: id,
  subscriptionId,
  row: { EventId: id, Reason: reason },
});
/** Two of them are more than one call takes. */
const large = (id: string): Announcement => announcement(id, 'x'.repeat(600_000));

async function refusalOf(ingesting: Promise<unknown>): Promise<AzureError> {
  const error = await ingesting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`that was no AzureError but ${String(error)}`);
}

describe('rows are sent', () => {
  test('together, in their order, and answered when they were taken', async () => {
    const announcements = ['a', 'b', 'c'].map((id) => announcement(id));
    expect(await sentinel.ingest(announcements)).toEqual(announcements);
    expect(arrived()).toEqual(['a', 'b', 'c']);
    expect(simulated.sent()).toMatchObject([{ path: `/dataCollectionRules/${ruleId}/streams/${stream}` }]);
  });

  test('in several calls when they are too large for one', async () => {
    const announcements = ['a', 'b', 'c'].map(large);
    expect(await sentinel.ingest(announcements)).toEqual(announcements);
    expect(arrived().toSorted()).toEqual(['a', 'b', 'c']);
    expect(simulated.sent()).toHaveLength(3);
  });

  test('not at all when there are none', async () => {
    expect(await sentinel.ingest([])).toEqual([]);
    expect(simulated.sent()).toEqual([]);
  });
});

describe('rows of several tables', () => {
  const finding = announcement('of a finding');
  const posture = announcement('of a posture', '', 'StewardPosture_CL');
  const arrivedIn = (name: string, id: string): number =>
    (simulated.azure.tables.get(name) ?? []).filter(({ EventId }) => EventId === id).length;

  test('go to the stream of their table', async () => {
    const taken = await sentinel.ingest([posture, finding, announcement('of another', '', 'StewardPosture_CL')]);
    expect(taken.map(({ key }) => key).toSorted()).toEqual(['of a finding', 'of a posture', 'of another']);
    expect([arrivedIn(postureStream, 'of a posture'), arrivedIn(postureStream, 'of another')]).toEqual([1, 1]);
    expect([arrivedIn(postureStream, 'of a finding'), arrivedIn(stream, 'of another')]).toEqual([0, 0]);
    expect(arrived()).toEqual(['of a finding']);
    expect(simulated.sent()).toHaveLength(2);
  });

  test.each([
    ['findings', stream, posture],
    ['postures', postureStream, finding],
  ])('are taken when those of another table are refused: %s', async (_, refused, rest) => {
    simulated.fault(refused, refusals.authorizationFailed('a/write', 'the rule'), Infinity);
    expect(await sentinel.ingest([finding, posture])).toEqual([rest]);
  });

  test('are refused when none was taken', async () => {
    for (const name of [stream, postureStream])
      simulated.fault(name, refusals.authorizationFailed('a/write', 'the rule'), Infinity);
    expect(await refusalOf(sentinel.ingest([finding, posture]))).toMatchObject({ status: 403 });
  });
});

describe('rows that were not taken', () => {
  test('are not answered, and those that were are', async () => {
    simulated.fault(stream, refusals.authorizationFailed('a/write', 'the rule'));
    const announcements = ['a', 'b', 'c', 'd'].map(large);
    const taken = await sentinel.ingest(announcements);
    expect(taken).toHaveLength(3);
    expect(arrived().toSorted()).toEqual(taken.map(({ key }) => key).toSorted());
  });

  test('are told from rows that look the same', async () => {
    simulated.fault(stream, refusals.authorizationFailed('a/write', 'the rule'));
    const twins = [large('a'), large('a')];
    const taken = await sentinel.ingest(twins);
    expect(taken).toHaveLength(1);
    expect(arrived()).toEqual(['a']);
  });

  test.each<[string, FaultAnswer, object]>([
    [
      'for lack of a role',
      refusals.authorizationFailed('a/write', 'the rule'),
      { status: 403, code: 'AuthorizationFailed', retryable: false },
    ],
    [
      'because they are too many',
      { kind: 'respond', status: 413, body: { error: { code: 'ContentLengthLimitExceeded' } } },
      { status: 413, retryable: false },
    ],
    ['because the connection is cut', { kind: 'disconnect' }, { status: 0, code: 'ECONNRESET', retryable: true }],
    [
      'because the service throttles',
      { kind: 'respond', status: 429, headers: { 'retry-after': '0' }, body: { error: { code: 'TooManyRequests' } } },
      { status: 429, code: 'TooManyRequests', retryable: true },
    ],
  ])('at all are a refusal: %s', async (_, answer, expected) => {
    simulated.fault(stream, answer, Infinity);
    expect(await refusalOf(sentinel.ingest([large('a'), large('b')]))).toMatchObject(expected);
    expect(arrived()).toEqual([]);
  });

  test('because there is no such rule are a refusal', async () => {
    const { credential } = simulated.arm;
    const other = sentinelTables({ endpoint: simulated.azure.url, ruleId: 'dcr-gone', audience, credential });
    expect(await refusalOf(other.ingest([announcement('a')]))).toMatchObject({ status: 404, code: 'NotFound' });
  });

  test('for lack of a token are a refusal that comes back later', async () => {
    const failing = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' });
    const credential = { getToken: () => Promise.reject(failing) };
    const other = sentinelTables({ endpoint: simulated.azure.url, ruleId, audience, credential });
    expect(await refusalOf(other.ingest([announcement('a')]))).toMatchObject({ status: 0, retryable: true });
  });
});

test('throttling is handed on at once: nothing waits inside the client', async () => {
  simulated.fault(stream, refusals.throttled(1), Infinity);
  const started = performance.now();
  expect(await refusalOf(sentinel.ingest([announcement('a')]))).toMatchObject({ status: 429, retryAfter: 1 });
  expect(performance.now() - started).toBeLessThan(900);
});

test('an endpoint may end with a slash', async () => {
  const requests: IncomingMessage[] = [];
  const server = await strangeServer((request, response) => {
    requests.push(request);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  const { credential } = server.arm;
  await sentinelTables({ endpoint: `${server.origin}/`, ruleId, audience, credential }).ingest([announcement('a')]);
  expect(requests.map(({ url = '' }) => url.split('?')[0])).toEqual([
    `/dataCollectionRules/${ruleId}/streams/${stream}`,
  ]);
  await server.close();
});
