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

/**
 * Everything by which a binding can mean the subject: itself, its other name, and the groups that everybody of its kind
 * belongs to without being put there («Kubernetes: authenticating»). Other memberships are not known to the cluster.
 */
export function meantAs(subject: Subject): readonly string[] {
  if (subject.kind === 'Group') return [subjectTitle(subject)];
  const account = subject.kind === 'ServiceAccount' ? subject : accountOf(subject.name);
  if (account === undefined) {
    const signedIn = subject.name === 'system:anonymous' ? 'unauthenticated' : 'authenticated';
    return [subjectTitle(subject), `Group system:${signedIn}`];
  }
  return [
    `ServiceAccount ${account.namespace}/${account.name}`,
    `User system:serviceaccount:${account.namespace}:${account.name}`,
    'Group system:serviceaccounts',
    `Group system:serviceaccounts:${account.namespace}`,
    'Group system:authenticated',
  ];
}

/** A ServiceAccount signs in under a user name: a binding to that name is one to it. */
function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
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
