import { randomUUID } from 'node:crypto';
import { createActivityLog } from './activity-log';
import { loadAliases } from './aliases';
import { createAuthorization } from './authorization';
import type { Grant } from './authorization';
import { createCertificate } from './certificate';
import type { Cloud, Settings } from './cloud';
import { createClusters } from './clusters/index';
import { createEventGrid } from './delivery';
import type { DeadLetter, EventFilter } from './delivery';
import { callers } from './events';
import type { EventSchema } from './events';
import { createFaults } from './faults';
import { createFlows } from './flows';
import type { Faults } from './faults';
import { createGateway } from './gateway';
import type { Gateway } from './gateway';
import { startIdentity } from './identity';
import type { Rows } from './ingestion';
import { createLimits } from './limits';
import { createUsage } from './log-query';
import { createOperations } from './operations';
import { createPolicyStates } from './policy-states';
import { read, readAll } from './read';
import { createRelations } from './relations';
import { seed } from './seed';
import { startServer } from './server';
import { createStore } from './store';
import type { ClusterObject, RecordedRequest, WireResource } from './wire';
import { fieldsOf } from './wire';

export { refusals } from './answers';
export type { Grant } from './authorization';
export type { DeadLetter } from './delivery';
export { loadEstate, subscriptionsOf } from './estate';
export type { Estate } from './estate';
export type { EventSchema } from './events';
export type { EventFault, Fault, FaultAnswer, FaultedRequest, Faults } from './faults';
/** Object id of the identity with this client id. */
export const identityOf = (clientId: string, tenantId: string): string => callers.steward(clientId, tenantId).objectId;
export { clusterAudience } from './clusters/index';
export { clusterRefusals } from './clusters/status';
export type { Caller, ClusterObject, RecordedRequest, WireResource } from './wire';

export interface SubscriptionOptions {
  readonly subscriptionIds: readonly string[];
  readonly tenantId: string;
  /** Client id of Steward's managed identity; whoever has another token is «the deployer». */
  readonly identityClientId: string;
  readonly latency?: {
    readonly readMs?: number;
    readonly writeMs?: number;
    /** From the answer to a write until its long-running operation ends. 0: over at the first poll. */
    readonly operationMs?: number;
  };
  /** Throttling as Azure does it; on unless told. `put` and `remove` are never throttled. */
  readonly limits?: boolean;
  /** What Steward's identity may do; everything unless told. */
  readonly grants?: readonly Grant[];
  /** Items of a page of a list; 100 unless told. */
  readonly pageSize?: number;
  readonly eventDelayMs?: number;
  /** Factor on Event Grid's pauses between tries: 1 is ten seconds and more. */
  readonly eventRetryScale?: number;
  /** Until the activity log shows what happened: minutes in Azure, at once unless told. */
  readonly activityLogLagMs?: number;
  /** [R] Flow-log retention replaces the account's other lifecycle rules; on unless told. */
  readonly retentionOverwritesLifecycleRules?: boolean;
  /** JSON file `{ "<resource type>": { "<alias>": "<path>" } }` for what providers tell of their types. */
  readonly aliases?: string;
  /** Milliseconds since 1970, for times, tokens and limits; operations and deliveries wait in real time. */
  readonly clock?: () => number;
}

export interface SimulatedSubscription {
  /** `https://localhost:<port>` for Azure Resource Manager, log ingestion and lists of blobs. */
  readonly url: string;
  /** PEM file for `NODE_EXTRA_CA_CERTS`; gone after `close()`. */
  readonly caFile: string;
  readonly ca: string;
  /** For `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly identity: { readonly endpoint: string; readonly header: string };
  /** Puts in what was there before: no event, no check, no request. */
  seed(resources: readonly WireResource[]): void;
  /** Writes as a deployment of the deployer; resolves when the resource is there, rejects when Azure refuses. */
  put(resource: WireResource): Promise<void>;
  remove(id: string): Promise<void>;
  get(id: string): WireResource | undefined;
  list(type: string): readonly WireResource[];
  readonly requests: readonly RecordedRequest[];
  /** What Steward's identity used of its grants, as `role: action`. */
  readonly usedRights: ReadonlySet<string>;
  /** Rows per stream that the log ingestion endpoint took. */
  readonly tables: ReadonlyMap<string, readonly Record<string, unknown>[]>;
  /** What Azure Policy says of resources' compliance: nothing until it is put in; a state needs a `resourceId`. */
  readonly policyStates: { set(states: readonly Record<string, unknown>[]): void };
  /** Tables of a workspace that receive rows, beside those that rows were ingested into. */
  readonly usage: { set(workspaceId: string, tables: readonly string[]): void };
  /** What is in clusters: nothing until it is put in. `compact`: lists that were begun before cannot be gone on with. */
  readonly inClusters: {
    put(objects: readonly ClusterObject[]): void;
    compact(clusterId: string): void;
  };
  /** From now on the account's flow logs write nothing, until each was switched off and on again. */
  rotateKeys(accountId: string): void;
  readonly faults: Faults;
  /** Events that Event Grid gave up. */
  readonly deadLetters: readonly DeadLetter[];
  /** Does the schema's handshake first and throws when the webhook fails it. */
  subscribe(webhookUrl: string, schema: EventSchema, filter?: EventFilter): Promise<void>;
  /** No event waits for delivery and no long-running operation runs. */
  idle(): boolean;
  close(): Promise<void>;
}

/** An Azure subscription on this machine: Resource Manager, log ingestion, managed identity, Event Grid. */
export async function startSubscription(options: SubscriptionOptions): Promise<SimulatedSubscription> {
  const settings = settingsOf(options);
  const aliases = options.aliases === undefined ? new Map<never, never>() : await loadAliases(options.aliases);
  const certificate = await createCertificate();
  const server = await startServer(certificate);
  const identity = await startIdentity(settings);
  const store = createStore();
  const faults = createFaults();
  const operations = createOperations();
  const events = createEventGrid(settings, faults);
  const activityLog = createActivityLog(settings);
  const origin = `https://localhost:${String(server.port)}`;
  const relations = createRelations(store);
  const tables: Rows = new Map();
  const cloud: Cloud = {
    settings,
    origin,
    store,
    relations,
    operations,
    faults,
    events: {
      raise: (occurrence) => {
        activityLog.note(occurrence);
        events.raise(occurrence);
      },
    },
    activityLog,
    policyStates: createPolicyStates(),
    flows: createFlows(),
    rows: tables,
    usage: createUsage(),
    aliases,
    read: (id) => read(cloud, id),
    ...(options.grants && { grants: options.grants }),
  };
  const limits = createLimits(settings.limits, settings.clock);
  const authorization = createAuthorization(options.grants, cloud);
  const clusters = createClusters({
    settings,
    read: cloud.read,
    guarded: options.grants !== undefined,
    start: async (own, prefix) => {
      const api = await startServer(own);
      api.serve(gateway, settings, prefix);
      return api;
    },
  });
  const gateway: Gateway = createGateway(cloud, { limits, authorization, clusters });
  const { subscriptionIds, tenantId } = settings;
  seed(cloud, [{ id: `/tenants/${tenantId}`, tenantId }]);
  seed(
    cloud,
    subscriptionIds.map((id) => subscriptionResource(id, tenantId)),
  );
  server.serve(gateway, settings);

  return {
    url: origin,
    caFile: certificate.file,
    ca: certificate.cert,
    identity: { endpoint: identity.endpoint, header: identity.header },
    seed: (resources) => {
      seed(cloud, structuredClone(resources));
    },
    put: (resource) => deploy(gateway, 'PUT', resource.id, structuredClone(resource)),
    remove: (id) => deploy(gateway, 'DELETE', id, undefined),
    get: (id) => structuredClone(cloud.read(id)),
    list: (type) => structuredClone(readAll(cloud, type)),
    requests: gateway.requests,
    usedRights: authorization.used,
    tables,
    policyStates: { set: cloud.policyStates.set },
    usage: { set: cloud.usage.set },
    inClusters: {
      put: (objects) => {
        clusters.put(structuredClone(objects));
      },
      compact: clusters.compact,
    },
    rotateKeys: (accountId) => {
      cloud.flows.rotateKeys(accountId, cloud);
    },
    faults,
    deadLetters: events.deadLetters,
    subscribe: (url, schema, filter) => events.subscribe(url, schema, filter),
    idle: () => events.waiting() === 0 && operations.running() === 0,
    async close() {
      operations.close();
      events.close();
      await Promise.all([server.close(), identity.close(), certificate.remove(), clusters.close()]);
    },
  };
}

function settingsOf(options: SubscriptionOptions): Settings {
  const { subscriptionIds, tenantId, identityClientId, latency = {} } = options;
  return {
    subscriptionIds,
    tenantId,
    identityClientId,
    readMs: latency.readMs ?? 0,
    writeMs: latency.writeMs ?? 0,
    operationMs: latency.operationMs ?? 0,
    limits: options.limits ?? true,
    pageSize: options.pageSize ?? 100,
    eventDelayMs: options.eventDelayMs ?? 0,
    eventRetryScale: options.eventRetryScale ?? 1,
    activityLogLagMs: options.activityLogLagMs ?? 0,
    retentionOverwritesLifecycleRules: options.retentionOverwritesLifecycleRules ?? true,
    clock: options.clock ?? Date.now,
  };
}

const subscriptionResource = (subscriptionId: string, tenantId: string): WireResource => ({
  id: `/subscriptions/${subscriptionId}`,
  subscriptionId,
  tenantId,
  displayName: subscriptionId,
  state: 'Enabled',
  subscriptionPolicies: {
    locationPlacementId: 'Public_2014-09-01',
    quotaId: 'PayAsYouGo_2014-09-01',
    spendingLimit: 'Off',
  },
  authorizationSource: 'RoleBased',
  managedByTenants: [],
});

async function deploy(gateway: Gateway, method: 'PUT' | 'DELETE', id: string, body: unknown): Promise<void> {
  const query = new URLSearchParams({ 'api-version': '2024-01-01' });
  const correlationId = randomUUID();
  const request = { method, path: id, query, headers: {}, body, caller: 'deployer', correlationId } as const;
  const { answer, operation } = await gateway.handle({ ...request, deployment: true }, 0);
  if (answer === undefined) throw new Error(`${method} ${id}: a fault cut the connection`);
  if (answer.status >= 400) {
    const { code, message } = fieldsOf(answer.body, 'error');
    throw new Error(`${method} ${id}: ${String(answer.status)} ${String(code)}: ${String(message)}`);
  }
  const error = await operation?.settled;
  if (error !== undefined) throw new Error(`${method} ${id}: ${error.code}: ${error.message}`);
}
