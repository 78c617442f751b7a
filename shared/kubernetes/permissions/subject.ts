import { isFields, textOf, wrongType, type Fields } from './fields';
import { isSubdomain, rbacGroup } from './names';

/** Whom a binding can name. */
export type Subject =
  | { readonly kind: 'User' | 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string };

/** `User jane`, `ServiceAccount app/web`: one text for one subject. */
export function subjectTitle(subject: Subject): string {
  return `${subject.kind} ${subject.kind === 'ServiceAccount' ? `${subject.namespace}/` : ''}${subject.name}`;
}

/** The group of a title. */
export const groupNamed = (title: string): Subject => ({ kind: 'Group', name: title.slice('Group '.length) });

/**
 * The subject that a binding's entry names; undefined when it can name nobody. A ServiceAccount without a namespace is of
 * the RoleBinding's own («Kubernetes: rbac authorizer»); a ClusterRoleBinding has none to lend.
 */
export function subjectOf(value: unknown, bindingNamespace?: string): Subject | undefined {
  const name = textOf(value, 'name');
  const kind = textOf(value, 'kind');
  if (name === undefined) return undefined;
  if (kind === 'User' || kind === 'Group') return { kind, name };
  const namespace = textOf(value, 'namespace') ?? bindingNamespace;
  return kind === 'ServiceAccount' && namespace !== undefined ? { kind, namespace, name } : undefined;
}

/** Everything by which a binding can mean the subject: itself, its other name, and the groups of everybody of its kind. */
export function meantAs(subject: Subject): readonly string[] {
  return [...namedAs(subject), ...groupsOf(subject)];
}

/** The titles by which a binding can name the subject itself. */
export function namedAs(subject: Subject): readonly string[] {
  const account = accountOf(subject);
  if (account === undefined) return [subjectTitle(subject)];
  const { namespace, name } = account;
  return [`ServiceAccount ${namespace}/${name}`, `User system:serviceaccount:${namespace}:${name}`];
}

/**
 * Titles of the groups that everybody of the subject's kind belongs to without being put there («Kubernetes:
 * authenticating»). Other memberships are not known to the cluster.
 */
export function groupsOf(subject: Subject): readonly string[] {
  if (subject.kind === 'Group') return [];
  const account = accountOf(subject);
  if (account !== undefined) {
    const { namespace } = account;
    return ['Group system:serviceaccounts', `Group system:serviceaccounts:${namespace}`, 'Group system:authenticated'];
  }
  return [`Group system:${subject.name === 'system:anonymous' ? 'unauthenticated' : 'authenticated'}`];
}

/** A ServiceAccount signs in under a user name: a binding to that name is one to it. */
function accountOf(subject: Subject): { readonly namespace: string; readonly name: string } | undefined {
  if (subject.kind !== 'User') return subject.kind === 'ServiceAccount' ? subject : undefined;
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject.name) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** Why the API server would refuse an entry («Kubernetes: rbac validation»). */
export function complaintsOfSubject(value: unknown, path: string, bindingNamespace?: string): readonly string[] {
  if (!isFields(value)) return [`${path} has to be an object`];
  const wrong = ['kind', 'name', 'namespace', 'apiGroup'].flatMap((name) =>
    wrongType(value[name], 'text', `${path}.${name}`),
  );
  if (wrong.length > 0) return wrong;
  const hasNamespace = (textOf(value, 'namespace') ?? bindingNamespace) !== undefined;
  const isHomeless = textOf(value, 'kind') === 'ServiceAccount' && !hasNamespace;
  const name = textOf(value, 'name');
  return [
    ...(name === undefined ? [`${path}.name is missing`] : []),
    ...ofKind(value, name, path),
    ...(isHomeless ? [`${path}.namespace is missing`] : []),
  ];
}

function ofKind(value: Fields, name: string | undefined, path: string): readonly string[] {
  const kind = textOf(value, 'kind');
  const group = textOf(value, 'apiGroup');
  if (kind === 'User' || kind === 'Group') {
    return group === undefined || group === rbacGroup ? [] : [`${path}.apiGroup of a ${kind} has to be ${rbacGroup}`];
  }
  if (kind !== 'ServiceAccount') return [`${path}.kind has to be User, Group or ServiceAccount`];
  return [
    ...(name !== undefined && !isSubdomain(name) ? [`${path}.name cannot be the name of a ServiceAccount`] : []),
    ...(group === undefined ? [] : [`${path}.apiGroup of a ServiceAccount has to be empty`]),
  ];
}
