import { extensionsAround } from '../around-clusters';
import { azureRoles } from './azure-roles';
import { worstOf } from '../../core/verdict';
import { extensionNamespacesOf, resourceFactsOf } from '../cluster-facts';
import { wholeCluster, type ObjectReference } from '../ids';
import { inOrder } from '../in-order';
import type { ClusterFacts, InClusterJudgement, ObjectFinding, ObjectProblem, Proposal } from '../judgement';
import { workloadKinds } from '../kinds';
import { managedNamespacesOf } from '../managed-namespaces';
import type { KubernetesObject } from '../object';
import { clusterRolesOf, type ClusterRoleJudgement } from './cluster-roles';
import type { ClusterRoleFacts } from './facts';
import type { RoleProposal } from './proposal';

/** What Kubernetes and AKS make for themselves, and is as it should be, is no finding. */
export const clusterRoles: InClusterJudgement = {
  controlId: 'cluster-roles',
  around: [azureRoles, extensionsAround],
  kinds: ['ClusterRole', 'ClusterRoleBinding', 'Namespace', 'Role', 'RoleBinding', 'ServiceAccount', ...workloadKinds],
  judge: (objects, facts) =>
    clusterRolesOf(inOrder(objects), factsFrom(objects, facts))
      .filter(({ own, path }) => own !== true && (path !== undefined || facts.isWhole === true))
      .map(findingOf),
};

/** Whether people have roles of their own can only be told of a whole cluster. */
function factsFrom(objects: readonly KubernetesObject[], facts: ClusterFacts): ClusterRoleFacts {
  const { unread, kubernetesVersion, azureRoles } = facts;
  const known = resourceFactsOf(facts);
  return {
    managedNamespaces: [...managedNamespacesOf(objects, extensionNamespacesOf(facts))],
    ...(unread && { unread: Object.fromEntries(unread) }),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    ...(azureRoles?.state === 'read' && { azureRoles: azureRoles.value }),
    ...(azureRoles?.state === 'unread' && { azureRolesUnread: azureRoles.reason }),
    ...(known && {
      adminGroups: known.adminGroups,
      localAccounts: known.localAccounts,
      azureRbac: known.azureRbac,
    }),
  };
}

function findingOf({ title, path, verdict, propose }: ClusterRoleJudgement): ObjectFinding {
  const problems =
    verdict.state === 'violation' ? verdict.problems.map((problem) => ({ rule: 'broad-rights', ...problem })) : [];
  return {
    object: path === undefined ? wholeCluster : referenceIn(path, title),
    title: path === undefined ? 'People have roles of their own' : 'Nobody has more rights than a job needs',
    severity: problems.length > 0 ? worstOf(problems) : 'high',
    problems,
    ...(verdict.state === 'unknown' && { unknown: [verdict.reason] }),
    ...(propose && { propose: () => written(propose(), problems) }),
  };
}

/** The new bindings stand beside the old one until they have proved themselves. */
function written(proposal: RoleProposal, problems: readonly ObjectProblem[]): Proposal {
  if ('none' in proposal) return { objects: [], effects: [...problems.map(({ reason }) => reason), proposal.none] };
  const { objects, notes, replaces } = proposal;
  const last = `it takes nothing away yet: remove ${replaces} when its subjects do their work with these roles alone`;
  return { objects, effects: [...notes, last] };
}

/** Of `rbac.authorization.k8s.io/v1/namespaces/app/roles/reader`. */
function referenceIn(path: string, title: string): ObjectReference {
  const [group = '', version = '', ...rest] = path.split('/');
  const namespace = rest[0] === 'namespaces' ? rest[1] : undefined;
  return {
    apiVersion: `${group}/${version}`,
    kind: title.split(' ')[0] ?? '',
    ...(namespace !== undefined && { namespace }),
    name: rest.at(-1) ?? '',
  };
}
