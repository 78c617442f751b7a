import { isObject, objectIn, objectsIn, textIn, valueIn, type JsonObject } from './fields';

/** A container of any of the three lists. */
export interface Container {
  readonly name: string;
  /** `spec.containers[web]`; without a name the position stands for it. */
  readonly path: string;
  readonly fields: JsonObject;
  readonly securityContext: JsonObject;
}

/** A pod, or the template of one, as the checks read it. */
export interface Pod {
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
  readonly securityContext: JsonObject;
  /** Init containers first, then the ordinary, then ephemeral ones. */
  readonly containers: readonly Container[];
  readonly volumes: readonly JsonObject[];
  /** `spec.os.name` says so; a selector of nodes does not count. */
  readonly isWindows: boolean;
  /** It runs in a user namespace of its own: `hostUsers` is false. */
  readonly hasOwnUsers: boolean;
}

/** Reads `{ metadata, spec }` of a pod or of a template. Whatever has a wrong type counts as absent. */
export function readPod(template: JsonObject): Pod {
  const spec = objectIn(template, 'spec');
  return {
    annotations: objectIn(objectIn(template, 'metadata'), 'annotations'),
    spec,
    securityContext: objectIn(spec, 'securityContext'),
    containers: containerLists.flatMap((list) => objectsIn(spec, list).map((one, at) => readContainer(list, one, at))),
    volumes: objectsIn(spec, 'volumes'),
    isWindows: textIn(objectIn(spec, 'os'), 'name') === 'windows',
    hasOwnUsers: valueIn(spec, 'hostUsers') === false,
  };
}

export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

function readContainer(list: string, fields: JsonObject, at: number): Container {
  const name = textIn(fields, 'name');
  return {
    name,
    path: `spec.${list}[${name === '' ? at : name}]`,
    fields,
    securityContext: objectIn(fields, 'securityContext'),
  };
}

/** Where a security context stands: on the pod (no container), or on one of its containers. */
export interface Scope {
  readonly container?: string;
  readonly path: string;
  readonly securityContext: JsonObject;
}

export function containerScopes(pod: Pod): readonly Scope[] {
  return pod.containers.map(({ name, path, securityContext }) => ({
    container: name,
    path: `${path}.securityContext`,
    securityContext,
  }));
}

/** The pod's own security context, then those of its containers. */
export function scopes(pod: Pod): readonly Scope[] {
  return [{ path: 'spec.securityContext', securityContext: pod.securityContext }, ...containerScopes(pod)];
}

/** An object in a scope's context, such as `seccompProfile`, or undefined where it is absent. */
export function optionIn(scope: Scope, key: string): JsonObject | undefined {
  const value = valueIn(scope.securityContext, key);
  return isObject(value) ? value : undefined;
}
