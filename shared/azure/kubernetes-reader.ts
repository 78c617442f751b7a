import { AzureError } from '../core/errors';
import type { Query } from '../core/inventory';
import type { KubernetesObject, ObjectKind } from '../core/kubernetes-object';
import type { Read } from '../core/ports';
import { keyOf, same, type Resource } from '../core/resource';
import { getJson, type Arm } from './arm-reader';
import { atMost } from './at-most';
import { reachable } from './kubernetes/connection';
import { listed, type ListedKind } from './kubernetes/list';
import { askAt, type Ask } from './kubernetes/request';

interface Reads {
  readonly read: (query: Query) => Promise<Read>;
}

export interface KubernetesOptions {
  /** Everything that may be asked for; of a kind with names, nothing else, whoever asks. */
  readonly kinds: readonly ListedKind[];
  readonly now: () => string;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

interface Connection {
  readonly ask: Ask;
  readonly azureRbac: boolean;
}

/** So many lists are read at the same time: each holds one page besides what it keeps. */
const listsAtOnce = 2;

/**
 * Lists what is in clusters from their own API servers, with the app's identity. Any other question goes to `others`. Throws
 * AzureError. Secrets, and kinds that nobody declared, are never asked for.
 */
export function kubernetesReader(arm: Arm, options: KubernetesOptions, others: Reads): Reads {
  const connections = keptConnections(arm, options, others);
  const inTurn = atMost(listsAtOnce);
  const list = async (cluster: string, kind: ListedKind): Promise<readonly KubernetesObject[]> => {
    const connection = connections.to(cluster);
    const known = await connection;
    try {
      return await listed({ ...known, pause: options.pause }, kind);
    } catch (error) {
      if (!(error instanceof AzureError) || !isOutdated(error)) throw error;
      connections.forget(cluster, connection);
    }
    return listed({ ...(await connections.to(cluster)), pause: options.pause }, kind);
  };
  return {
    read: async (query) => {
      if (query.kind !== 'objects') return others.read(query);
      const { cluster, group, version, plural } = query;
      const kind = permitted({ group, version, plural }, options.kinds);
      const readAt = options.now();
      const value = await inTurn(() => list(cluster, kind));
      return { query, readAt, result: { state: 'read', value } };
    },
  };
}

/** As it may be read. Anything else is a bug, and no answer of Azure's. */
function permitted({ group, version, plural }: ObjectKind, kinds: readonly ListedKind[]): ListedKind {
  if (/^secrets?(\/|$)/i.test(plural)) throw new Error('secrets of clusters are never read');
  const known = kinds.find((one) => one.group === group && one.version === version && one.plural === plural);
  if (known === undefined)
    throw new Error(`${plural} of ${group || 'the core group'} in ${version} are not among what may be read`);
  return known;
}

/** The token, the address or the authority may have changed since. */
function isOutdated({ code }: AzureError): boolean {
  return code === 'ClusterTokenRefused' || code === 'ClusterNotTrusted' || code === 'ClusterNotReached';
}

/** Milliseconds for which the way to a cluster is used again, and for which it is not tried again when it failed. */
const [goodFor, badFor] = [600_000, 30_000];

interface Kept {
  readonly connection: Promise<Connection>;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly failed: boolean;
}

interface Connections {
  to(cluster: string): Promise<Connection>;
  /** The next one who asks finds this way anew. */
  forget(cluster: string, connection: Promise<Connection>): void;
}

function keptConnections(arm: Arm, { now }: KubernetesOptions, others: Reads): Connections {
  const kept = new Map<string, Kept>();
  const get = getJson(arm);
  const connect = async (cluster: string): Promise<Connection> => {
    const { result } = await others.read({ kind: 'get', id: cluster });
    const resource = result.state === 'read' ? (result.value as Resource | undefined) : undefined;
    const way = await reachable(resource, { get, endpoint: arm.endpoint, now: now() });
    const ask = askAt(way, arm.credential);
    await probe(ask, way.isNew);
    return { ask, azureRbac: way.azureRbac };
  };
  const isUsable = ({ since, failed }: Kept, at: number): boolean => Math.abs(at - since) < (failed ? badFor : goodFor);
  return {
    to: (cluster) => {
      const key = keyOf(cluster);
      const since = Date.parse(now());
      const known = kept.get(key);
      if (known !== undefined && isUsable(known, since)) return known.connection;
      const connection = connect(cluster);
      kept.set(key, { connection, since, failed: false });
      connection.catch(() => {
        if (kept.get(key)?.connection === connection) kept.set(key, { connection, since, failed: true });
      });
      return connection;
    },
    forget: (cluster, connection) => {
      if (kept.get(keyOf(cluster))?.connection === connection) kept.delete(keyOf(cluster));
    },
  };
}

/** Milliseconds: who has no way to the cluster need not wait as long as who has a slow one. */
const probeTimeout = 10_000;

/** Finds out once for all kinds whether the server answers at all. Only a new cluster is asked again in a moment. */
async function probe(ask: Ask, isNew: boolean): Promise<void> {
  try {
    await ask('/version', { timeout: probeTimeout });
  } catch (error) {
    if (!(error instanceof AzureError) || !same(error.code, 'ClusterNotReached')) throw error;
    const { status, code, message } = error;
    throw new AzureError({ status, code, message, retryable: isNew, ...(isNew && { retryAfter: 60 }) }, error);
  }
}
