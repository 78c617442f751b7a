import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { badRequest } from './answers';
import { isBlobService, storageAudience, storageRefusal } from './blob-service';
import type { Certificate } from './certificate';
import type { Settings } from './cloud';
import type { Gateway } from './gateway';
import { listPathOf } from './clusters/api';
import { clusterAudience, isClusterApi, partsOf } from './clusters/index';
import { clusterRefusals } from './clusters/status';
import { authenticate } from './identity';
import { ingestionAudience, isIngestion } from './ingestion';
import type { Answer, Request } from './wire';

export const armAudience = 'https://management.azure.com';

export interface HttpsServer {
  readonly port: number;
  /** From now on requests reach the gateway, as paths behind the prefix. */
  serve(gateway: Gateway, settings: Settings, prefix?: string): void;
  close(): Promise<void>;
}

/** HTTPS on a free port of this machine. The port is known before there is anything to serve: links need it. */
export async function startServer({ key, cert }: Certificate): Promise<HttpsServer> {
  let listener: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  const server = createServer({ key, cert, keepAlive: true, keepAliveTimeout: 60_000 }, (request, response) => {
    listener?.(request, response).catch((error: unknown) => {
      // A bug of the simulation must not look like an answer of Azure.
      console.error('simulated subscription:', error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    serve(gateway, settings, prefix = '') {
      listener = (request, response) => answerHttp(request, response, { gateway, settings, prefix });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answerHttp(
  incoming: IncomingMessage,
  response: ServerResponse,
  { gateway, settings, prefix }: { readonly gateway: Gateway; readonly settings: Settings; readonly prefix: string },
): Promise<void> {
  const started = performance.now();
  const raw = await bodyOf(incoming);
  // Joined, not resolved: a path that begins with two slashes, as some clients send it, is no host.
  const url = new URL(`https://localhost${incoming.url ?? '/'}`);
  const path = `${prefix}${decodeURIComponent(url.pathname)}`.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  const audience = audienceOf(path);
  const authentication = authenticate(incoming.headers.authorization, audience, settings);
  const parsed = parse(raw);
  const request: Request = {
    method: incoming.method ?? 'GET',
    path,
    query: url.searchParams,
    headers: headersOf(incoming),
    body: parsed.value,
    caller: authentication.kind === 'known' ? authentication.caller : 'deployer',
    correlationId: headerOf(incoming, 'x-ms-correlation-request-id') ?? randomUUID(),
  };
  const refused = authentication.kind === 'refused' ? unauthorized(request, authentication.answer) : parsed.refusal;
  if (refused !== undefined) {
    gateway.record(request, refused, started);
    send(response, request, refused);
    return;
  }
  const { answer } = await gateway.handle(request, raw.length);
  if (answer === undefined) incoming.socket.destroy();
  else send(response, request, answer);
}

function audienceOf(path: string): string {
  if (isBlobService(path)) return storageAudience;
  if (isClusterApi(path)) return clusterAudience;
  return isIngestion(path) ? ingestionAudience : armAudience;
}

/** derived: Storage refuses what ARM refuses, in its own form. */
function unauthorized({ path, headers }: Request, answer: Answer): Answer {
  if (isClusterApi(path)) {
    const asked = headers['authorization'] === undefined ? listPathOf(partsOf(path).path) : undefined;
    return asked === undefined ? clusterRefusals.unauthorized() : clusterRefusals.anonymous(asked);
  }
  if (!isBlobService(path)) return answer;
  return storageRefusal(401, 'InvalidAuthenticationInfo', 'Server failed to authenticate the request.');
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  return incoming.headers['content-encoding'] === 'gzip' ? promisify(gunzip)(raw) : raw;
}

function parse(raw: Buffer): { readonly value: unknown; readonly refusal?: Answer } {
  if (raw.length === 0) return { value: undefined };
  try {
    return { value: JSON.parse(raw.toString()) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `The request content was invalid and could not be deserialized: '${error.message}'.`;
    return { value: undefined, refusal: badRequest('InvalidRequestContent', message) };
  }
}

const headerOf = (incoming: IncomingMessage, name: string): string | undefined => {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const headersOf = (incoming: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(Object.keys(incoming.headers).map((name) => [name, headerOf(incoming, name)]));

function send(response: ServerResponse, request: Request, { status, headers, body }: Answer): void {
  const clientId = request.headers['x-ms-client-request-id'];
  const json = body === undefined ? '' : JSON.stringify(body);
  const text = typeof body === 'string' ? body : json;
  const isPacked = isClusterApi(request.path) && text.length > packedFrom && takesGzip(request);
  response.writeHead(status, {
    'x-ms-request-id': randomUUID(),
    'x-ms-correlation-request-id': request.correlationId,
    ...(clientId === undefined ? {} : { 'x-ms-client-request-id': clientId }),
    'cache-control': 'no-cache',
    ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    ...headers,
  });
  response.end(isPacked ? gzipSync(text) : text);
}

/** Bytes from which on an API server compresses what it sends. */
const packedFrom = 128 * 1_024;
const takesGzip = ({ headers }: Request): boolean => headers['accept-encoding']?.includes('gzip') === true;
