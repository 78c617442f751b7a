import { keyOf } from './resource';

/** What a role grants its holder at a scope, as Azure tells it («Azure RBAC: permissions, list»). */
export interface Permission {
  readonly actions?: readonly string[] | null;
  readonly notActions?: readonly string[] | null;
  readonly dataActions?: readonly string[] | null;
  readonly notDataActions?: readonly string[] | null;
}

/** On what an action acts: on resources, or on the data in them. */
export type Plane = 'control' | 'data';

/** Whether one of the roles grants the action: what a role takes away, another one may still grant. */
export function grants(permissions: readonly Permission[], action: string, plane: Plane = 'control'): boolean {
  return permissions.some((permission) => {
    const [given, taken] =
      plane === 'data'
        ? [permission.dataActions, permission.notDataActions]
        : [permission.actions, permission.notActions];
    return covers(given, action) && !covers(taken, action);
  });
}

function covers(patterns: readonly string[] | null | undefined, action: string): boolean {
  return (patterns ?? []).some((pattern) => fits(keyOf(pattern).split('*'), keyOf(action)));
}

/** A wildcard stands for any text, slashes included («Azure RBAC: role definitions, actions format»). */
function fits([start = '', ...rest]: readonly string[], action: string): boolean {
  if (rest.length === 0) return action === start;
  if (!action.startsWith(start)) return false;
  const end = rest.at(-1) ?? '';
  let from = start.length;
  for (const part of rest.slice(0, -1)) {
    const at = action.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return action.length - end.length >= from && action.endsWith(end);
}

const ofContainers: Readonly<Record<string, string>> = {
  'microsoft.resources/resourcegroups': 'Microsoft.Resources/subscriptions/resourceGroups/read',
  'microsoft.resources/providers': 'Microsoft.Resources/subscriptions/providers/read',
};

/** The action that reading resources of a type needs. */
export function readOf(type: string): string {
  return ofContainers[keyOf(type)] ?? `${type}/read`;
}
