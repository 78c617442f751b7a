import type { Problem, Verdict } from '../../core/verdict';
import type { Permissions } from '../permissions/permissions';
import type { Role } from '../permissions/role';
import { withoutUpdates } from './built-in-bindings';
import { builtInRoles } from './built-in-roles';
import type { ClusterRoleFacts } from './facts';
import { entryOf } from './grades';
import { refused, verdictOf } from './verdicts';

/** What somebody added to a role of Kubernetes' own; undefined for a role that is none. */
export function changesOfRole(role: Role, model: Permissions): readonly string[] | undefined {
  const expected = Object.hasOwn(builtInRoles, role.title) ? builtInRoles[role.title] : undefined;
  if (expected === undefined || role.labels.get('kubernetes.io/bootstrapping') !== 'rbac-defaults') return undefined;
  return model.risksOfRole(role).filter((id) => !expected.includes(id));
}

export interface RoleVerdict {
  readonly verdict: Verdict;
  readonly own?: true;
}

/** Judges a role for itself. What it grants to somebody is said of the bindings. */
export function judgeRole(role: Role, model: Permissions, bound: boolean, facts: ClusterRoleFacts): RoleVerdict {
  if (role.complaints.length > 0) return { verdict: refused(role.complaints) };
  const changes = changesOfRole(role, model);
  if (changes !== undefined) return builtInVerdict(role, changes);
  const ids = model.risksOfRole(role);
  return {
    verdict: verdictOf(
      [...captureProblems(ids), ...(bound ? [] : unboundProblems(ids, facts))],
      bound ? 'is judged by its bindings' : 'grants nothing that is known to be dangerous',
    ),
  };
}

function builtInVerdict(role: Role, changes: readonly string[]): RoleVerdict {
  const problems: readonly Problem[] = [
    ...changes.map((id): Problem => ({
      severity: 'high',
      reason: `a role of Kubernetes itself grants more than it does by itself: ${entryOf(id)?.text ?? id}; take it away, or find the role that is labelled to add it`,
    })),
    ...withoutUpdates(role.annotations).map((text): Problem => ({ severity: 'high', reason: `${text}; remove it` })),
  ];
  const own = problems.length === 0 && { own: true as const };
  return { verdict: verdictOf(problems, 'is as Kubernetes makes it'), ...own };
}

/** Widening admin, edit or view is common for custom resources, and harmless as long as nothing of the catalogue is in it. */
function captureProblems(ids: readonly string[]): readonly Problem[] {
  if (!ids.includes('aggregate-capture')) return [];
  const [risk] = ids.filter((id) => id !== 'aggregate-capture');
  const entry = entryOf('aggregate-capture');
  const what = risk === undefined ? '' : `, among them: ${entryOf(risk)?.text ?? risk}`;
  return [
    { severity: risk === undefined ? 'low' : 'high', reason: `${entry?.text ?? ''}${what}; ${entry?.instead ?? ''}` },
  ];
}

const worthSaying = ['any-any', 'wildcard-verb', 'wildcard-resource', 'escalate', 'bind', 'impersonate', 'nodes-proxy'];

function unboundProblems(ids: readonly string[], facts: ClusterRoleFacts): readonly Problem[] {
  const unread = facts.unread?.ClusterRoleBinding ?? facts.unread?.RoleBinding;
  const found = worthSaying.filter((id) => ids.includes(id));
  const [first] = found;
  if (first === undefined || unread !== undefined) return [];
  const texts = found.map((id) => entryOf(id)?.text ?? id);
  return [
    {
      severity: 'low',
      reason: `nothing binds it yet, but it grants ${texts.join(', ')}; ${entryOf(first)?.instead ?? 'narrow it'}`,
    },
  ];
}
