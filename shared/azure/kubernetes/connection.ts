import { AzureError } from '../../core/errors';
import { same, type Resource } from '../../core/resource';
import { apiVersionOf } from '../api-versions';
import type { GetJson } from '../arm-reader';
import { placeIn, type Place } from './kubeconfig';

/** The properties of a cluster that say how to reach it. */
interface Cluster {
  readonly provisioningState?: string;
  readonly powerState?: { readonly code?: string };
  readonly aadProfile?: { readonly managed?: boolean; readonly enableAzureRBAC?: boolean } | null;
}

type ClusterResource = Resource<Cluster> & { readonly systemData?: { readonly createdAt?: string } };

export interface Reachable extends Place {
  /** Whether Azure role assignments say what may be read, and no ClusterRole. */
  readonly azureRbac: boolean;
  /** Whether it is so new that it may answer in a moment. */
  readonly isNew: boolean;
}

/** Milliseconds in which a new cluster gets its address, its names and its role assignments. */
const youth = 3_600_000;

/** Seconds until a cluster that is being made is looked at again. */
const making = 60;

/**
 * Where a cluster answers, and by whose certificate. The cluster's resource tells its names and not its authority, so it is
 * asked for the kubeconfig of a user; where there is no Entra ID it would hold an administrator's key, and is not asked for.
 * Throws AzureError.
 */
export async function reachable(
  cluster: Resource | undefined,
  { get, endpoint, now }: { readonly get: GetJson; readonly endpoint: string; readonly now: string },
): Promise<Reachable> {
  if (cluster === undefined) throw refused('ClusterNotFound', 'there is no such cluster');
  const { id, properties = {}, systemData } = cluster as ClusterResource;
  const { provisioningState, powerState, aadProfile } = properties;
  if (same(provisioningState, 'Creating')) throw notReady();
  if (same(powerState?.code, 'Stopped')) throw refused('ClusterStopped', 'the cluster is stopped');
  if (aadProfile === undefined || aadProfile === null)
    throw refused('ClusterWithoutEntra', 'the cluster does not know Entra ID, so no token of the app opens it');
  const version = apiVersionOf('Microsoft.ContainerService/managedClusters') ?? '';
  const place = placeIn(
    await get(`${endpoint}${encodeURI(id)}/listClusterUserCredential?api-version=${version}`, 'POST'),
  );
  const age = Date.parse(now) - Date.parse(systemData?.createdAt ?? '');
  const isNew = age < youth || !same(provisioningState, 'Succeeded');
  return { ...place, azureRbac: aadProfile.enableAzureRBAC === true, isNew };
}

function refused(code: string, message: string): AzureError {
  return new AzureError({ status: 0, code, message, retryable: false });
}

function notReady(): AzureError {
  const message = 'the cluster is being made';
  return new AzureError({ status: 0, code: 'ClusterNotReady', message, retryable: true, retryAfter: making });
}
