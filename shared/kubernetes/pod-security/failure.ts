import type { Json } from '../../core/resource';
import type { Container, Pod, Scope } from './pod';

/** One field that a check objects to. */
export interface Field {
  /** From the pod or template on: `spec.containers[web].securityContext.privileged`. */
  readonly path: string;
  /** Absent: the field is the pod's own. */
  readonly container?: string;
  /** Absent: the field is missing. */
  readonly found?: Json;
}

/** Why a check refuses a pod: `reason` and `detail` in the words that an API server uses for it. */
export interface Failure {
  readonly reason: string;
  readonly detail: string;
  readonly fields: readonly Field[];
}

/** Undefined: the pod is allowed. */
export type Check = (pod: Pod) => Failure | undefined;

/** The failure, when there is any field to object to. */
export function failure(
  reason: string,
  fields: readonly Field[],
  detail: (fields: readonly Field[]) => string,
): Failure | undefined {
  return fields.length === 0 ? undefined : { reason, detail: detail(fields), fields };
}

export function fieldOf(scope: Scope, key: string, found?: Json): Field {
  return {
    path: `${scope.path}.${key}`,
    ...(scope.container !== undefined && { container: scope.container }),
    ...(found !== undefined && { found }),
  };
}

export function fieldIn(container: Container, key: string, found: Json): Field {
  return { path: `${container.path}.${key}`, container: container.name, found };
}

export function quoted(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ');
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** `containers "a", "b"`, in the order of the fields. */
export function containersOf(fields: readonly Field[]): string {
  const names = containerNames(fields);
  return `${plural('container', names.length)} ${quoted(names)}`;
}

/** Each container that has a field among these; of two of the same name in two lists, both. */
function containerNames(fields: readonly Field[]): readonly string[] {
  const byContainer = new Map(fields.map(({ path, container }) => [path.slice(0, path.indexOf(']')), container]));
  return [...byContainer.values()].filter((name) => name !== undefined);
}

/** `pod and containers "a", "b"`, whichever of them there is. */
export function settersOf(fields: readonly Field[]): string {
  const ofPod = fields.some(({ container }) => container === undefined);
  const ofContainers = fields.filter(({ container }) => container !== undefined);
  return [...(ofPod ? ['pod'] : []), ...(ofContainers.length > 0 ? [containersOf(ofContainers)] : [])].join(' and ');
}

/** The different values that were found, sorted. */
export function valuesOf(fields: readonly Field[]): readonly string[] {
  return sorted(fields.map(({ found }) => String(found)));
}

export function sorted(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].toSorted();
}
