import { managedBy, managementOf, namespacesOfAks } from '../managed-namespaces';
import type { KubernetesObject } from '../object';
import { objectIn, textIn } from './fields';
import { metadataOf } from './workloads';

/** The namespaces that AKS answers for. One of another name that carries its label only claims to be one. */
export function systemNamespacesOf(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const managed = objects
    .filter(({ apiVersion, kind }) => kind === 'Namespace' && apiVersion === 'v1')
    .map(metadataOf)
    .map((metadata) => [textIn(metadata, 'name'), textIn(objectIn(metadata, 'labels'), managedBy)] as const)
    .filter(([name, value]) => managementOf(name, { [managedBy]: value }) === 'managed');
  return new Set([...namespacesOfAks, ...managed.map(([name]) => name)]);
}
