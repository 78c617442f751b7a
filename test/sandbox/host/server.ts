import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Answer, Call } from './http-functions';
import { described } from './invocations';
import { emit } from './records';

/** Bytes of a request's body that the Functions host takes (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT's default). */
export const bodyLimit = 104_857_600;

/** Serves on 127.0.0.1; port 0 takes a free one. Returns the server once it listens, and its port. */
export async function serve(
  port: number,
  answer: (call: Call) => Promise<Answer>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    void respond(request, response, answer);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (call: Call) => Promise<Answer>,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === 'aborted') return;
  if (body === 'too large') {
    response.writeHead(413, { connection: 'close' }).end(() => request.destroy());
    return;
  }
  const { status, headers, body: text } = await answered(request, body, answer);
  response.writeHead(status, headers as Record<string, string | string[]> | undefined);
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answered(
  request: IncomingMessage,
  body: Buffer,
  answer: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer(callOf(request, body));
  } catch (error) {
    // Not the app, which the invocation has caught, but for example the storage account that the status asks.
    const { message } = described(error);
    emit({ kind: 'log', level: 'error', message: `${request.method ?? ''} ${request.url ?? ''}: ${message}` });
    return { status: 500 };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return 'too large';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bodyLimit) return 'too large';
      chunks.push(chunk);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 'aborted';
    throw error;
  }
  return Buffer.concat(chunks);
}

function callOf(request: IncomingMessage, body: Buffer): Call {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  const host = request.headers.host ?? '127.0.0.1';
  return {
    method: request.method ?? 'GET',
    url: new URL(`http://${host}${request.url ?? '/'}`),
    headers: Object.fromEntries(headers),
    body,
    // A page in a browser must reach the admin API neither across sites nor through a name that it made point here.
    fromLoopback:
      /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) &&
      ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site'] as string | undefined),
  };
}
