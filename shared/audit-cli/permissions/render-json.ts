import type { ManifestProblem } from '../../kubernetes/manifests/read';
import type { Rule } from '../../kubernetes/permissions/rule';
import type { PermissionView, SubjectView } from './view';

/** One JSON object that leaves nothing out: roles with every rule, and who has which of them where. */
export function renderJson(view: PermissionView, problems: readonly ManifestProblem[]): string {
  const subjectOf = subjectTeller(view);
  const told = {
    roles: view.roles.map(({ role, rules, takesOver }) => ({
      role: role.title,
      ...(role.builtIn === true && { builtIn: true }),
      takesOver: takesOver.map(({ title }) => title),
      rules: rules.map(ruleOf),
    })),
    subjects: view.subjects.map(subjectOf),
    groups: view.groups.map(subjectOf),
    unresolved: view.unresolved.map(({ binding, role }) => ({
      binding: binding.title,
      role,
      subjects: binding.subjects,
    })),
    refused: view.refused,
    problems,
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** What a subject inherits is told once, at the group: a subject or a group of that title. */
function subjectTeller({ asked }: PermissionView): (one: SubjectView) => object {
  const isPart = asked.verb !== undefined || asked.resource !== undefined;
  return ({ subject, everybody, standing, grants, inherits, workloads, builtIn }) => ({
    ...subject,
    ...(everybody !== undefined && { everybody }),
    admin: standing.admin,
    canBecomeAdmin: standing.escalates,
    risks: standing.risks,
    builtIn,
    workloads,
    grants: grants.map(({ namespace, role, rules, bindings }) => ({
      namespace: namespace ?? '*',
      role: role.title,
      bindings: bindings.map(({ title }) => title),
      ...(isPart && { rules: rules.map(ruleOf) }),
    })),
    inherits,
  });
}

/** As roles write them, without lists that are empty. */
function ruleOf(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([, list]) => (list as readonly string[]).length > 0));
}
