import { createCertificate } from '../certificate';
import type { Certificate } from '../certificate';
import { callers } from '../events';
import { key, nameOf } from '../ids';
import type { Settings } from '../cloud';
import type { Answer, ClusterObject, Request, WireResource } from '../wire';
import { notFound } from '../answers';
import { answerApi, listPathOf } from './api';
import type { ClusterState } from './api';
import { nameIn } from './field-selector';
import { dataActionFor, goesByAzure, isBound } from './rights';
import { servedBy } from './served';
import { clusterRefusals } from './status';

/** The audience of tokens for every cluster (AKS: use kubelogin to authenticate). */
export const clusterAudience = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** Paths of API servers stand behind this and the cluster's id: each has an address of its own. */
const prefix = '/cluster-api';
export const isClusterApi = (path: string): boolean => path.startsWith(`${prefix}/`);
const credential = /^(.+\/managedClusters\/[^/]+)\/listClusterUserCredential$/i;

export interface Clusters {
  readonly put: (objects: readonly ClusterObject[]) => void;
  /** From now on lists that were begun before cannot be gone on with. */
  readonly compact: (clusterId: string) => void;
  /** The kubeconfig of a user, for the request that asks for it. Starts the cluster's API server. */
  readonly credentials: (request: Request) => Promise<Answer | undefined>;
  readonly answer: (request: Request, may: Permitted) => Answer;
  readonly close: () => Promise<void>;
}

/** Whether a role assignment lets Steward's identity do it. */
type Permitted = (action: string, scope: string) => boolean;

export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ClusterMeans {
  readonly settings: Settings;
  /** Starts an HTTPS server whose requests go to paths behind the prefix. */
  readonly start: (certificate: Certificate, prefix: string) => Promise<ApiServer>;
  readonly read: (id: string) => WireResource | undefined;
  /** Whether rights are looked at. */
  readonly guarded: boolean;
}

/** The API servers of all clusters: one address each, one authority for all of them, which is not Azure's. */
export function createClusters({ settings, start, read, guarded }: ClusterMeans): Clusters {
  const states = new Map<string, ClusterState>();
  const servers = new Map<string, Promise<ApiServer>>();
  let certificate: Promise<Certificate> | undefined;
  const stateOf = (id: string): ClusterState => states.get(key(id)) ?? { objects: [], revision: 100, compacted: 0 };
  const change = (id: string, next: Partial<ClusterState>): void => {
    const state = stateOf(id);
    states.set(key(id), { ...state, revision: state.revision + 1, ...next });
  };
  const server = async (id: string): Promise<{ readonly port: number; readonly ca: string }> => {
    const own = await (certificate ??= createCertificate('Steward sandbox clusters'));
    const running = servers.get(key(id)) ?? start(own, `${prefix}${id}`);
    servers.set(key(id), running);
    return { port: (await running).port, ca: own.cert };
  };
  return {
    put: (objects) => {
      for (const one of objects)
        change(one.clusterId, {
          objects: [...stateOf(one.clusterId).objects.filter((other) => key(other.id) !== key(one.id)), one],
        });
    },
    compact: (id) => change(id, { compacted: stateOf(id).revision + 1 }),
    credentials: async ({ method, path }) => {
      const id = credential.exec(path)?.[1];
      if (method !== 'POST' || id === undefined) return undefined;
      if (read(id) === undefined) return notFound.parent('read', 'managedClusters', id);
      const { port, ca } = await server(id);
      return { status: 200, body: { kubeconfigs: [{ name: 'clusterUser', value: kubeconfig(nameOf(id), port, ca) }] } };
    },
    answer: (request, may) => {
      const { id, path } = partsOf(request.path);
      const cluster = read(id);
      if (cluster === undefined) return clusterRefusals.unknownPath();
      const state = stateOf(id);
      const listed = listPathOf(path);
      if (!guarded || request.caller !== 'steward' || listed === undefined)
        return answerApi(state, path, request.query);
      const { objectId } = callers.steward(settings.identityClientId, settings.tenantId);
      const wanted = { ...listed, name: nameIn(request.query) };
      const isCustom = !isBuiltIn(wanted);
      const allowed = goesByAzure(cluster)
        ? may(dataActionFor(wanted, isCustom), id)
        : isBound(state.objects, objectId, wanted);
      return allowed ? answerApi(state, path, request.query) : clusterRefusals.forbidden(objectId, wanted);
    },
    close: async () => {
      for (const running of servers.values()) await (await running).close();
      await (await certificate)?.remove();
    },
  };
}

/** What no cluster has to define first. */
const isBuiltIn = ({
  group,
  version,
  plural,
}: {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}): boolean => servedBy([]).get(`${group}/${version}`)?.has(plural) === true;

/** The cluster's id and the path of its API server. */
export function partsOf(path: string): { readonly id: string; readonly path: string } {
  const [, id = '', rest = ''] = /^\/cluster-api(\/.+?\/managedClusters\/[^/]+)(\/.*)?$/i.exec(path) ?? [];
  return { id, path: rest };
}

function kubeconfig(name: string, port: number, ca: string): string {
  const lines = [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    `    server: https://localhost:${String(port)}`,
    `  name: ${name}`,
    'contexts:',
    '- context:',
    `    cluster: ${name}`,
    `    user: clusterUser_${name}`,
    `  name: ${name}`,
    `current-context: ${name}`,
    'kind: Config',
    'preferences: {}',
    'users:',
    `- name: clusterUser_${name}`,
    '  user:',
    '    exec:',
    '      apiVersion: client.authentication.k8s.io/v1beta1',
    '      command: kubelogin',
    `      args: [get-token, --server-id, ${clusterAudience}]`,
    '',
  ];
  return Buffer.from(lines.join('\n')).toString('base64');
}
