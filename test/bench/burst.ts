import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { armReader } from '../../shared/azure/arm-reader';
import { cachedReader } from '../../shared/azure/cached-reader';
import { armWriter } from '../../shared/azure/writer';
import type { Message } from '../../shared/core/message';
import type { World } from '../../shared/core/ports';
import { judge } from '../../shared/pipeline/judge';
import { memoryWorld } from '../memory-world';
import { deployment } from '../sandbox/deployment';
import { startSubscription, type SimulatedSubscription } from '../sandbox/subscription/index';
import { azureBusy, estate, isArm, networkNamed, percentiles, prepared, subscriptionId } from './figures';

/** As many at once as one instance takes from the queue (host.json: batchSize + newBatchThreshold). */
const concurrency = 24;

/**
 * Networks that appear at the same moment in a prepared region. Real reader and writer over https against simulated
 * Azure without latency of its own; queue, findings and locks in memory, for Azurite's queue would be what is measured.
 */
export async function* benchBursts(sizes: readonly number[]): AsyncGenerator<object> {
  const subscription = await startSubscription({
    subscriptionIds: [subscriptionId],
    tenantId: estate.tenantId,
    identityClientId: deployment(estate).clientId,
    limits: false,
    pageSize: 1_000,
  });
  setDefaultCACertificates([...getCACertificates('default'), subscription.ca]);
  try {
    subscription.seed([...prepared, ...deployment(estate).resources(subscription), settled(networkNamed('first'))]);
    for (const size of sizes) yield await benchBurst(subscription, size);
  } finally {
    await subscription.close();
  }
}

async function benchBurst(subscription: SimulatedSubscription, size: number): Promise<object> {
  const { world, drain } = await worldOn(subscription);
  await drain([messageFor(world, networkNamed('first').id)]);
  const networks = Array.from({ length: size }, (_, index) => settled(networkNamed(`of-${size}-${index}`)));
  subscription.seed(networks);
  const already = subscription.requests.length;
  const start = Date.now();
  await drain(networks.map(({ id }) => messageFor(world, id)));
  const end = Date.now();
  const requests = subscription.requests.slice(already).filter(isArm);
  const all = await Array.fromAsync(world.findings.of(subscriptionId));
  const findings = all.filter(({ resourceId }) => resourceId.includes(`/of-${size}-`));
  return {
    bench: 'burst',
    networks: size,
    resolved: findings.filter(({ state }) => state === 'resolved').length,
    eventToConfirmedMs: percentiles(findings.map(({ hops }) => Date.parse(hops.confirmed ?? '') - start)),
    beyondAzureMsPerNetwork: (end - start - azureBusy(requests, start, end)) / size,
    wallMsPerNetwork: (end - start) / size,
    armCallsPerNetwork: requests.length / size,
    rssWithSimulationMb: process.memoryUsage.rss() / 1_048_576,
  };
}

function settled<T extends { readonly properties: Readonly<Record<string, unknown>> }>(resource: T): T {
  return { ...resource, properties: { ...resource.properties, provisioningState: 'Succeeded' } };
}

function messageFor(world: World, id: string): Message {
  return { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() };
}

interface Line {
  readonly world: World;
  readonly drain: (messages: readonly Message[]) => Promise<void>;
}

async function worldOn(subscription: SimulatedSubscription): Promise<Line> {
  const steward = deployment(estate).settings(subscription);
  const credential = await credentialFrom(subscription, steward['AZURE_CLIENT_ID'] ?? '');
  const now = (): string => new Date().toISOString();
  const arm = { endpoint: subscription.url, tokenScope: 'https://management.azure.com/.default', credential };
  const world = {
    ...memoryWorld([], {
      subscriptionIds: [subscriptionId],
      resourceGroupId: steward['STEWARD_RESOURCE_GROUP_ID'] ?? '',
      workspaceId: steward['TRAFFIC_ANALYTICS_WORKSPACE_ID'],
    }),
    now,
    reader: cachedReader(armReader(arm, now), { now, maxAge: () => 60_000 }),
    writer: armWriter(arm),
    journal: () => undefined,
  };
  const drain = async (messages: readonly Message[]): Promise<void> => {
    const waiting = [...messages];
    const worker = async (): Promise<void> => {
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) await judge(world, message);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  return { world, drain };
}

async function credentialFrom(
  subscription: SimulatedSubscription,
  clientId: string,
): Promise<{ getToken: () => Promise<{ token: string; expiresOnTimestamp: number }> }> {
  const query = new URLSearchParams({
    'api-version': '2019-08-01',
    resource: 'https://management.azure.com',
    client_id: clientId,
  });
  const response = await fetch(`${subscription.identity.endpoint}?${query.toString()}`, {
    headers: { 'X-IDENTITY-HEADER': subscription.identity.header },
  });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
}
