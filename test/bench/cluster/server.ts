import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createCertificate } from '../../sandbox/subscription/certificate';
import { podAt } from './pods';

/** An API server with so many pods and nothing else, in a process of its own: it says where it is, as a line of JSON. */
async function main(count: number): Promise<void> {
  const { key, cert } = await createCertificate('bench');
  const server = createServer({ key, cert }, (request, response) => {
    const url = new URL(request.url ?? '', 'https://localhost');
    const [start, limit] = [Number(url.searchParams.get('continue') ?? 0), Number(url.searchParams.get('limit'))];
    const isPods = url.pathname === '/api/v1/pods';
    const items = Array.from({ length: isPods ? Math.min(limit, count - start) : 0 }, (_, index) =>
      podAt(start + index),
    );
    const metadata = isPods && start + limit < count ? { continue: String(start + limit) } : {};
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
    response.end(gzipSync(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items })));
  });
  server.listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port, ca: cert })),
  );
}

void main(Number(process.argv[2]));
