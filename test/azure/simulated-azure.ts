import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setDefaultCACertificates } from 'node:tls';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Arm } from '../../shared/azure/arm-reader';
import type { Resource } from '../../shared/core/resource';
import { subscriptionId } from '../given';
import { createCertificate, type Certificate } from '../sandbox/subscription/certificate';
import {
  startSubscription,
  type FaultAnswer,
  type RecordedRequest,
  type SimulatedSubscription,
  type SubscriptionOptions,
  type WireResource,
} from '../sandbox/subscription/index';

const identityClientId = 'c11e0000-0000-4000-8000-00000000aaaa';
const tokenScope = 'https://management.azure.com/.default';

export interface SimulatedAzure {
  readonly azure: SimulatedSubscription;
  /** How the app speaks to it, with the token of its managed identity. */
  readonly arm: Arm;
  seed(resources: readonly Resource[]): void;
  /** Answers requests whose path contains the text, once unless told otherwise. */
  fault(path: string, answer: FaultAnswer, times?: number): void;
  /** What the app has sent since the last call of `forget`. */
  sent(): readonly RecordedRequest[];
  /** Forgets what was sent and the faults that are left. */
  forget(): void;
  close(): Promise<void>;
}

/** A subscription on this machine that this process trusts and has an identity in. */
export async function simulatedAzure(options: Partial<SubscriptionOptions> = {}): Promise<SimulatedAzure> {
  const azure = await startSubscription({
    subscriptionIds: [subscriptionId],
    tenantId: '7e4a0000-0000-4000-8000-000000000000',
    identityClientId,
    ...options,
  });
  trust(azure.ca);
  process.env['IDENTITY_ENDPOINT'] = azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = azure.identity.header;
  let seen = 0;
  const faults: (() => void)[] = [];
  return {
    azure,
    arm: { endpoint: azure.url, tokenScope, credential: new ManagedIdentityCredential({ clientId: identityClientId }) },
    seed: (resources) => azure.seed(resources as readonly WireResource[]),
    fault: (path, answer, times = 1) =>
      void faults.push(azure.faults.add({ match: (request) => request.path.includes(path), answer, times })),
    sent: () => azure.requests.slice(seen).filter(({ caller }) => caller === 'steward'),
    forget: () => {
      seen = azure.requests.length;
      faults.splice(0).forEach((stop) => stop());
    },
    close: () => azure.close(),
  };
}

export interface StrangeServer {
  readonly arm: Arm;
  readonly origin: string;
  close(): Promise<void>;
}

/** All of them have one certificate: OpenSSL takes certificates of the same name for each other. */
let certificate: Promise<Certificate> | undefined;

/** An https server that answers what Azure should not. */
export async function strangeServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StrangeServer> {
  const { key, cert, remove } = await (certificate ??= createCertificate());
  const server = createServer({ key, cert }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  trust(cert);
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const credential = { getToken: async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return {
    origin,
    arm: { endpoint: origin, tokenScope, credential },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await remove();
    },
  };
}

function trust(ca: string): void {
  setDefaultCACertificates([ca]);
}
