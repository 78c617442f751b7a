import { fieldsOf, isFields, listOf, textOf, wrongType, type Fields } from './fields';

/** What identifies an object of a cluster for people: `Role app/reader`, `ClusterRole view`. */
export function titleOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** An object's namespace; one that names none is put into `default`. */
export function namespaceOf(object: Fields): string {
  return textOf(fieldsOf(object, 'metadata'), 'namespace') ?? 'default';
}

export function nameOf(object: Fields): string {
  return textOf(fieldsOf(object, 'metadata'), 'name') ?? '';
}

export const rbacGroup = 'rbac.authorization.k8s.io';

/** Whether an object is of the group that holds roles and bindings, in any of its versions. */
export function isRbac(object: Fields): boolean {
  return textOf(object, 'apiVersion')?.split('/')[0] === rbacGroup;
}

/** What a name of a role or binding may not be («Kubernetes: path segment names»). */
export function isPathName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}

/** A name as ServiceAccounts need it («RFC 1123 subdomain»). */
export function isSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** Why the API server would refuse the metadata of a role or binding. */
export function complaintsOfMetadata(object: Fields): readonly string[] {
  const metadata = fieldsOf(object, 'metadata');
  const wrong = [
    ...wrongType(object.metadata, 'object', 'metadata'),
    ...wrongType(metadata.name, 'text', 'metadata.name'),
    ...wrongType(metadata.namespace, 'text', 'metadata.namespace'),
    ...['labels', 'annotations'].flatMap((name) => complaintsOfTexts(metadata[name], `metadata.${name}`)),
  ];
  if (wrong.length > 0) return wrong;
  const name = nameOf(object);
  if (name === '') return ['metadata.name is missing'];
  return isPathName(name) ? [] : ['metadata.name may not be a path'];
}

function complaintsOfTexts(value: unknown, path: string): readonly string[] {
  if (!isFields(value)) return wrongType(value, 'object', path);
  const odd = Object.keys(value).find((key) => value[key] !== null && typeof value[key] !== 'string');
  return odd === undefined ? [] : [`${path}: every value has to be a text`];
}

/** The objects of a list, lists within lists too. */
export function flattened(objects: readonly unknown[]): readonly Fields[] {
  const found: Fields[] = [];
  const waiting: unknown[] = objects.toReversed();
  while (waiting.length > 0) {
    const object = waiting.pop();
    if (!isFields(object)) continue;
    const isList = textOf(object, 'kind')?.endsWith('List') === true && Array.isArray(object.items);
    if (!isList) found.push(object);
    for (const item of isList ? listOf(object, 'items').toReversed() : []) waiting.push(item);
  }
  return found;
}
