import type { Field } from './failure';
import { objectsIn, textIn, textsIn, valueIn, type JsonObject } from './fields';
import { optionIn, type Container, type Pod, type Scope } from './pod';
import { podSeccompAnnotation } from './profile-checks';
import { wordings } from './wording';

/** What can be set without a guess, or a note on what a person has to decide first. */
export type Remedy =
  { readonly on: 'pod' | 'container'; readonly set: JsonObject; readonly effect: string } | { readonly decide: string };

export interface Broken {
  readonly rule: string;
  readonly field: Field;
  readonly pod: Pod;
  /** Absent: the field is the pod's own. */
  readonly container?: Container;
}

/** The smallest safe step for one field: never a user id, and nothing that somebody set on purpose. */
export function remedyFor(broken: Broken): Remedy {
  const { container, rule } = broken;
  const remedy = Object.hasOwn(remedies, rule) ? remedies[rule] : undefined;
  return (container === undefined ? undefined : remedy?.(broken, container)) ?? { decide: adviceFor(rule) };
}

const adviceFor = (rule: string): string => wordings[rule]?.remedy ?? 'change it';

type ContainerRemedy = (broken: Broken, container: Container) => Remedy | undefined;

const remedies: Readonly<Record<string, ContainerRemedy>> = {
  allowPrivilegeEscalation: noEscalation,
  capabilities_restricted: dropCapabilities,
  'explicit-capabilities': dropCapabilities,
  seccompProfile_restricted: runtimeProfile,
  runAsNonRoot: demandUser,
};

function noEscalation({ field, pod }: Broken, container: Container): Remedy {
  if (isPrivileged(container))
    return { decide: 'it cannot be set beside privileged or SYS_ADMIN: decide on those first' };
  if (field.found === true) {
    return {
      decide: 'it is allowed on purpose: set it to false if nothing in the image needs setuid or file capabilities',
    };
  }
  if (bindsLowPort(container) && userOf(pod, container) !== 0) {
    return {
      decide:
        'a port below 1024 is used: set it to false if the image binds it without file capabilities, or move the port',
    };
  }
  return {
    on: 'container',
    set: { allowPrivilegeEscalation: false },
    effect: 'may not gain more privileges than it starts with',
  };
}

function dropCapabilities({ field }: Broken, container: Container): Remedy | undefined {
  if (field.path.endsWith('.add')) {
    return { decide: `it adds ${String(field.found)}: remove it, or exempt the workload with an owner and a reason` };
  }
  if (valueIn(container.securityContext, 'privileged') === true)
    return { decide: 'it is privileged: decide on that first' };
  return {
    on: 'container',
    set: { capabilities: { drop: ['ALL'] } },
    effect: 'loses every capability that it does not add by name; a process that changes users or owners needs some',
  };
}

/** The pod names none, or it would have been found. Before 1.27 an API server refuses one that its annotation contradicts. */
function runtimeProfile({ field, pod }: Broken): Remedy | undefined {
  if (field.found !== undefined) return undefined;
  const annotated = textIn(pod.annotations, podSeccompAnnotation);
  if (annotated !== '' && !isRuntimeDefault(annotated))
    return { decide: `remove the annotation ${podSeccompAnnotation} first: it says ${annotated} on purpose` };
  return {
    on: 'pod',
    set: { seccompProfile: { type: 'RuntimeDefault' } },
    effect: "gets the container runtime's own seccomp profile",
  };
}

const isRuntimeDefault = (profile: string): boolean => profile === 'runtime/default' || profile === 'docker/default';

function demandUser({ field, pod }: Broken, container: Container): Remedy {
  if (field.found === false)
    return { decide: 'it is set to false on purpose: remove it once the image runs as another user' };
  const user = userOf(pod, container);
  if (user === 0) return { decide: 'it runs as user 0: let the image declare another user first' };
  if (user === undefined) {
    return { decide: 'the user of the image is not known here: set it to true if the image declares one by number' };
  }
  const isForAll = pod.containers.every((one) => (userOf(pod, one) ?? 0) > 0);
  return {
    on: isForAll ? 'pod' : 'container',
    set: { runAsNonRoot: true },
    effect: 'does not start when its image runs as root',
  };
}

/** The user id that is stated for a container, on itself or on its pod. */
function userOf(pod: Pod, container: Container): number | undefined {
  const user = valueIn(container.securityContext, 'runAsUser') ?? valueIn(pod.securityContext, 'runAsUser');
  return typeof user === 'number' ? user : undefined;
}

/** An API server refuses to forbid escalation beside these. */
function isPrivileged(container: Container): boolean {
  const added = addedBy(container);
  const isAdmin = added.some((name) => name === 'SYS_ADMIN' || name === 'CAP_SYS_ADMIN');
  return valueIn(container.securityContext, 'privileged') === true || isAdmin;
}

function bindsLowPort(container: Container): boolean {
  const ports = objectsIn(container.fields, 'ports').map((port) => valueIn(port, 'containerPort'));
  const isLow = ports.some((port) => typeof port === 'number' && port > 0 && port < 1024);
  return isLow || addedBy(container).includes('NET_BIND_SERVICE');
}

function addedBy({ path, securityContext }: Container): readonly string[] {
  const scope: Scope = { path, securityContext };
  return textsIn(optionIn(scope, 'capabilities') ?? {}, 'add');
}
