import { fieldOf, type Field } from './failure';
import { textsIn, valueIn } from './fields';
import { containerScopes, optionIn, type Pod, type Scope } from './pod';

export interface ExplicitSetting {
  readonly rule: string;
  readonly fields: readonly Field[];
}

/** What the requirement wants stated beyond the standard. Pods of Windows have none of it. */
export function missingSettingsOf(pod: Pod): readonly ExplicitSetting[] {
  if (pod.isWindows) return [];
  const inherited = (key: string): readonly Field[] =>
    isNumber(pod.securityContext, key) ? [] : missing(pod, key, (scope) => isNumber(scope.securityContext, key));
  return [
    { rule: 'explicit-runAsUser', fields: inherited('runAsUser') },
    { rule: 'explicit-runAsGroup', fields: inherited('runAsGroup') },
    { rule: 'explicit-fsGroup', fields: missingGroupOfVolumes(pod) },
    { rule: 'explicit-capabilities', fields: containerScopes(pod).flatMap(keptCapabilities) },
    { rule: 'explicit-seLinuxOptions', fields: missingSeLinux(pod) },
  ].filter(({ fields }) => fields.length > 0);
}

function missing(pod: Pod, key: string, isThere: (scope: Scope) => boolean): readonly Field[] {
  return containerScopes(pod)
    .filter((scope) => !isThere(scope))
    .map((scope) => fieldOf(scope, key));
}

const isNumber = (securityContext: Scope['securityContext'], key: string): boolean =>
  typeof valueIn(securityContext, key) === 'number';

function hasOption(scope: Scope, key: string): boolean {
  return Object.values(optionIn(scope, key) ?? {}).some((value) => value !== null);
}

/** Exactly `ALL`, as later versions of the standard want it: the API server keeps `all` as it is written. */
function keptCapabilities(scope: Scope): readonly Field[] {
  if (!hasOption(scope, 'capabilities')) return [fieldOf(scope, 'capabilities')];
  const capabilities = optionIn(scope, 'capabilities') ?? {};
  if (textsIn(capabilities, 'drop').includes('ALL')) return [];
  return [fieldOf(scope, 'capabilities.drop', valueIn(capabilities, 'drop'))];
}

function missingSeLinux(pod: Pod): readonly Field[] {
  const onPod = { path: 'spec.securityContext', securityContext: pod.securityContext };
  return hasOption(onPod, 'seLinuxOptions')
    ? []
    : missing(pod, 'seLinuxOptions', (scope) => hasOption(scope, 'seLinuxOptions'));
}

/** Sources of volumes whose files the kubelet gives to the group, and into which a container writes. */
const ownedSources = [
  'persistentVolumeClaim',
  'ephemeral',
  'csi',
  'emptyDir',
  'azureDisk',
  'iscsi',
  'fc',
  'rbd',
  'cinder',
];

function missingGroupOfVolumes(pod: Pod): readonly Field[] {
  const isOwned = pod.volumes.some((volume) => ownedSources.some((source) => valueIn(volume, source) !== undefined));
  return isOwned && !isNumber(pod.securityContext, 'fsGroup') ? [{ path: 'spec.securityContext.fsGroup' }] : [];
}
