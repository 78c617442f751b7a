import { setDefaultCACertificates } from 'node:tls';
import type { Reading } from '../../shared/core/inventory';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import { nothingKnown } from '../../shared/pipeline/known';
import { conclude } from '../../shared/pipeline/observe';
import { createApp } from '../../shared/world';
import { deployment } from './deployment';
import type { Sandbox } from './sandbox';
import type { Estate } from './subscription/index';

export const kind = (plural: string, group = ''): ObjectKind => ({ group, version: 'v1', plural });

/** What the app itself reads, with the rights and settings of its deployment. */
export async function readIn(
  { subscription, azurite }: Sandbox,
  estate: Estate,
  cluster: string,
  kinds: readonly ObjectKind[],
): Promise<readonly Reading<readonly KubernetesObject[]>[]> {
  setDefaultCACertificates([subscription.ca]);
  const settings = deployment(estate).settings(subscription);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']) process.env[name] = settings[name];
  const app = createApp({ ...settings, AzureWebJobsStorage: azurite.connectionString });
  const world = app.world(() => undefined);
  const id = estate.resources.find((one) => one.id.endsWith(`/managedClusters/${cluster}`))?.id ?? '';
  const draw = await conclude(world, nothingKnown(world.now()), ({ objects }) => kinds.map((one) => objects(id, one)));
  return draw.value;
}
export const names = (
  reading: Reading<readonly KubernetesObject[]> | undefined,
): readonly (string | undefined)[] | string =>
  reading?.state === 'read' ? reading.value.map(({ metadata }) => metadata.name) : (reading?.reason ?? 'nothing');
