import type { Inventory } from '../core/inventory';
import { nameOf, regionOf, same } from '../core/resource';
import { types } from '../flow-logging/types';
import { distinct, on, scopesIn, writing, type Check, type Context, type Examination } from './check';

const topic = {
  id: 'network-watchers',
  title: 'Every region with networks has a Network Watcher',
  wanted: 'a Network Watcher in each region with networks, or that a control may make one',
};

const permission = 'Microsoft.Network/networkWatchers/write';

export const networkWatchers: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => judged(scope, inventory, context));

function judged(scope: string, inventory: Inventory, context: Context): Check {
  const regions = regionsWithNetworks(scope, inventory);
  const lacking = regionsWithoutWatcher(scope, inventory);
  const conclude = on(topic, scope);
  if (typeof regions === 'string') return conclude.unknown(regions, `grant ${types.network}/read`);
  if (typeof lacking === 'string') return conclude.unknown(lacking, `grant ${types.watcher}/read`);
  if (regions.length === 0) return conclude.ok('there is no network');
  if (lacking.length === 0) return conclude.ok(`all of ${regions.join(', ')} have one`);
  const found = `no Network Watcher in ${lacking.join(', ')}`;
  const maker = writing(context, scope).find(({ remedy }) => remedy?.permissions.some((one) => same(one, permission)));
  const make = `az network watcher configure --enabled true --locations ${lacking.join(' ')} --subscription ${nameOf(scope)}`;
  if (maker === undefined) return conclude.wrong(found, make);
  const groupId = groupForWatchers(scope, context);
  const group = inventory.get(groupId);
  if (group.state === 'unread') return conclude.unknown(`resource group ${groupId}: ${group.reason}`, make);
  if (group.value !== undefined) return conclude.ok(`${found}; ${maker.id} makes one with the first flow log`);
  return conclude.wrong(`${found}, and ${groupId}, in which ${maker.id} would make one, does not exist`, make);
}

/** The resource group of the subscription in which new watchers are made. */
export function groupForWatchers(scope: string, { settings }: Context): string {
  return `${scope}/resourceGroups/${nameOf(settings.resourceGroupId)}`;
}

/** Regions in which the subscription has networks, or why that is not known. */
export function regionsWithNetworks(scope: string, inventory: Inventory): readonly string[] | string {
  const networks = inventory.list(types.network, scope);
  if (networks.state === 'unread') return `networks: ${networks.reason}`;
  return distinct(networks.value.map(({ location }) => regionOf(location))).toSorted();
}

/** Of those, the ones that have no watcher, or why that is not known. */
export function regionsWithoutWatcher(scope: string, inventory: Inventory): readonly string[] | string {
  const regions = regionsWithNetworks(scope, inventory);
  const watchers = inventory.list(types.watcher, scope);
  if (watchers.state === 'unread') return `network watchers: ${watchers.reason}`;
  if (typeof regions === 'string') return regions;
  const watched = watchers.value.map(({ location }) => regionOf(location));
  return regions.filter((region) => !watched.includes(region));
}
