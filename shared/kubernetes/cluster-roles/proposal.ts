import type { KubernetesObject } from '../object';
import type { Binding } from '../permissions/binding';
import { Permissions } from '../permissions/permissions';
import { ruleOf, type ResourceRequest, type Rule } from '../permissions/rule';
import { isCovered } from '../permissions/subset';
import { jobs, type Duty, type JobId } from './duties';
import { isManaged, type ClusterRoleFacts } from './facts';
import { withFreeNames } from './free-names';
import { jobRoles } from './job-roles';
import { isPeople } from './judge-people';
import { narrowedRules, type ServedResource } from './narrowed-rules';
import { isAllowed, readingOf, rulesOfRequests } from './observed-rules';
import { isAdminBinding } from './own-by-aks';
import { writtenBinding, writtenRole } from './written';

/** What is known of what the subjects of a binding do. */
export interface ProposalBasis {
  /** What they asked for, by the audit log, over long enough a time. Without it nothing is known about their needs. */
  readonly requests?: readonly ResourceRequest[];
  /** The log tells of reading too, as `kube-audit` does and `kube-audit-admin` does not. */
  readonly readsLogged?: true;
  readonly served?: readonly ServedResource[];
  /** The job of the people that the binding names. */
  readonly job?: JobId;
  /** Where they have it, for a binding of the whole cluster. */
  readonly namespaces?: readonly string[];
  readonly facts?: ClusterRoleFacts;
}

export type RoleProposal =
  | {
      /** To be applied beside the binding, which goes when they have proved themselves. */
      readonly objects: readonly KubernetesObject[];
      /** The binding that they are meant to replace. */
      readonly replaces: string;
      /** What to know before applying them, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly none: string };

/**
 * Narrower roles for a binding: exactly what was asked for, or the roles of a job, or the same rules without wildcards.
 * What is proposed is proved to grant nothing that the binding does not grant.
 */
export function proposalFor(objects: readonly unknown[], title: string, basis: ProposalBasis = {}): RoleProposal {
  return proposalIn(new Permissions(objects), title, basis);
}

/** The same of objects that are read already. */
export function proposalIn(model: Permissions, title: string, basis: ProposalBasis = {}): RoleProposal {
  const binding = model.bindings.find((one) => one.title === title);
  if (binding === undefined) return { none: `there is no ${title}` };
  const role = binding.complaints.length === 0 ? model.roleOf(binding) : undefined;
  if (role === undefined) return { none: `${title} grants nothing: put it right or remove it` };
  const kept = reasonToKeep(binding, basis.facts ?? {});
  if (kept !== undefined) return { none: kept };
  const proposal = proved(proposed(binding, model.rulesOf(role), basis), binding, model.rulesOf(role));
  return 'none' in proposal ? proposal : { ...proposal, objects: withFreeNames(proposal.objects, model) };
}

function reasonToKeep(binding: Binding, facts: ClusterRoleFacts): string | undefined {
  if (isAdminBinding(binding))
    return 'AKS makes this binding: give people roles of their job, and leave its groups empty';
  if (binding.labels.get('kubernetes.io/bootstrapping') === 'rbac-defaults') {
    return 'Kubernetes makes this binding: restore it as it was';
  }
  const managed = binding.subjects.every((one) => one.kind === 'ServiceAccount' && isManaged(one.namespace, facts));
  return managed ? 'AKS manages all that it names: it is reported only' : undefined;
}

function proposed(binding: Binding, rules: readonly Rule[], basis: ProposalBasis): RoleProposal {
  if (basis.requests !== undefined) return byRequests(binding, rules, basis.requests, basis.readsLogged === true);
  if (binding.subjects.some(isPeople)) return byJob(binding, basis);
  return byNarrowing(binding, rules, basis.served ?? []);
}

/** Exactly what was asked for, in the namespaces in which it was. */
function byRequests(
  binding: Binding,
  rules: readonly Rule[],
  requests: readonly ResourceRequest[],
  readsLogged: boolean,
): RoleProposal {
  const granted = requests.filter((request) => isAllowed(rules, request) && isInside(binding, request));
  const places = Map.groupBy(granted, ({ namespace }) => namespace);
  const written = [...places].flatMap(([namespace, asked]) => pair(binding, namespace, rulesOfRequests(asked)));
  const reading = readsLogged ? [] : readingOf(rules);
  const objects = [...written, ...(reading.length > 0 ? pair(binding, binding.namespace, reading, 'reading') : [])];
  if (objects.length === 0) return { none: 'nothing was asked for by this binding: it can go' };
  const notes = [
    `made from ${granted.length} requests: what is done more rarely than the log reaches back is not among them`,
    ...(readsLogged ? [] : ['the log does not tell of reading: all of it was kept']),
  ];
  return { objects, replaces: binding.title, notes };
}

const isInside = (binding: Binding, { namespace }: ResourceRequest): boolean =>
  binding.namespace === undefined || binding.namespace === namespace;

/** A role and its binding at a place. */
function pair(
  binding: Binding,
  namespace: string | undefined,
  rules: Parameters<typeof writtenRole>[2],
  suffix = 'narrow',
): readonly KubernetesObject[] {
  const name = `${binding.name}-${suffix}`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const allowed = rules.filter(({ nonResourceURLs }) => namespace === undefined || nonResourceURLs === undefined);
  return [writtenRole(name, namespace, allowed), writtenBinding(name, namespace, { kind, name }, binding.subjects)];
}

/** The roles of the job, as far as they lie within what is granted now. */
function byJob(binding: Binding, basis: ProposalBasis): RoleProposal {
  const inside = binding.namespace;
  const job = basis.job ?? (inside === undefined ? 'infrastructure-operator' : 'application-operator');
  const namespaces = inside === undefined ? (basis.namespaces ?? []) : [inside];
  const { everywhere, inNamespaces, title } = jobs[job];
  if (inside !== undefined && everywhere.length > 0) return { none: `${title} is a job of the whole cluster` };
  if (everywhere.length === 0 && namespaces.length === 0) return { none: `${title} is a job in namespaces: name them` };
  const duty: readonly Duty[] = [...everywhere, ...inNamespaces];
  const objects = jobRoles([{ job, name: binding.name, subjects: binding.subjects, namespaces }]);
  return { objects, replaces: binding.title, notes: [`the job of ${title}: ${duty.join(', ')}`] };
}

function byNarrowing(binding: Binding, rules: readonly Rule[], served: readonly ServedResource[]): RoleProposal {
  const narrow = narrowedRules(rules, served);
  if (narrow.length === 0)
    return {
      none: 'nothing of it is left without the verbs escalate, bind and impersonate, by which rights grow: remove it, or exempt it with an owner and a reason',
    };
  if (isCovered(rules, narrow.map(ruleOf)))
    return {
      none: 'which of its rules are needed is not known: look in the audit log of the API server for what its subjects do, and bind a role with only that; without a log its rules cannot be narrowed further',
    };
  return {
    objects: pair(binding, binding.namespace, narrow),
    replaces: binding.title,
    notes: [
      'made without an audit log: wildcards are listed and the verbs escalate, bind and impersonate are gone; what is needed is not known',
    ],
  };
}

/** Nothing is proposed that grants more than there is: a job that needs more is named with what is missing. */
function proved(proposal: RoleProposal, binding: Binding, rules: readonly Rule[]): RoleProposal {
  if ('none' in proposal) return proposal;
  const after = new Permissions(proposal.objects);
  const wrong = after.roles.find((role) => !isCovered(role.rules, rules));
  if (wrong !== undefined) {
    const instead = 'bind a role with only the verbs and resources that are needed';
    return { none: `${wrong.title} would grant more than ${binding.title} does: ${instead}` };
  }
  return proposal;
}
