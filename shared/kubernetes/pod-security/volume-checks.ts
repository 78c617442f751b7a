import { failure, plural, quoted, sorted, type Check } from './failure';
import { textIn, valueIn, type JsonObject } from './fields';

const allowedSources = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;

const refusedSources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'azureDisk',
  'vsphereVolume',
  'quobyte',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

export const restrictedVolumes: Check = (pod) => {
  const refused = pod.volumes
    .filter((volume) => !allowedSources.some((source) => valueIn(volume, source) !== undefined))
    .map((volume) => ({ name: textIn(volume, 'name'), source: sourceOf(volume) }));
  const sources = sorted(refused.map(({ source }) => source));
  return failure(
    'restricted volume types',
    refused.map(({ name, source }) => ({
      path: `spec.volumes[${name}]${source === 'unknown' ? '' : `.${source}`}`,
      found: '…',
    })),
    () =>
      `${plural('volume', refused.length)} ${quoted(refused.map(({ name }) => name))} ` +
      `${refused.length === 1 ? 'uses' : 'use'} restricted volume ${plural('type', sources.length)} ${quoted(sources)}`,
  );
};

function sourceOf(volume: JsonObject): string {
  return refusedSources.find((source) => valueIn(volume, source) !== undefined) ?? 'unknown';
}
