import type { ClusterObject, Fields, WireResource } from '../wire';
import { fieldsOf, itemsOf, textOf } from '../wire';
import type { ListPath } from './api';

/** Whether Azure role assignments say what may be read in a cluster (AKS: Microsoft Entra ID authorization). */
export function goesByAzure(cluster: WireResource): boolean {
  return fieldsOf(cluster.properties, 'aadProfile')['enableAzureRBAC'] === true;
}

/** Custom resources have one action for all of them. */
export function dataActionFor({ group, plural }: ListPath, isCustom: boolean): string {
  const clusters = 'Microsoft.ContainerService/managedClusters';
  if (isCustom) return `${clusters}/customresources/read`;
  return `${clusters}/${group === '' ? '' : `${group}/`}${plural}/read`;
}

/** Whether ClusterRoles that are bound to a user let him list a kind, or what has a name, in all namespaces. */
export function isBound(objects: readonly ClusterObject[], user: string, wanted: Listed): boolean {
  const named = (plural: string): readonly Fields[] =>
    objects.filter((one) => one.plural === plural).map(({ object }) => object);
  const roles = named('clusterrolebindings')
    .filter(({ subjects }) => itemsOf(subjects).some(({ kind, name }) => kind === 'User' && name === user))
    .map((binding) => textOf(fieldsOf(binding, 'roleRef')['name']));
  return named('clusterroles')
    .filter((role) => roles.includes(textOf(fieldsOf(role, 'metadata')['name'])))
    .flatMap(({ rules }) => itemsOf(rules))
    .some((rule) => allows(rule, wanted));
}

export interface Listed extends ListPath {
  /** Of the only objects that are asked for. */
  readonly name: string | undefined;
}

function allows({ apiGroups, resources, resourceNames, verbs }: Fields, { group, plural, name }: Listed): boolean {
  const has = (list: unknown, value: string): boolean =>
    Array.isArray(list) && (list.includes(value) || list.includes('*'));
  const isNamed = Array.isArray(resourceNames) && resourceNames.length > 0;
  return (
    has(apiGroups, group) && has(resources, plural) && has(verbs, 'list') && (!isNamed || resourceNames.includes(name))
  );
}
