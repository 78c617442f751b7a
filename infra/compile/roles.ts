import type { Control, Remedy } from '../../shared/core/control';
import { ownRights, type Place } from '../../shared/permissions';
import { azureChecks } from './azure-checks';
import { builtInRoles, type BuiltInRole } from './built-in-roles';
import { placeOfWrite, placesOfPutBack } from './places';

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

/** A right before it is part of a role; `when` absent: always. */
interface Right {
  readonly action: string;
  readonly at: Place;
  readonly when?: string;
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
  const rights = [
    ...ownRights.map(({ option, ...right }): Right => ({ ...right, ...(option && { when: option }) })),
    ...readsElsewhere,
    ...controls.flatMap(readsOf),
    ...controls.flatMap(({ id, remedy }) => (remedy === undefined ? [] : writesOf(id, remedy))),
  ];
  return { roles: titles.map((title) => roleOf(title, rights)), builtIn: builtInRoles };
}

/** Accounts and a workspace of others may lie in another subscription, which the reader does not reach. */
const readsElsewhere: readonly Right[] = [
  { action: 'Microsoft.Storage/storageAccounts/read', at: 'flowLogStorage' },
  { action: 'Microsoft.Storage/storageAccounts/managementPolicies/read', at: 'flowLogStorage' },
  { action: 'Microsoft.OperationalInsights/workspaces/read', at: 'workspaceGroup' },
];

function readsOf({ subjects, reads, remedy }: Control): readonly Right[] {
  const written = rightsIn(remedy).map((action) => action.replace(/\/[^/]+$/, ''));
  return [...subjects, ...reads, ...written]
    .filter(isOfAzure)
    .map((type) => ({ action: readOf(type), at: placeOfRead(type) }));
}

function placeOfRead(type: string): Place {
  return type.startsWith('Microsoft.Management/') ? 'managementGroup' : 'subscription';
}

/** What is no resource of Resource Manager has no action there. */
function isOfAzure(type: string): boolean {
  return /^Microsoft\.\w[\w.]*\/./.test(type) && !type.startsWith('Microsoft.Graph/');
}

/** Containers of resources have names of their own among the actions. */
function readOf(type: string): string {
  const container = /^Microsoft\.Resources\/(resourceGroups|providers)$/i.exec(type)?.[1];
  return container === undefined ? `${type}/read` : `Microsoft.Resources/subscriptions/${container}/read`;
}

function rightsIn({ permissions = [], toTakeBack = [], toPutBack = [] }: Partial<Remedy> = {}): readonly string[] {
  return [...permissions, ...toTakeBack, ...toPutBack];
}

function writesOf(id: string, { permissions, toTakeBack = [], toPutBack = [] }: Remedy): readonly Right[] {
  const own = [...permissions, ...toTakeBack].map((action) => ({ action, at: placeOfWrite(action), when: id }));
  const back = toPutBack.flatMap((action) => placesOfPutBack.map((at) => ({ action, at, when: id })));
  return [...own, ...back, ...permissions.flatMap((action) => checkedBesides(id, action))];
}

function checkedBesides(id: string, action: string): readonly Right[] {
  return (azureChecks[action] ?? []).flatMap(({ actions, at, option }) =>
    at.flatMap((place) => actions.map((one) => ({ action: one, at: place, when: option ?? id }))),
  );
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
