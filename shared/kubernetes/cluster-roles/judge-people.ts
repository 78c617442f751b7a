import type { Verdict } from '../../core/verdict';
import type { Binding } from '../permissions/binding';
import { isAnonymous, isEverybody, isMasters } from '../permissions/binding-shapes';
import type { Permissions } from '../permissions/permissions';
import { subjectTitle, type Subject } from '../permissions/subject';
import type { ClusterRoleFacts } from './facts';
import { isOwnReader } from './own-reader';
import { violation } from './verdicts';

/** Whether a subject is people (or what signs in as they do): users and groups that Kubernetes does not make itself. */
export function isPeople(subject: Subject): boolean {
  if (subject.kind === 'ServiceAccount' || isAnonymous(subject) || isEverybody(subject) || isMasters(subject))
    return false;
  return !subject.name.startsWith('system:') && !/^(clusterAdmin|aks-(service|support))$/.test(subject.name);
}

/** Judges the cluster: whether people have roles for their job, or only those who are administrators have any. */
export function judgePeople(model: Permissions, facts: ClusterRoleFacts): Verdict {
  const [unread] = Object.entries(facts.unread ?? {});
  const named = model.bindings.filter(
    (binding) => binding.complaints.length === 0 && binding.subjects.some(isPeople) && !isOwnReader(binding, model),
  );
  const forJobs = named.filter((binding) => !makesAdministrator(binding, model) && model.roleOf(binding) !== undefined);
  if (forJobs.length > 0) {
    const people = new Set(forJobs.flatMap(({ subjects }) => subjects.filter(isPeople).map(subjectTitle)));
    return { state: 'compliant', reason: `people have roles of their own: ${[...people].slice(0, 5).join(', ')}` };
  }
  if (unread !== undefined) return { state: 'unknown', reason: `${unread[0]} could not be read: ${unread[1]}` };
  if (facts.azureRoles === true) return { state: 'compliant', reason: 'people have narrower roles by Azure RBAC' };
  return withoutRoles(named, facts);
}

function withoutRoles(named: readonly Binding[], facts: ClusterRoleFacts): Verdict {
  if (facts.azureRbac === true && facts.azureRoles === undefined) {
    const why = facts.azureRolesUnread === undefined ? 'are not known' : `could not be read: ${facts.azureRolesUnread}`;
    return { state: 'unknown', reason: `Azure RBAC decides about people, and its role assignments ${why}` };
  }
  if (facts.azureRbac === undefined) {
    return {
      state: 'unknown',
      reason: 'whether Azure RBAC decides about people is not known, and no role of a job is bound',
    };
  }
  const administrators = named.length > 0 ? 'only administrators are named' : 'no binding names people';
  const [found, remedy] =
    facts.azureRbac === true
      ? [
          `${administrators}, and no role assignment of Azure gives them less`,
          'assign a role of Azure RBAC at a namespace',
        ]
      : [administrators, 'bind a role per job function'];
  return violation('medium', `people have no roles for their job in this cluster: ${found}; ${remedy} to a group each`);
}

function makesAdministrator(binding: Binding, model: Permissions): boolean {
  const role = model.roleOf(binding);
  return binding.role.name === 'cluster-admin' || (role !== undefined && model.risksOfRole(role).includes('any-any'));
}
