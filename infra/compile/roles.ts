import type { Control } from '../../shared/core/control';
import type { Place } from '../../shared/rights/own-rights';
import { builtInRoles, type BuiltInRole } from './built-in-roles';
import { rightsOf, type Right } from '../../shared/rights/rights';

export interface CompiledRole {
  /** The role is called `Steward <key> (<subscription id>)`. */
  readonly key: string;
  readonly scope: Place;
  readonly description: string;
  /** What it always allows. */
  readonly actions: readonly string[];
  /** What it allows besides, where a control may write or an option is on. */
  readonly when: Readonly<Record<string, readonly string[]>>;
}

export interface CompiledRoles {
  readonly roles: readonly CompiledRole[];
  readonly builtIn: readonly BuiltInRole[];
}

const titles: readonly Pick<CompiledRole, 'key' | 'scope' | 'description'>[] = [
  { key: 'reader', scope: 'subscription', description: 'Reads what is judged, and what it is judged by.' },
  { key: 'writer', scope: 'subscription', description: 'Puts right what lies anywhere in the subscription.' },
  { key: 'own-group', scope: 'ownGroup', description: 'Makes in its own resource group what remedies need.' },
  {
    key: 'flow-log-storage',
    scope: 'flowLogStorage',
    description: 'Has flow logs write to an account of somebody else, whose lifecycle rules stay.',
  },
  { key: 'traffic-analytics', scope: 'workspaceGroup', description: 'Has flow logs analysed with the workspace.' },
  {
    key: 'management-group-reader',
    scope: 'managementGroup',
    description: 'Reads policies that are assigned from above, and which subscriptions are below.',
  },
];

/** The smallest roles with which everything works that the controls do. */
export function compileRoles(controls: readonly Control[]): CompiledRoles {
  const rights = rightsOf(controls);
  return { roles: titles.map((title) => roleOf(title, rights)), builtIn: builtInRoles };
}

/** An action stands once for each of its conditions, and under none where it always stands. */
function roleOf(title: Pick<CompiledRole, 'key' | 'scope' | 'description'>, rights: readonly Right[]): CompiledRole {
  const here = rights.filter(({ at }) => at === title.scope);
  const always = actionsIn(here.filter(({ when }) => when === undefined));
  const isReader = title.key === 'reader';
  const conditions = [...new Set(here.map(({ when }) => when))].filter((when) => when !== undefined).toSorted();
  const sets = conditions.map((when): readonly [string, readonly string[]] => [
    when,
    actionsIn(here.filter((right) => right.when === when)).filter((action) => !always.includes(action)),
  ]);
  const isBeside = title.scope === 'subscription' && !isReader;
  return { ...title, actions: isBeside ? [] : always, when: isReader ? {} : Object.fromEntries(sets) };
}

function actionsIn(rights: readonly Right[]): readonly string[] {
  return [...new Set(rights.map(({ action }) => action))].toSorted();
}
