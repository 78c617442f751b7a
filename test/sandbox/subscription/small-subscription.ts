import { startSubscription } from './index';
import type { SimulatedSubscription, SubscriptionOptions, WireResource } from './index';
import { Agent, request as httpsRequest } from 'node:https';

/** A small subscription for the tests beside this file, and what they need to speak to it over HTTP. */

export const subscriptionId = '11111111-1111-4111-8111-111111111111';
export const tenantId = '22222222-2222-4222-8222-222222222222';
export const identityClientId = '33333333-3333-4333-8333-333333333333';

export const scope = `/subscriptions/${subscriptionId}`;
export const group = `${scope}/resourceGroups/rg-app`;
export const networkId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
export const securityGroupId = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-app`;
export const watcherId = `${group}/providers/Microsoft.Network/networkWatchers/watcher-west`;
export const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/stflowlogs`;
export const flowLogId = `${watcherId}/flowLogs/log-app`;

export const resourceGroup: WireResource = { id: group, location: 'westeurope', properties: {} };
export const network: WireResource = {
  id: networkId,
  location: 'westeurope',
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [
      {
        name: 'snet-one',
        properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: securityGroupId } },
      },
    ],
  },
};
export const securityGroup: WireResource = { id: securityGroupId, location: 'westeurope', properties: {} };
export const watcher: WireResource = { id: watcherId, location: 'westeurope', properties: {} };
export const account: WireResource = {
  id: accountId,
  location: 'westeurope',
  kind: 'StorageV2',
  sku: { name: 'Standard_LRS', tier: 'Standard' },
  properties: { provisioningState: 'Succeeded' },
};
export const flowLog: WireResource = {
  id: flowLogId,
  location: 'westeurope',
  properties: { targetResourceId: networkId, storageId: accountId, enabled: true },
};

/** The resource with some of its properties changed; `undefined` takes one away. */
export function having(resource: WireResource, changes: Readonly<Record<string, unknown>>): WireResource {
  const properties = Object.entries({ ...resource.properties, ...changes }).filter(([, value]) => value !== undefined);
  return { ...resource, properties: Object.fromEntries(properties) };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Any answer of Azure: a resource, a page of a list, the state of an operation, or an error. */
export interface Body extends WireResource {
  readonly value: readonly WireResource[];
  readonly nextLink?: string;
  readonly error: { readonly code: string; readonly message: string; readonly details: readonly { code: string }[] };
}

export interface World {
  readonly azure: SimulatedSubscription;
  /** A request to Azure as the deployer, unless another token is given. `path` may be a whole link of an answer. */
  send(method: string, path: string, more?: Sending): Promise<Reply>;
  /** A token of Steward's identity. */
  token(resource?: string): Promise<string>;
  close(): Promise<void>;
}

export interface Sending {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
  readonly raw?: Buffer | string;
}

/** A subscription with a resource group, a network, its security group, a watcher and a storage account. */
export async function startWorld(options: Partial<SubscriptionOptions> = {}): Promise<World> {
  const azure = await startSubscription({ subscriptionIds: [subscriptionId], tenantId, identityClientId, ...options });
  azure.seed([resourceGroup, network, securityGroup, watcher, account]);
  const agent = new Agent({ keepAlive: true, ca: azure.ca });
  return {
    azure,
    send: (method, path, more = {}) => send(azure, agent, { ...more, method, path }),
    token: (resource = 'https://management.azure.com') => tokenFor(azure, resource),
    close: async () => {
      agent.destroy();
      await azure.close();
    },
  };
}

async function tokenFor(azure: SimulatedSubscription, resource: string): Promise<string> {
  const query = new URLSearchParams({ 'api-version': '2019-08-01', resource });
  const headers = { 'X-IDENTITY-HEADER': azure.identity.header };
  const response = await fetch(`${azure.identity.endpoint}?${query.toString()}`, { headers });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

function send(
  azure: SimulatedSubscription,
  agent: Agent,
  sending: Sending & { readonly method: string; readonly path: string },
): Promise<Reply> {
  const { method, path, body, raw, token = 'deployer' } = sending;
  const url = new URL(path, azure.url);
  if (path.startsWith('/') && !path.includes('api-version')) url.searchParams.set('api-version', '2024-01-01');
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...sending.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const answer = (text === '' ? undefined : JSON.parse(text)) as Body;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: answer,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  });
}

/** Waits until the condition holds; fails after five seconds with what was waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited five seconds for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
