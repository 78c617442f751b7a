import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportOf, writeReport } from './reports';
import type { Sandbox } from './sandbox';

export interface Window {
  readonly help: string;
  close(): Promise<void>;
}

/** A window into the sandbox for `curl`: what the simulated Azure holds, and one way to change it. */
export async function openWindow(sandbox: Sandbox): Promise<Window> {
  const server = createServer((request, response) => {
    answer(sandbox, request, response).catch((error: unknown) => {
      response.writeHead(500).end(`${String(error)}\n`);
    });
  });
  server.listen(await portOr(7072), '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const help = `
The sandbox stays up. Ctrl-C ends it.
  curl -X POST ${url}/networks/my-network      create a network and watch it being logged
  curl -X POST ${sandbox.host.url}/api/backfill -d '{}'   plan what a backfill would write; writes nothing
  curl ${sandbox.host.url}/api/runs            the runs, with the addresses of what they show
  curl ${sandbox.host.url}/api/doctor          what is wrong with the deployment, and what to do about it
  curl ${url}/posture                          the posture again
  curl ${url}/findings                         all findings
  curl ${url}/writes                           what Steward wrote to Azure
  curl ${url}/rows                             what Sentinel's tables got`;
  return {
    help,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The port, or any when somebody has it. */
export async function portOr(wanted: number): Promise<number> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => probe.close(resolve));
  return free ? wanted : 0;
}

async function answer(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request;
  const network = /^\/networks\/([\w-]+)$/.exec(url)?.[1];
  if (method === 'POST' && network !== undefined) {
    await sandbox.subscription.put(networkOf(sandbox, network));
    response.writeHead(201).end(`created ${network}\n`);
    return;
  }
  const body = await bodyOf(sandbox, url);
  response.writeHead(body === undefined ? 404 : 200).end(`${body ?? 'not here'}\n`);
}

async function bodyOf(sandbox: Sandbox, url: string): Promise<string | undefined> {
  const report = await writeReport(sandbox);
  switch (url) {
    case '/posture':
      return reportOf(sandbox);
    case '/findings':
      return JSON.stringify(report.findings, null, 2);
    case '/writes':
      return JSON.stringify(report.writes, null, 2);
    case '/rows':
      return JSON.stringify(Object.fromEntries(sandbox.subscription.tables), null, 2);
    default:
      return undefined;
  }
}

function networkOf(
  sandbox: Sandbox,
  name: string,
): { readonly id: string; readonly location: string; readonly properties: Readonly<Record<string, unknown>> } {
  const group = sandbox.subscription
    .list('Microsoft.Resources/resourceGroups')
    .find(({ name: group }) => group === 'rg-steward');
  const id = `${group?.id ?? ''}/providers/Microsoft.Network/virtualNetworks/${name}`;
  return {
    id,
    location: group?.location ?? 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.99.0.0/24'] },
      subnets: [{ name: 'default', properties: { addressPrefix: '10.99.0.0/26' } }],
    },
  };
}
