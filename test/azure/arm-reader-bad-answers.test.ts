import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { armReader } from '../../shared/azure/arm-reader';
import { AzureError } from '../../shared/core/errors';
import type { Query } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import { network, networkId } from '../controls/landing-zone';
import { subscription } from '../given';
import { strangeServer, type StrangeServer } from './simulated-azure';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let server: StrangeServer;
let elsewhere: StrangeServer;
let answers: Answer[] = [];
let urls: string[] = [];
let strangers: IncomingMessage[] = [];

beforeAll(async () => {
  server = await strangeServer((request, response) => {
    urls.push(request.url ?? '');
    (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
  });
  elsewhere = await strangeServer((request, response) => {
    strangers.push(request);
    response.end(JSON.stringify({ value: [] }));
  });
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));
beforeEach(() => {
  answers = [];
  urls = [];
  strangers = [];
});

const theNetwork: Query = { kind: 'get', id: networkId };
const networks: Query = { kind: 'list', type: 'Microsoft.Network/virtualNetworks', scope: subscription };

async function read(query: Query): Promise<Found> {
  const { result } = await armReader(server.arm, () => 'now').read(query);
  if (result.state === 'unread') throw new Error(result.reason);
  return result.value;
}

async function refusalOf(query: Query): Promise<AzureError> {
  const error = await read(query).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`that was no AzureError but ${String(error)}`);
}

const saying =
  (text: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(text);
const sending = (value: unknown): Answer => saying(JSON.stringify(value));

describe('an answer that is none is a refusal, never a resource', () => {
  test.each<[string, Query, string]>([
    ['a page for people', theNetwork, '<html>Please sign in</html>'],
    ['nothing', theNetwork, ''],
    ['JSON that breaks off', theNetwork, '{"id":'],
    ['null', theNetwork, 'null'],
    ['a text', theNetwork, '"vnet-spoke"'],
    ['a page of a list for people', networks, '<html>Please sign in</html>'],
    ['null for a list', networks, 'null'],
    ['a list without values', networks, '{}'],
    ['a list whose values are none', networks, '{"value":{"id":"x"}}'],
    ['a list whose values are null', networks, '{"value":null}'],
  ])('%s', async (_, query, text) => {
    answers = [saying(text)];
    expect(await refusalOf(query)).toMatchObject({ status: 0, code: 'BadAnswer' });
    expect(urls).toHaveLength(1);
  });

  test('an answer that is cut in the middle', async () => {
    answers = [
      (response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('{"id":');
        setImmediate(() => response.destroy());
      },
    ];
    expect(await refusalOf(theNetwork)).toMatchObject({ status: 0, retryable: true });
  });
});

describe('a question that is not answered in time is a refusal that comes back later', () => {
  const seconds = AbortSignal.timeout;
  beforeEach(() => void (AbortSignal.timeout = () => seconds.call(AbortSignal, 50)));
  afterEach(() => void (AbortSignal.timeout = seconds));

  test.each<[string, Answer]>([
    ['at all', () => undefined],
    ['to its end', (response) => void response.writeHead(200).write('{"id":')],
  ])('%s', async (_, answer) => {
    answers = [answer];
    expect(await refusalOf(theNetwork)).toMatchObject({ status: 0, code: 'NoAnswer', retryable: true });
  });
});

describe('the next page', () => {
  const first = (nextLink: unknown): Answer => sending({ value: [network], nextLink });
  const last = sending({ value: [{ ...network, name: 'last' }] });

  test.each<[string, () => string]>([
    ['another host', () => `${elsewhere.origin}/next`],
    ['another host that looks like Azure', () => `https://management.azure.com@${new URL(elsewhere.origin).host}/next`],
    ['another host without a protocol', () => `//${new URL(elsewhere.origin).host}/next`],
    ['the same host without encryption', () => server.origin.replace('https:', 'http:')],
    ['nowhere', () => 'https://'],
  ])('is refused when it is at %s, and no token goes there', async (_, link) => {
    answers = [first(link()), last];
    expect(await refusalOf(networks)).toMatchObject({
      code: 'BadAnswer',
      message: 'Azure sent a next page at another address',
      retryable: false,
    });
    expect(urls).toHaveLength(1);
    expect(strangers).toEqual([]);
  });

  test.each<[string, () => string]>([
    ['as a whole address', () => `${server.origin}/next?$skiptoken=a%2Fb%3D`],
    ['as a path', () => '/next?$skiptoken=a%2Fb%3D'],
  ])('is asked for as Azure names it: %s', async (_, link) => {
    answers = [first(link()), last];
    expect(await read(networks)).toMatchObject([{ name: network.name }, { name: 'last' }]);
    expect(urls[1]).toBe('/next?$skiptoken=a%2Fb%3D');
  });

  test.each([
    ['null', null],
    ['empty', ''],
    ['absent', undefined],
  ])('is none when it is %s', async (_, link) => {
    answers = [first(link), last];
    expect(await read(networks)).toHaveLength(1);
    expect(urls).toHaveLength(1);
  });

  test('may come after a page without values', async () => {
    answers = [sending({ value: [], nextLink: '/next' }), last];
    expect(await read(networks)).toHaveLength(1);
  });
});

test('an answer may be compressed', async () => {
  answers = [
    (response, { headers }) => {
      expect(headers['accept-encoding']).toMatch(/gzip/);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(network)));
    },
  ];
  expect(await read(theNetwork)).toEqual(network);
});

test('a refusal whose body breaks off keeps its status', async () => {
  answers = [saying('{"error":{"code":"Authori', 403)];
  expect(await refusalOf(theNetwork)).toMatchObject({ status: 403, retryable: false });
});
