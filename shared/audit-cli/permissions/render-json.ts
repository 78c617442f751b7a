import type { ManifestProblem } from '../../kubernetes/manifests/read';
import type { Rule } from '../../kubernetes/permissions/rule';
import type { PermissionView } from './view';

/** One JSON object that leaves nothing out: roles with every rule, and who has which of them where. */
export function renderJson(view: PermissionView, problems: readonly ManifestProblem[]): string {
  const isPart = view.asked.verb !== undefined || view.asked.resource !== undefined;
  const told = {
    roles: view.roles.map(({ role, rules, takesOver }) => ({
      role: role.title,
      ...(role.builtIn === true && { builtIn: true }),
      takesOver: takesOver.map(({ title }) => title),
      rules: rules.map(ruleOf),
    })),
    subjects: view.subjects.map(({ subject, everybody, standing, grants, workloads, builtIn }) => ({
      ...subject,
      ...(everybody !== undefined && { everybody }),
      admin: standing.admin,
      canBecomeAdmin: standing.escalates,
      risks: standing.risks,
      builtIn,
      workloads,
      grants: grants.map(({ namespace, role, rules, bindings, by }) => ({
        namespace: namespace ?? '*',
        role: role.title,
        bindings: bindings.map(({ title }) => title),
        ...(by !== undefined && { by }),
        ...(isPart && { rules: rules.map(ruleOf) }),
      })),
    })),
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

/** As roles write them, without lists that are empty. */
function ruleOf(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([, list]) => (list as readonly string[]).length > 0));
}
