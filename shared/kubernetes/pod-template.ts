import { at, fieldsIn, fieldsOf, textOf, type Fields } from './fields';
import type { KubernetesObject } from './object';

/** Where an object has the spec of the pods that it makes; undefined: it makes none. */
export function podTemplateOf({ kind, apiVersion }: KubernetesObject): readonly string[] | undefined {
  const path = TEMPLATES.get(kind);
  return path?.groups.includes(apiVersion.replace(/\/?v\d.*$/, '')) === true ? path.path : undefined;
}

const inTemplate = ['spec', 'template', 'spec'];
const TEMPLATES: ReadonlyMap<string, { readonly groups: readonly string[]; readonly path: readonly string[] }> =
  new Map([
    ['Pod', { groups: [''], path: ['spec'] }],
    ['PodTemplate', { groups: [''], path: ['template', 'spec'] }],
    ['ReplicationController', { groups: [''], path: inTemplate }],
    ['Deployment', { groups: ['apps', 'extensions'], path: inTemplate }],
    ['DaemonSet', { groups: ['apps', 'extensions'], path: inTemplate }],
    ['ReplicaSet', { groups: ['apps', 'extensions'], path: inTemplate }],
    ['StatefulSet', { groups: ['apps'], path: inTemplate }],
    ['Job', { groups: ['batch'], path: inTemplate }],
    ['CronJob', { groups: ['batch'], path: ['spec', 'jobTemplate', 'spec', 'template', 'spec'] }],
  ]);

/** The spec of the pods that an object makes, or of the pod that it is. */
export function podSpecOf(object: KubernetesObject): Fields | undefined {
  const path = podTemplateOf(object);
  return path === undefined ? undefined : fieldsOf(at(object, ...path));
}

/** Something else made it, and is judged in its place. */
export function isOwned({ metadata }: KubernetesObject): boolean {
  return (metadata.ownerReferences ?? []).some(({ controller }) => controller === true);
}

/** Its containers that run as long as the pod does, and those that prepare it. */
export function containersOf(object: KubernetesObject): readonly Fields[] {
  const spec = podSpecOf(object) ?? {};
  return [...fieldsIn(spec['containers']), ...fieldsIn(spec['initContainers'])];
}

/** What a container is called with: command, then arguments. */
export function argumentsOf({ command, args }: Fields): readonly string[] {
  return [command, args].flatMap((list) => (Array.isArray(list) ? list.map((one: unknown) => textOf(one)) : []));
}

/** The value of `--name=value` or `--name value`, also with one dash; undefined: the argument is not there. */
export function argumentOf(container: Fields, name: string): string | undefined {
  const all = argumentsOf(container);
  const index = all.findIndex((one) => one.replace(/^--?/, '').split('=')[0] === name && one.startsWith('-'));
  const found = all[index];
  if (found === undefined) return undefined;
  if (found.includes('=')) return found.slice(found.indexOf('=') + 1);
  const next = all[index + 1] ?? '';
  return next.startsWith('-') ? '' : next;
}
