import type { Control, Remedy } from '../core/control';
import { readOf, type Plane } from '../core/permissions';
import { ownRights, type Place } from './own-rights';
import { azureChecks } from './azure-checks';
import { clusterRights } from './cluster-rights';
import { placeOfWrite, placesOfPutBack } from './places';

/** One action that has to be allowed in one place. */
export interface Right {
  readonly action: string;
  readonly at: Place;
  /** The role that it belongs to, where it is not the one that holds what is needed there. */
  readonly role?: 'cluster-reader';
  /** Absent: an operation of Resource Manager. */
  readonly plane?: Plane;
  /** Id of the control that may write, or the option, with which it is needed; absent: always. */
  readonly when?: string;
  /** What for, as a sentence without its full stop. */
  readonly why: string;
}

/** Everything that the code does in Azure Resource Manager and in clusters, and what Azure checks with it. */
export function rightsOf(controls: readonly Control[]): readonly Right[] {
  return [
    ...ownRights.map(({ option, ...right }): Right => ({ ...right, ...(option && { when: option }) })),
    ...readsElsewhere,
    ...clusterRights,
    ...controls.flatMap(readsOf),
    ...controls.flatMap(({ id, remedy }) => (remedy === undefined ? [] : writesOf(id, remedy))),
  ];
}

/** Accounts and a workspace of others may lie in another subscription, which the reader does not reach. */
const readsElsewhere: readonly Right[] = [
  ...['Microsoft.Storage/storageAccounts', 'Microsoft.Storage/storageAccounts/managementPolicies'].map(
    (type): Right => ({
      action: `${type}/read`,
      at: 'flowLogStorage',
      why: 'what flow logs write to is judged with them',
    }),
  ),
  {
    action: 'Microsoft.OperationalInsights/workspaces/read',
    at: 'workspaceGroup',
    why: 'the workspace of traffic analytics is judged with the flow log',
  },
];

function readsOf({ id, subjects, reads, remedy }: Control): readonly Right[] {
  const written = rightsIn(remedy).map((action) => action.replace(/\/[^/]+$/, ''));
  const reading = (types: readonly string[], why: string): readonly Right[] =>
    types.filter(isOfAzure).map((type) => ({ action: readOf(type), at: placeOfRead(type), why }));
  return [
    ...reading(subjects, `judged by \`${id}\``),
    ...reading(reads, `looked up by \`${id}\``),
    ...reading(written, `read back by \`${id}\``),
  ];
}

function placeOfRead(type: string): Place {
  return type.startsWith('Microsoft.Management/') ? 'managementGroup' : 'subscription';
}

/** What is no resource of Resource Manager has no action there. */
function isOfAzure(type: string): boolean {
  return /^Microsoft\.\w[\w.]*\/./.test(type) && !type.startsWith('Microsoft.Graph/');
}

function rightsIn({ permissions = [], toTakeBack = [], toPutBack = [] }: Partial<Remedy> = {}): readonly string[] {
  return [...permissions, ...toTakeBack, ...toPutBack];
}

function writesOf(id: string, { permissions, toTakeBack = [], toPutBack = [] }: Remedy): readonly Right[] {
  const own = (actions: readonly string[], why: string): readonly Right[] =>
    actions.map((action) => ({ action, at: placeOfWrite(action), when: id, why }));
  const back = toPutBack.flatMap((action) =>
    placesOfPutBack.map((at) => ({ action, at, when: id, why: 'what Azure takes from others on the way is put back' })),
  );
  return [
    ...own(permissions, 'written by its remedy'),
    ...own(toTakeBack, 'a person takes back what its remedy made'),
    ...back,
    ...permissions.flatMap((action) => checkedBesides(id, action)),
  ];
}

function checkedBesides(id: string, action: string): readonly Right[] {
  return (azureChecks[action] ?? []).flatMap(({ actions, at, option, why }) =>
    at.flatMap((place) => actions.map((one) => ({ action: one, at: place, when: option ?? id, why }))),
  );
}
