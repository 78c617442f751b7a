import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { placeIn, type Place } from '../../shared/azure/kubernetes/kubeconfig';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import type { Resource } from '../../shared/core/resource';
import { groupOf } from '../../shared/kubernetes/fields';
import { isClusterScoped, objectIdOf, pluralOf } from '../../shared/kubernetes/ids';
import { clusterId } from '../azure/cluster-given';
import { simulatedAzure, type SimulatedAzure } from '../azure/simulated-azure';
import { resource, subscription } from '../given';
import { clusterAudience, type ClusterObject } from '../sandbox/subscription/index';

/** Who asks: whoever may do everything, whom infra/kubernetes/reader.yaml lets read, or who was granted nothing. */
export type Caller = 'admin' | 'reader' | 'stranger';

export interface Told {
  readonly status: number;
  readonly encoding: string | undefined;
  /** Bytes as they came. */
  readonly size: number;
  readonly text: string;
  readonly body: unknown;
}

/** A cluster that the suite may fill, with its API server. */
export interface Access {
  readonly place: Place;
  readonly token: string;
}

/** A cluster that the suite may fill, with its API server. */
export interface ClusterTarget {
  readonly name: 'live' | 'simulated';
  /** Where the cluster's resource is: a live API server has none. */
  readonly azure: SimulatedAzure;
  /** As the API server names whom reader.yaml lets read. */
  readonly user: string;
  access(caller: Caller): Access;
  /** The plain API. */
  ask(path: string, caller?: Caller): Promise<Told>;
  /** As controllers and kubelets would: with state, and on their way out. */
  put(objects: readonly KubernetesObject[]): Promise<void>;
  /** Until the list that this path goes on with cannot be gone on with. */
  expire(path: string): Promise<void>;
  close(): Promise<void>;
}

const type = 'Microsoft.ContainerService/managedClusters';
const grants = [
  { role: 'r', scope: subscription, actions: [`${type}/read`, `${type}/listClusterUserCredential/action`] },
];

/**
 * The cluster of STEWARD_CONTRACT_KUBECONFIG when it names a kubeconfig with one cluster and the users `admin`, `reader` and
 * `stranger`, each with a token; else the simulated one. What the suite makes in a live cluster stays there: delete it.
 */
export async function clusterTarget(): Promise<ClusterTarget> {
  const file = process.env['STEWARD_CONTRACT_KUBECONFIG'];
  const azure = await simulatedAzure({ limits: false, grants });
  return file === undefined ? simulatedCluster(azure) : liveCluster(azure, readFileSync(file, 'utf8'));
}

export const clusterIdOf = (name: string): string => clusterId.replace(/[^/]+$/, name);

/** A cluster that knows Entra ID, and whose own roles say who may do what. */
export const goingByRoles = (id: string): Resource => ({
  ...resource(id, {
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded', powerState: { code: 'Running' }, aadProfile: { managed: true } },
  }),
});

async function simulatedCluster(azure: SimulatedAzure): Promise<ClusterTarget> {
  const [open, closed] = [clusterIdOf('aks-contract'), clusterIdOf('aks-closed')];
  for (const id of [open, closed]) azure.seed([goingByRoles(id)]);
  const places = { open: await simulatedPlace(azure, open), closed: await simulatedPlace(azure, closed) };
  const steward = await tokenFor(azure, clusterAudience);
  const access = (caller: Caller): Access => ({
    place: caller === 'stranger' ? places.closed : places.open,
    token: caller === 'admin' ? 'admin' : steward,
  });
  return {
    name: 'simulated',
    azure,
    user: 'c0ffee00-0000-4000-8000-00000000aaaa',
    access,
    ask: (path, caller = 'admin') => told(access(caller), { path }),
    put: async (objects) =>
      azure.azure.inClusters.put(
        [open, closed].flatMap((id) =>
          objects.filter((one) => id === open || !isBinding(one)).map((object) => inCluster(id, object)),
        ),
      ),
    expire: async () => azure.azure.inClusters.compact(open),
    close: () => azure.close(),
  };
}

const isBinding = ({ kind }: KubernetesObject): boolean => kind === 'ClusterRoleBinding';

async function simulatedPlace(azure: SimulatedAzure, id: string): Promise<Place> {
  const response = await fetch(`${azure.azure.url}${id}/listClusterUserCredential?api-version=2025-05-01`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenFor(azure, 'https://management.azure.com')}` },
  });
  return placeIn(await response.json());
}

const tokenFor = async ({ arm }: SimulatedAzure, audience: string): Promise<string> =>
  (await arm.credential.getToken(`${audience}/.default`))?.token ?? '';

function inCluster(clusterId: string, object: KubernetesObject): ClusterObject {
  const { group, version } = versionOf(object);
  const id = objectIdOf(clusterId, { ...object, ...object.metadata, name: object.metadata.name ?? '' });
  return { clusterId, id, group, version, plural: pluralOf(object.kind), object };
}

function versionOf({ apiVersion }: KubernetesObject): { readonly group: string; readonly version: string } {
  const group = groupOf(apiVersion);
  return { group, version: group === '' ? apiVersion : apiVersion.slice(group.length + 1) };
}

interface Kubeconfig {
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
}

async function liveCluster(azure: SimulatedAzure, kubeconfig: string): Promise<ClusterTarget> {
  const place = placeIn({ kubeconfigs: [{ value: Buffer.from(kubeconfig).toString('base64') }] });
  const { users } = parse(kubeconfig) as Kubeconfig;
  const access = (caller: Caller): Access => ({
    place,
    token: users.find(({ name }) => name === caller)?.user.token ?? '',
  });
  const send = (asking: Asking): Promise<Told> => told(access('admin'), asking);
  return {
    name: 'live',
    azure,
    user: await userOf(send, access('reader').token),
    access,
    ask: (path, caller = 'admin') => told(access(caller), { path }),
    put: async (objects) => {
      for (const object of objects) await applied(send, object);
    },
    expire: async (path) => {
      while ((await send({ path })).status !== 410) await soon();
    },
    close: () => azure.close(),
  };
}

type Send = (asking: Asking) => Promise<Told>;

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000));

async function userOf(send: Send, token: string): Promise<string> {
  const { body } = await send({
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    method: 'POST',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  });
  return (body as { readonly status: { readonly user: { readonly username: string } } }).status.user.username;
}

/** A controller or a kubelet would write the state; a finalizer keeps what is deleted. */
async function applied(send: Send, object: KubernetesObject): Promise<void> {
  const { status, metadata, ...rest } = object;
  const { deletionTimestamp, ...own } = metadata;
  const finalizers = deletionTimestamp === undefined ? {} : { finalizers: ['steward.example/contract'] };
  const [path, name] = [pathOf(object), metadata.name ?? ''];
  const body = { ...rest, metadata: { ...own, ...finalizers } };
  const told = await ready(() => send({ method: 'POST', path, body }));
  if (told.status >= 300 && told.status !== 409) throw new Error(`${path}/${name}: ${told.text}`);
  if (status !== undefined)
    await send({ method: 'PATCH', path: `${path}/${name}/status`, body: { status }, type: 'merge-patch+json' });
  if (deletionTimestamp !== undefined) await send({ method: 'DELETE', path: `${path}/${name}` });
}

/** A kind that was just defined is served in a moment. */
async function ready(work: () => Promise<Told>, tries = 20): Promise<Told> {
  const answer = await work();
  if (answer.status !== 404 || tries === 0) return answer;
  await soon();
  return ready(work, tries - 1);
}

function pathOf(object: KubernetesObject): string {
  const { group, version } = versionOf(object);
  const { namespace = 'default' } = object.metadata;
  const within = isClusterScoped(object) ? '' : `/namespaces/${namespace}`;
  return `/${group === '' ? 'api' : `apis/${group}`}/${version}${within}/${pluralOf(object.kind)}`;
}

interface Asking {
  readonly path: string;
  readonly method?: string;
  readonly body?: object;
  readonly type?: string;
}

function told({ place, token }: Access, { path, method = 'GET', body, type = 'json' }: Asking): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const headers = {
    'accept-encoding': 'gzip',
    ...(token !== '' && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': `application/${type}` }),
  };
  const request = httpsRequest(`${place.server}${path}`, { ca: place.ca, method, headers }, (response) => {
    buffer(response).then((bytes) => {
      const encoding = response.headers['content-encoding'];
      const text = (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
      const isJson = response.headers['content-type']?.startsWith('application/json') === true;
      const status = response.statusCode ?? 0;
      resolve({ status, encoding, size: bytes.length, text, body: isJson ? JSON.parse(text) : undefined });
    }, reject);
  });
  request.on('error', reject);
  request.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
