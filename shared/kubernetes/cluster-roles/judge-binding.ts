import type { Problem, Verdict } from '../../core/verdict';
import { roleTitleOf, type Binding } from '../permissions/binding';
import { isAnonymous, isEverybody } from '../permissions/binding-shapes';
import type { Permissions } from '../permissions/permissions';
import { changesOfBuiltIn } from './built-in-bindings';
import { changesOfRole } from './judge-role';
import type { ClusterRoleFacts } from './facts';
import { adminBindingVerdict } from './judge-admin-binding';
import { namesOf } from './grades';
import { isAdminBinding, isOwnByAks } from './own-by-aks';
import { isOwnReader } from './own-reader';
import { grantProblems } from './grant-problems';
import { refused, verdictOf, violation } from './verdicts';

export interface BindingVerdict {
  readonly verdict: Verdict;
  /** Kubernetes or AKS makes it for itself, and it is as it should be. */
  readonly own?: true;
}

/** Judges one binding by what it grants, to whom and where. */
export function judgeBinding(binding: Binding, model: Permissions, facts: ClusterRoleFacts): BindingVerdict {
  if (binding.complaints.length > 0) return { verdict: refused(binding.complaints) };
  if (isAdminBinding(binding)) return { verdict: adminBindingVerdict(binding, facts) };
  if (isOwnReader(binding, model)) return { verdict: { state: 'compliant', reason: 'lets Steward list, and no more' } };
  const own = ownVerdict(binding, model, facts);
  if (own !== undefined) return own;
  const role = model.roleOf(binding);
  if (role === undefined) return { verdict: danglingVerdict(binding, facts) };
  const problems = [...grantProblems(binding, role, model, facts), ...subjectProblems(binding, false)];
  return { verdict: verdictOf(problems, 'grants nothing that is known to be dangerous') };
}

/** A verdict for what Kubernetes and AKS make for themselves; undefined when it has to be judged like any other. */
function ownVerdict(binding: Binding, model: Permissions, facts: ClusterRoleFacts): BindingVerdict | undefined {
  const role = model.roleOf(binding);
  const changes = changesOfBuiltIn(binding);
  if (changes !== undefined && changes.length > 0) {
    return {
      verdict: violation('high', `a binding of Kubernetes itself was changed: ${changes.join(', ')}; restore it`),
    };
  }
  if (changes !== undefined && (role === undefined || changesOfRole(role, model)?.length === 0)) {
    return { verdict: { state: 'compliant', reason: 'is as Kubernetes makes it' }, own: true };
  }
  const admin = role !== undefined && model.risksOfRole(role).includes('any-any');
  if (admin || !isOwnByAks(binding, facts)) return undefined;
  return { verdict: { state: 'compliant', reason: 'is made by AKS for its own components' }, own: true };
}

function danglingVerdict(binding: Binding, facts: ClusterRoleFacts): Verdict {
  const unread = facts.unread?.[binding.role.kind];
  if (unread !== undefined)
    return { state: 'unknown', reason: `its ${binding.role.kind} could not be read: ${unread}` };
  const open = binding.subjects.some((subject) => isAnonymous(subject) || isEverybody(subject));
  const missing: Problem = {
    severity: open ? 'high' : 'medium',
    reason:
      `it refers to ${roleTitleOf(binding)}, which does not exist: whoever creates that role decides what ` +
      `${namesOf(binding.subjects) || 'its subjects'} may do; remove the binding, or create the role`,
  };
  return verdictOf([missing, ...subjectProblems(binding, true)], '');
}

/** What is wrong with whom a binding names, whatever it grants. */
function subjectProblems(binding: Binding, dangling: boolean): readonly Problem[] {
  const people = binding.subjects.filter(({ kind, name }) => kind === 'User' && !name.startsWith('system:'));
  const nobody = binding.subjects.filter(({ kind, name }) => kind === 'Group' && name === 'system:anonymous');
  return [
    ...(people.length > 0 && !dangling ? [personProblem(people)] : []),
    ...nobody.map((): Problem => ({
      severity: 'low',
      reason: 'it names a group system:anonymous, which nobody belongs to (it is a user); remove it',
    })),
  ];
}

function personProblem(people: Binding['subjects']): Problem {
  const byObjectId = people.every(({ name }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name));
  return {
    severity: byObjectId ? 'low' : 'medium',
    reason: `it names ${namesOf(people)} and no group: rights that are given to one person outlive the job; bind a group per job function`,
  };
}
