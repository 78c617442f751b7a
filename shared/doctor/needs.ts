import type { Inventory } from '../core/inventory';
import type { Plane } from '../core/permissions';
import { keyOf, same } from '../core/resource';
import { types } from '../flow-logging/types';
import type { Place } from '../rights/own-rights';
import { rightsOf } from '../rights/rights';
import { distinct, scopesIn, writing, type Context } from './check';
import { ruleOf } from './ingestion';

/** Actions that have to be granted at a scope, or above it. */
export interface Need {
  readonly scope: string;
  readonly actions: readonly string[];
  readonly plane: Plane;
  /** What it is needed for, as a sentence without its full stop. */
  readonly why: string;
}

/** Everything that the app has to be allowed, where the deployment's roles allow it. */
export function needsOf(inventory: Inventory, context: Context): readonly Need[] {
  return [...onResources(context), ...onBlobs(context), ...onTheRule(inventory, context)];
}

/** What the roles are made of: the rights of all controls to look, and those of the enabled remedies to write. */
function onResources(context: Context): readonly Need[] {
  const looksInside = context.controls.some(({ kinds }) => kinds !== undefined);
  const rights = rightsOf(context.controls).filter(({ role }) => looksInside || role !== 'cluster-reader');
  const needed = rights.flatMap(({ action, at, when, why, plane = 'control' }) =>
    scopesOf(at, context)
      .filter((scope) => when === undefined || conditionsAt(scope, context).includes(when))
      .map((scope): Need => ({ scope, actions: [action], why, plane })),
  );
  const groups = Map.groupBy(needed, ({ scope, why, plane }) => `${keyOf(scope)}|${plane}|${why}`);
  return [...groups.values()].flatMap((those): readonly Need[] =>
    those.slice(0, 1).map((one) => ({ ...one, actions: distinct(those.flatMap(({ actions }) => actions)) })),
  );
}

/** Which controls may write there, and what else the deployment was told to allow. */
function conditionsAt(scope: string, context: Context): readonly string[] {
  const isSubscription = scopesIn(context).includes(scope);
  const controls = isSubscription ? writing(context, scope) : writing(context);
  return [...controls.map(({ id }) => id), ...(context.settings.canary === 'hourly' ? ['canary'] : [])];
}

/** A right in a management group only adds to what can be judged: nothing is wrong without it. */
function scopesOf(place: Place, context: Context): readonly string[] {
  const { resourceGroupId, flowLogStorage, workspaceId } = context.settings;
  switch (place) {
    case 'subscription':
      return scopesIn(context);
    case 'ownGroup':
      return [resourceGroupId];
    case 'flowLogStorage':
      return accountsOfOthers(flowLogStorage, resourceGroupId);
    case 'workspaceGroup':
      return workspaceId === undefined ? [] : [groupOf(workspaceId)];
    case 'managementGroup':
      return [];
  }
}

const groupOf = (id: string): string => id.split(/\/providers\//i)[0] ?? id;

function accountsOfOthers(storage: Readonly<Record<string, string>>, ownGroup: string): readonly string[] {
  return distinct(Object.values(storage)).filter((id) => !same(groupOf(id), ownGroup));
}

function onBlobs(context: Context): readonly Need[] {
  const looks = context.controls.some(({ reads }) => reads.some((type) => same(type, types.flowLog)));
  if (!looks) return [];
  const actions = ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'];
  const scopes = [...scopesOf('ownGroup', context), ...scopesOf('flowLogStorage', context)];
  return scopes.map((scope) => ({ scope, actions, plane: 'data', why: 'blobs show whether flow logs are written' }));
}

function onTheRule(inventory: Inventory, context: Context): readonly Need[] {
  const rule = ruleOf(inventory, context);
  if (rule.state === 'unread' || rule.value === undefined) return [];
  const actions = ['Microsoft.Insights/Telemetry/Write'];
  return [{ scope: rule.value.id, actions, plane: 'data', why: 'findings are sent to the rule' }];
}
