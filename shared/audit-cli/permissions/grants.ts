import type { Binding } from '../../kubernetes/permissions/binding';
import type { Permissions } from '../../kubernetes/permissions/permissions';
import type { Role } from '../../kubernetes/permissions/role';
import type { Rule } from '../../kubernetes/permissions/rule';
import { namedAs, type Subject } from '../../kubernetes/permissions/subject';
import type { Question } from './question';

/** A role that a subject has at a place, by one binding or more that name it. */
export interface Grant {
  /** Undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly role: Role;
  /** Roles whose rules it has besides its own. */
  readonly takesOver: readonly Role[];
  /** Of the role's rules those that are asked for. */
  readonly rules: readonly Rule[];
  readonly bindings: readonly Binding[];
}

/** What each subject has itself: one for each role and place, with the rules that are asked for; none without such rules. */
export function grantsIn(model: Permissions, question: Question): (subject: Subject) => readonly Grant[] {
  const partsOf = partsIn(model, question);
  const isAsked = question.verb !== undefined || question.resource !== undefined;
  return (subject) => {
    const found = new Map<string, Grant & { readonly bindings: Binding[] }>();
    for (const binding of new Set(model.bindingsNaming(namedAs(subject)))) {
      const role = model.roleOf(binding);
      if (role === undefined || !question.isPlace(binding.namespace)) continue;
      const parts = partsOf(role);
      if (isAsked && parts.rules.length === 0) continue;
      const key = `${binding.namespace ?? '*'} ${role.title}`;
      const grant = found.get(key) ?? { namespace: binding.namespace, role, ...parts, bindings: [] };
      found.set(key, grant);
      grant.bindings.push(binding);
    }
    return [...found.values()];
  };
}

type Parts = Pick<Grant, 'rules' | 'takesOver'>;

/** What is asked for of each role, worked out once. */
function partsIn(model: Permissions, question: Question): (role: Role) => Parts {
  const known = new Map<Role, Parts>();
  return (role) => {
    const parts = known.get(role) ?? {
      rules: model.rulesOf(role).flatMap((rule) => question.partOf(rule) ?? []),
      takesOver: model.takenOverBy(role),
    };
    known.set(role, parts);
    return parts;
  };
}
