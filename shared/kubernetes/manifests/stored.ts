import { at, fieldsOf, isFields, listOf, type Fields } from '../fields';
import type { KubernetesObject } from '../object';
import { podTemplateOf } from '../pod-template';
import { storedPolicy } from './stored-policy';

/** What the API server stores when it is sent an object: filled in where the meaning depends on it, and nowhere else. */
export function asStored(object: KubernetesObject): KubernetesObject {
  const template = podTemplateOf(object);
  if (template !== undefined) return withPodSpec(object, template, storedPodSpec(fieldsOf(at(object, ...template))));
  if (object.kind === 'NetworkPolicy' && object.apiVersion.endsWith('/v1') && isFields(object.spec))
    return { ...object, spec: storedPolicy(object.spec) as NonNullable<KubernetesObject['spec']> };
  if (object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding') return storedBinding(object);
  return object;
}

function withPodSpec(object: KubernetesObject, path: readonly string[], spec: Fields): KubernetesObject {
  return replaced(object, path, spec) as KubernetesObject;
}

function replaced(value: unknown, [field, ...rest]: readonly string[], inner: Fields): unknown {
  if (field === undefined) return isFields(value) ? inner : value;
  if (!isFields(value)) return value;
  return { ...value, [field]: replaced(value[field], rest, inner) };
}

function storedPodSpec(spec: Fields): Fields {
  const isOnHost = spec['hostNetwork'] === true;
  const containers = ['containers', 'initContainers', 'ephemeralContainers']
    .filter((field) => Array.isArray(spec[field]))
    .map((field) => [field, listOf(spec[field]).map((one) => storedContainer(one, isOnHost))]);
  const volumes = Array.isArray(spec['volumes']) ? { volumes: listOf(spec['volumes']).map(storedVolume) } : {};
  return { ...spec, ...(Object.fromEntries(containers) as Fields), ...volumes };
}

/** A volume that has a name and no source is an empty folder. */
function storedVolume(volume: unknown): unknown {
  if (!isFields(volume)) return volume;
  const hasSource = Object.entries(volume).some(([field, value]) => field !== 'name' && value !== null);
  return hasSource ? volume : { ...volume, emptyDir: {} };
}

function storedContainer(container: unknown, isOnHost: boolean): unknown {
  if (!isFields(container) || !Array.isArray(container['ports'])) return container;
  return { ...container, ports: listOf(container['ports']).map((port) => storedPort(port, isOnHost)) };
}

/** On the host's network a container's port is the host's. */
function storedPort(port: unknown, isOnHost: boolean): unknown {
  if (!isFields(port)) return port;
  const onHost = isOnHost && port['hostPort'] === undefined ? { hostPort: port['containerPort'] } : {};
  return { protocol: 'TCP', ...port, ...onHost };
}

const RBAC = 'rbac.authorization.k8s.io';

function storedBinding(object: KubernetesObject): KubernetesObject {
  const { roleRef, subjects } = object;
  return {
    ...object,
    ...(isFields(roleRef) ? { roleRef: { apiGroup: RBAC, ...roleRef } } : {}),
    ...(Array.isArray(subjects) ? { subjects: listOf(subjects).map(storedSubject) } : {}),
  };
}

function storedSubject(subject: unknown): unknown {
  if (!isFields(subject) || (subject['kind'] !== 'User' && subject['kind'] !== 'Group')) return subject;
  return { apiGroup: RBAC, ...subject };
}
