import type { KubernetesObject } from '../object';
import { rbacGroup } from '../permissions/names';
import type { Subject } from '../permissions/subject';
import type { WrittenRule } from './duties';

const apiVersion = `${rbacGroup}/v1`;

/** A Role in a namespace, or without one a ClusterRole. */
export function writtenRole(
  name: string,
  namespace: string | undefined,
  rules: readonly WrittenRule[],
): KubernetesObject {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return { apiVersion, kind, metadata: metadataOf(name, namespace), rules };
}

/** A RoleBinding in a namespace, or without one a ClusterRoleBinding. */
export function writtenBinding(
  name: string,
  namespace: string | undefined,
  role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
  subjects: readonly Subject[],
): KubernetesObject {
  return {
    apiVersion,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: metadataOf(name, namespace),
    roleRef: { apiGroup: rbacGroup, kind: role.kind, name: role.name },
    subjects: subjects.map((subject) => ({
      ...(subject.kind !== 'ServiceAccount' && { apiGroup: rbacGroup }),
      kind: subject.kind,
      name: subject.name,
      ...(subject.kind === 'ServiceAccount' && { namespace: subject.namespace }),
    })),
  };
}

const metadataOf = (name: string, namespace: string | undefined) => ({
  name,
  ...(namespace !== undefined && { namespace }),
});
