import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { CredentialUnavailableError } from '@azure/identity';
import { placeIn } from '../../shared/azure/kubernetes/kubeconfig';
import { listed } from '../../shared/azure/kubernetes/list';
import { askAt, type Ask } from '../../shared/azure/kubernetes/request';
import { AzureError } from '../../shared/core/errors';
import { createCertificate, type Certificate } from '../sandbox/subscription/certificate';
import { pods } from './cluster-given';

const token = { getToken: async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }) };
let certificate: Certificate;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let origin = '';
let ask: Ask;
const list = (): Promise<unknown> => listed({ ask, azureRbac: true, pause: async () => undefined }, pods);

beforeAll(async () => {
  certificate = await createCertificate('cluster');
  server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) =>
    answer(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  ask = askAt({ server: origin, ca: certificate.cert }, token);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await certificate.remove();
});

const refusedFor = async (work: Promise<unknown>): Promise<AzureError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AzureError)) throw new Error(`no refusal but ${String(error)}`);
  return error;
};
const page = (count: number, padding: string, more = ''): string =>
  JSON.stringify({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: more === '' ? {} : { continue: more },
    items: Array.from({ length: count }, (_, index) => ({
      metadata: { name: `pod-${index}`, annotations: { padding } },
    })),
  });

describe('the connection', () => {
  test('shows the token to the cluster alone: another authority does not get to see it', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    };
    const other = await createCertificate('other');
    const error = await refusedFor(askAt({ server: origin, ca: other.cert }, token)('/version'));
    expect(error).toMatchObject({ code: 'ClusterNotTrusted', retryable: false });
    expect(seen).toEqual([]);
    await ask('/version');
    expect(seen).toEqual(['Bearer secret']);
    await other.remove();
  });

  test('that nobody answers is told with the host and why', async () => {
    const closed = askAt({ server: 'https://localhost:1', ca: certificate.cert }, token);
    const error = await refusedFor(closed('/version'));
    expect(error).toMatchObject({ status: 0, code: 'ClusterNotReached', retryable: true });
    expect(error.message).toBe('the API server localhost does not answer the app (ECONNREFUSED)');
  });

  test('to a name that cannot be resolved, as of a private cluster from outside, is told so', async () => {
    const unknown = askAt({ server: 'https://aks.privatelink.invalid', ca: certificate.cert }, token);
    expect((await refusedFor(unknown('/version'))).message).toMatch(
      /aks\.privatelink\.invalid .* \((ENOTFOUND|EAI_AGAIN)\)$/,
    );
  });

  test('that stalls within a compressed body is given up', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.write(gzipSync(page(5_000, 'x')).subarray(0, 100));
    };
    const error = await refusedFor(ask('/api/v1/pods', { timeout: 300 }));
    expect(error).toMatchObject({ code: 'ClusterNotReached', retryable: true });
    server.closeAllConnections();
  });

  test('without a token is no matter of the cluster', async () => {
    const none = { getToken: () => Promise.reject(new CredentialUnavailableError('no identity')) };
    const error = await refusedFor(askAt({ server: origin, ca: certificate.cert }, none)('/version'));
    expect(error).toMatchObject({ code: 'CredentialUnavailableError' });
    expect(error.message).toContain('no identity');
  });
});

describe('large objects', () => {
  test('are asked for in smaller pages', async () => {
    const asked: (string | null)[] = [];
    answer = (request, response) => {
      const query = new URL(request.url ?? '', origin).searchParams;
      asked.push(query.get('limit'));
      const count = Math.min(Number(query.get('limit')), 100);
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(page(count, 'x'.repeat(300_000), asked.length < 3 ? 'next' : '')));
    };
    expect(await list()).toHaveLength(20);
    expect(asked).toEqual(['100', '10', '10']);
  });

  test('that are too many are a refusal, not a part of them', async () => {
    answer = (_, response) => response.end(page(40, 'x'.repeat(500_000), 'next'));
    const error = await refusedFor(list());
    expect(error).toMatchObject({ code: 'TooManyObjects', retryable: false });
    expect(error.message).toContain('pods');
  });
});

test.each([
  ['no JSON', '<html>'],
  ['no list', '{}'],
  ['a list of numbers', '{"kind":"PodList","apiVersion":"v1","items":[1]}'],
  ['an object instead of a list', '{"kind":"Pod","apiVersion":"v1","items":[]}'],
  ['a list of nobody knows what', '{"items":[]}'],
])('%s is no empty list', async (_, body) => {
  answer = (_request, response) => response.end(body);
  expect(await refusedFor(list())).toMatchObject({ code: 'BadAnswer' });
});

test('a list that never ends is given up', async () => {
  let pages = 0;
  const endless: Ask = async () => {
    pages += 1;
    const response = { status: 200, bodyAsText: page(0, '', 'again') };
    return response as Awaited<ReturnType<Ask>>;
  };
  const error = await refusedFor(listed({ ask: endless, azureRbac: true, pause: async () => undefined }, pods));
  expect(error).toMatchObject({ code: 'TooManyObjects' });
  expect(pages).toBe(5_000);
});

test('a 404 that is none of the server’s own is no absence', async () => {
  answer = (_, response) => {
    response.writeHead(404);
    response.end('nothing here');
  };
  expect(await refusedFor(list())).toMatchObject({ status: 404, message: 'nothing here' });
});

describe('a kubeconfig', () => {
  const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----').toString('base64');
  const credentials = (text: string): unknown => ({ kubeconfigs: [{ value: Buffer.from(text).toString('base64') }] });
  const yaml = (server: string): string =>
    `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${ca}\n    server: ${server}\n  name: aks\nusers:\n- user:\n    client-key-data: S0VZ\n    token: t\n`;

  test('tells address and authority, and nothing else is taken', () => {
    const place = { server: 'https://aks.example:443'.replace(':443', ''), ca: Buffer.from(ca, 'base64').toString() };
    expect(placeIn(credentials(yaml('https://aks.example:443')))).toEqual(place);
    expect(placeIn(credentials(yaml('"https://aks.example"')))).toEqual(place);
  });

  test.each<[string, unknown]>([
    ['an address in the clear', credentials(yaml('http://aks.example'))],
    ['no address', credentials('clusters: []')],
    ['two clusters', credentials(`${yaml('https://one.example')}${yaml('https://two.example')}`)],
    ['no authority', credentials('    server: https://aks.example\n')],
    ['no certificate', credentials('server: https://aks.example\ncertificate-authority-data: QUJD\n')],
    ['no kubeconfig', {}],
    ['an empty list of them', { kubeconfigs: [] }],
    ['one that is null', { kubeconfigs: [null] }],
  ])('with %s is refused, without a word of what is in it', (_, value) => {
    const error = (() => {
      try {
        return placeIn(value);
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(AzureError);
    expect((error as AzureError).message).not.toMatch(/example|client-key|QUJD/);
  });
});
