import { severities, worstOf, type Verdict } from '../../core/verdict';
import { Permissions } from '../permissions/permissions';
import { roleTitleOf, type Binding } from '../permissions/binding';
import type { ClusterRoleFacts } from './facts';
import { judgeBinding, type BindingVerdict } from './judge-binding';
import { judgePeople } from './judge-people';
import { judgeRole } from './judge-role';
import { proposalIn, type RoleProposal } from './proposal';

type Violation = Extract<Verdict, { readonly state: 'violation' }>;

/** What is judged of a cluster's roles. */
export interface ClusterRoleJudgement {
  /** `ClusterRoleBinding x`, `Role app/reader`; of the cluster itself `Cluster`. */
  readonly title: string;
  /** What follows `<cluster id>/kubernetes/` in the id of the object; absent for the cluster itself. */
  readonly path?: string;
  readonly verdict: Verdict;
  /** Kubernetes or AKS makes it for itself, and it is as it should be. */
  readonly own?: true;
  /** Of a binding that is wrong. */
  readonly propose?: () => RoleProposal;
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
      ...withProposal(judgeBinding(binding, model, facts), binding, model, facts),
    })),
    ...model.roles.map((role) => ({
      title: role.title,
      path: pathOf(role.kind, role.namespace, role.name),
      ...judgeRole(role, model, bound.has(role.title), facts),
    })),
  ];
}

/** Where more roles all take over each other, working it out would take hours. */
const mostRoles = 500;
const tooMany = `nothing is worked out among more than ${mostRoles} roles: name verbs and resources, or give its subjects the roles of a job`;

function withProposal(judged: BindingVerdict, binding: Binding, model: Permissions, facts: ClusterRoleFacts) {
  const { verdict } = judged;
  if (verdict.state !== 'violation') return judged;
  const propose = (): RoleProposal => {
    if (model.roles.length > mostRoles) return { none: tooMany };
    const proposal = proposalIn(model, binding.title, { facts });
    return 'none' in proposal ? proposal : worthIt(proposal, verdict, facts);
  };
  return { ...judged, propose };
}

type Made = Exclude<RoleProposal, { readonly none: string }>;

/** What would be complained of as much as what it replaces is no proposal. */
function worthIt(proposal: Made, { problems }: Violation, facts: ClusterRoleFacts): RoleProposal {
  const after = new Permissions(proposal.objects);
  const left = after.bindings.flatMap((binding) => {
    const { verdict } = judgeBinding(binding, after, facts);
    return verdict.state === 'violation' ? verdict.problems : [];
  });
  const isLess = severities.indexOf(worstOf(left)) < severities.indexOf(worstOf(problems));
  if (left.length === 0 || isLess) return proposal;
  return {
    none: 'what its subjects need is not known without an audit log: name verbs and resources, or give them the roles of a job',
  };
}

/** A name that the API server would refuse must not look like another path. */
function pathOf(kind: string, namespace: string | undefined, name: string): string {
  const segment = (text: string): string => text.replaceAll(/[/%]/g, '-') || '-';
  const inside = namespace === undefined ? '' : `namespaces/${segment(namespace)}/`;
  return `rbac.authorization.k8s.io/v1/${inside}${kind.toLowerCase()}s/${segment(name)}`;
}
