import { eventFamilies } from '../../infra/compile/event-filter';
import { setTimeout as sleep } from 'node:timers/promises';
import { controls } from '../../shared/controls/index';
import type { Finding } from '../../shared/core/finding';
import { streamOf, type TableName } from '../../shared/core/tables';
import { eventsMissed } from '../../shared/pipeline/gaps';
import { postureOf, type Posture } from '../../shared/pipeline/posture';
import { findingStore } from '../../shared/store/findings';
import { receipts } from '../../shared/store/receipts';
import { scopeQueue } from '../../shared/store/scope-queue';
import { startAzurite, type Azurite } from './azurite';
import { startHost, type Host, type HostRecord } from './host/index';
import { deployment } from './deployment';
import { putExemptions } from './exemptions';
import { grantsOf } from './grants';
import {
  startSubscription,
  subscriptionsOf,
  type Estate,
  type RecordedRequest,
  type SimulatedSubscription,
  type SubscriptionOptions,
  type WireResource,
} from './subscription/index';

export interface SandboxOptions {
  readonly estate: Estate;
  /** Settings of the app that differ from what its deployment would set. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly simulation?: Partial<SubscriptionOptions>;
  /** The file of exemptions in the settings' container. */
  readonly exemptions?: string | Buffer;
  readonly port?: number;
  readonly onLine?: (record: HostRecord) => void;
}

/** The real app in the stand-in of its host, against Azurite and a simulated subscription with Steward deployed in it. */
export interface Sandbox {
  readonly subscription: SimulatedSubscription;
  readonly host: Host;
  readonly azurite: Azurite;
  /** Writes what was there before Steward silently, subscribes to the events, sweeps, then creates the rest. */
  createEstate(): Promise<void>;
  /** Until no event, no message and no invocation is left. Throws when that takes longer than `seconds`. */
  settle(seconds?: number): Promise<void>;
  findings(): Promise<readonly Finding[]>;
  posture(): Promise<Posture>;
  /** What one of Sentinel's tables got. */
  rows(table: TableName): readonly Record<string, unknown>[];
  /** What Steward wrote to Azure; rows for Sentinel's tables and the app's own storage are no such writes. */
  writes(): readonly RecordedRequest[];
  /** Ends the host at once, as a crash would, and starts another one. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { estate } = options;
  const steward = deployment(estate);
  const subscription = await startSubscription({
    subscriptionIds: subscriptionsOf(estate),
    tenantId: estate.tenantId,
    identityClientId: steward.clientId,
    grants: grantsOf(estate, { ...steward.choices, ...options.settings }),
    ...options.simulation,
  });
  subscription.seed(steward.resources(subscription));
  subscription.inClusters.put([...(estate.objects ?? []), ...steward.objects(estate)]);
  for (const { workspaceId, tables } of estate.usage ?? []) subscription.usage.set(workspaceId, tables);
  const azurite = await startAzurite();
  if (options.exemptions !== undefined) await putExemptions(azurite.connectionString, options.exemptions);
  const env = { ...steward.settings(subscription), AzureWebJobsStorage: azurite.connectionString, ...options.settings };
  const start = (): Promise<Host> =>
    startHost({
      env,
      ...(options.port && { port: options.port }),
      ...(options.onLine && { onLine: options.onLine }),
    });
  let host = await start();
  const account = { connectionString: azurite.connectionString };
  const kept = subscriptionsOf(estate).map((id) => id.toLowerCase());
  const findings = async (): Promise<readonly Finding[]> =>
    (await Promise.all(kept.map((id) => Array.fromAsync(findingStore(account).of(id))))).flat();
  const settle = (seconds = 300): Promise<void> => quiet(subscription, host, seconds);
  return {
    subscription,
    get host() {
      return host;
    },
    azurite,
    settle,
    findings,
    createEstate: () => createEstate({ estate, subscription, host, settle }),
    posture: async () => {
      const gaps = await Promise.all(kept.map((id) => receipts(account).gaps(id)));
      const missed = eventsMissed(gaps, new Date().toISOString());
      return postureOf(controls, await findings(), await scopeQueue(account).poisoned(), missed);
    },
    rows: (name) => subscription.tables.get(streamOf({ name })) ?? [],
    writes: () => subscription.requests.filter((request) => request.caller === 'steward' && isArmWrite(request)),
    restart: async () => {
      await host.kill();
      host = await start();
    },
    close: async () => {
      await host.stop();
      await azurite.stop();
      await subscription.close();
    },
  };
}

/** Rows for ingestion, queries and the address of a cluster, which are asked for with a POST as well, change nothing in Azure. */
function isArmWrite({ method, path }: RecordedRequest): boolean {
  const asks = /^\/dataCollectionRules\/|\/(queryResults|listClusterUserCredential)$/i.test(path);
  return method !== 'GET' && !asks;
}

interface Scene {
  readonly estate: Estate;
  readonly subscription: SimulatedSubscription;
  readonly host: Host;
  readonly settle: () => Promise<void>;
}

async function createEstate({ estate, subscription, host, settle }: Scene): Promise<void> {
  const [before, after] = partition(estate.resources);
  subscription.seed(before);
  await subscription.subscribe(
    `${host.url}/runtime/webhooks/EventGrid?functionName=resource-changed`,
    'EventGridSchema',
    { operationNameBeginsWith: eventFamilies() },
  );
  await host.run('reconcile');
  await settle();
  await putAll(subscription, after);
}

/** One after the other; what Azure refuses because something else is missing waits for it, and at last is just there. */
async function putAll(subscription: SimulatedSubscription, resources: readonly WireResource[]): Promise<void> {
  const refused: WireResource[] = [];
  for (const resource of resources) await subscription.put(resource).catch(() => refused.push(resource));
  if (refused.length < resources.length) return putAll(subscription, refused);
  subscription.seed(refused);
}

/**
 * What was there before: the tenant, policies, private endpoints with their zones, of which no event tells, and flow logs
 * with all that they name (accounts with their lifecycle rules): made one by one, a network would be logged before its
 * log is.
 */
function partition(resources: readonly WireResource[]): readonly [readonly WireResource[], readonly WireResource[]] {
  const logs = resources.filter(({ id }) => /\/flowLogs\/[^/]+$/i.test(id));
  const named = new Set<string>();
  for (const log of logs) {
    const ids = [
      ...JSON.stringify(log)
        .toLowerCase()
        .matchAll(/\/subscriptions\/[^"]+/g),
    ].map(([id]) => id);
    for (const each of ids.flatMap(withParents)) named.add(each);
  }
  const wasThere = ({ id }: WireResource): boolean =>
    !/^\/subscriptions\/[^/]+\/./i.test(id) ||
    /\/providers\/Microsoft\.Authorization\/policy/i.test(id) ||
    /\/providers\/Microsoft\.Network\/private(Endpoints|DnsZones)\//i.test(id) ||
    named.has(id.toLowerCase()) ||
    named.has(id.toLowerCase().replace('/managementpolicies/default', ''));
  return [resources.filter(wasThere), resources.filter((resource) => !wasThere(resource))];
}

function withParents(id: string): readonly string[] {
  const parts = id.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function quiet(subscription: SimulatedSubscription, host: Host, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  for (let still = 0; still < 3;) {
    const left = (subscription.idle() ? 0 : 1) + (await host.busy());
    still = left === 0 ? still + 1 : 0;
    if (Date.now() > until) throw new Error(`after ${seconds} seconds ${left} things are still under way`);
    await sleep(50);
  }
}
