import type { Verdict } from '../../core/verdict';
import { Permissions } from '../permissions/permissions';
import { roleTitleOf } from '../permissions/binding';
import type { ClusterRoleFacts } from './facts';
import { judgeBinding } from './judge-binding';
import { judgePeople } from './judge-people';
import { judgeRole } from './judge-role';

/** What is judged of a cluster's roles. */
export interface ClusterRoleJudgement {
  /** `ClusterRoleBinding x`, `Role app/reader`; of the cluster itself `Cluster`. */
  readonly title: string;
  /** What follows `<cluster id>/kubernetes/` in the id of the object; absent for the cluster itself. */
  readonly path?: string;
  readonly verdict: Verdict;
  /** Kubernetes or AKS makes it for itself, and it is as it should be. */
  readonly own?: true;
}

/**
 * Judges roles and bindings of a cluster, and whether its people have roles of their own. Workloads and ServiceAccounts
 * among the objects tell which accounts pods can sign in as; whatever else there is does not matter.
 */
export function clusterRolesOf(
  objects: readonly unknown[],
  facts: ClusterRoleFacts = {},
): readonly ClusterRoleJudgement[] {
  const model = new Permissions(objects);
  const bound = new Set(model.bindings.map(roleTitleOf));
  return [
    { title: 'Cluster', verdict: judgePeople(model, facts) },
    ...model.bindings.map((binding) => ({
      title: binding.title,
      path: pathOf(binding.kind, binding.namespace, binding.name),
      ...judgeBinding(binding, model, facts),
    })),
    ...model.roles.map((role) => ({
      title: role.title,
      path: pathOf(role.kind, role.namespace, role.name),
      ...judgeRole(role, model, bound.has(role.title), facts),
    })),
  ];
}

/** A name that the API server would refuse must not look like another path. */
function pathOf(kind: string, namespace: string | undefined, name: string): string {
  const segment = (text: string): string => text.replaceAll(/[/%]/g, '-') || '-';
  const inside = namespace === undefined ? '' : `namespaces/${segment(namespace)}/`;
  return `rbac.authorization.k8s.io/v1/${inside}${kind.toLowerCase()}s/${segment(name)}`;
}
