import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Place } from '../../shared/azure/kubernetes/kubeconfig';
import { kubernetesReader } from '../../shared/azure/kubernetes-reader';
import { armReader } from '../../shared/azure/arm-reader';
import { AzureError } from '../../shared/core/errors';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import { readKinds } from '../../shared/kubernetes/kinds';
import { createCertificate, type Certificate } from '../sandbox/subscription/certificate';
import { clusterIdOf, goingByRoles, type Access, type ClusterTarget } from './cluster-target';

export type List = (kind: ObjectKind) => Promise<readonly KubernetesObject[]>;

let connections = 0;

/**
 * What the app does: the cluster's resource, its kubeconfig, and lists. Only the kubeconfig and the token for the cluster are
 * given to it here.
 */
export function reading({ azure }: ClusterTarget, { place, token }: Access): List {
  const id = clusterIdOf(`aks-${(connections += 1)}`);
  azure.seed([goingByRoles(id)]);
  const kubeconfigs = [{ name: 'clusterUser', value: Buffer.from(kubeconfig(place)).toString('base64') }];
  azure.fault(`${id}/listClusterUserCredential`, { kind: 'respond', status: 200, body: { kubeconfigs } }, Infinity);
  const { arm } = azure;
  const credential: typeof arm.credential = {
    getToken: async (scopes, options) =>
      String(scopes) === arm.tokenScope
        ? arm.credential.getToken(scopes, options)
        : { token, expiresOnTimestamp: Date.now() + 3_600_000 },
  };
  const now = (): string => new Date().toISOString();
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const reader = kubernetesReader({ ...arm, credential }, { kinds: readKinds, now, pause }, armReader(arm, now));
  return async ({ group, version, plural }) => {
    const { result } = await reader.read({ kind: 'objects', cluster: id, group, version, plural });
    if (result.state !== 'read') throw new Error('a list is read or refused');
    return result.value as readonly KubernetesObject[];
  };
}

const kubeconfig = ({ server, ca }: Place): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${Buffer.from(ca).toString('base64')}
    server: ${server}
  name: contract
kind: Config
`;

export async function refusalOf(work: Promise<unknown>): Promise<AzureError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`a refusal was expected, and this came: ${String(error)}`);
}

export interface Between {
  readonly place: Place;
  /** Methods and paths, in order. */
  readonly asked: readonly string[];
}

const open: (() => Promise<void>)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** Stands between the app and the API server and passes on everything as it is, but for the path. */
export async function between(place: Place, onward: (path: string) => string = (path) => path): Promise<Between> {
  const certificate: Certificate = await createCertificate(`Between ${(connections += 1)}`);
  const asked: string[] = [];
  const server = createServer(certificate, ({ url = '', method = '', headers }, outgoing) => {
    asked.push(`${method} ${url}`);
    const request = httpsRequest(`${place.server}${onward(url)}`, { ca: place.ca, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    request.on('error', () => outgoing.destroy());
    request.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await certificate.remove();
  });
  const { port } = server.address() as AddressInfo;
  return { place: { server: `https://localhost:${port}`, ca: certificate.cert }, asked };
}
