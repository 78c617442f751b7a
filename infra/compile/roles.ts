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
  /** What it always allows within a service, past Resource Manager. */
  readonly dataActions: readonly string[];
  /** What it allows besides, where a control may write or an option is on. */
  readonly when: Readonly<Record<string, readonly string[]>>;
}

export interface CompiledRoles {
  readonly roles: readonly CompiledRole[];
  readonly builtIn: readonly BuiltInRole[];
}

type Title = Pick<CompiledRole, 'key' | 'scope' | 'description'>;

const titles: readonly Title[] = [
  { key: 'reader', scope: 'subscription', description: 'Reads what is judged, and what it is judged by.' },
  {
    key: 'cluster-reader',
    scope: 'subscription',
    description:
      'Reads what is in clusters, Secrets never; not where readClusters is off. Where Azure RBAC for Kubernetes is off, infra/kubernetes/reader.yaml does.',
  },
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
function roleOf(title: Title, rights: readonly Right[]): CompiledRole {
  const isOwn = ({ role }: Right): boolean => role === (title.key === 'cluster-reader' ? title.key : undefined);
  const here = rights.filter((right) => right.at === title.scope && isOwn(right));
  const planes = Map.groupBy(here, ({ plane }) => plane ?? 'control');
  const control = planes.get('control') ?? [];
  const always = actionsIn(control.filter(({ when }) => when === undefined));
  const conditions = [...new Set(control.map(({ when }) => when))].filter((when) => when !== undefined).toSorted();
  const sets = conditions.map((when): readonly [string, readonly string[]] => [
    when,
    actionsIn(control.filter((right) => right.when === when)).filter((action) => !always.includes(action)),
  ]);
  const reads = title.key === 'reader' || title.key === 'cluster-reader';
  const isBeside = title.scope === 'subscription' && !reads;
  return {
    ...title,
    actions: isBeside ? [] : always,
    dataActions: actionsIn(planes.get('data') ?? []),
    when: reads ? {} : Object.fromEntries(sets),
  };
}

function actionsIn(rights: readonly Right[]): readonly string[] {
  return [...new Set(rights.map(({ action }) => action))].toSorted();
}
