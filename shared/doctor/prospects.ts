import type { Control } from '../core/control';
import type { Inventory, Reading } from '../core/inventory';
import { keyOf, nameOf, regionOf, same, typeOf, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
import { allRead } from '../flow-logging/protected';
import { types } from '../flow-logging/types';
import { writing, type Context } from './check';
import { regionsWithNetworks } from './watchers';

/** A resource that a remedy would write. */
export interface Prospect {
  readonly resource: Resource;
  readonly summary: string;
  /** Only its id, type and region are known: what a policy asks of anything else cannot be told. */
  readonly bare: boolean;
}

/**
 * What the enabled remedies would write in a subscription for a network that has nothing yet, in each region with
 * networks; of a remedy that does nothing for networks, a resource of each type that it may write.
 */
export function prospectsIn(scope: string, inventory: Inventory, context: Context): Reading<readonly Prospect[]> {
  const regions = regionsIn(scope, inventory, context);
  if (regions.state === 'unread') return regions;
  const [region = ''] = regions.value;
  const perControl = writing(context, scope).map((control): Reading<readonly Prospect[]> => {
    const planned = regions.value.flatMap((one) =>
      plannedFor(control, networkIn(scope, one, context), inventory, context.settings),
    );
    if (planned.length > 0) return { state: 'read', value: planned };
    return bareOf(control, { scope, region, inventory, context });
  });
  const all = allRead(perControl);
  if (all.state === 'unread') return all;
  const byId = new Map(all.value.flat().map((prospect) => [keyOf(prospect.resource.id), prospect]));
  return { state: 'read', value: [...byId.values()] };
}

const groupName = ({ settings }: Context): string => nameOf(settings.resourceGroupId);

/** Where the subscription has networks, else where Steward is. */
function regionsIn(scope: string, inventory: Inventory, { settings }: Context): Reading<readonly string[]> {
  const regions = regionsWithNetworks(scope, inventory);
  if (typeof regions === 'string') return { state: 'unread', reason: regions };
  if (regions.length > 0) return { state: 'read', value: regions };
  const group = inventory.get(settings.resourceGroupId);
  if (group.state === 'unread') return group;
  const region = regionOf(group.value?.location);
  if (region !== '') return { state: 'read', value: [region] };
  return { state: 'unread', reason: 'Steward’s own resource group does not exist, so that nobody knows its region' };
}

function networkIn(scope: string, region: string, context: Context): Resource {
  const id = `${scope}/resourceGroups/${groupName(context)}/providers/${types.network}/vnet-to-come`;
  const subnets = [{ id: `${id}/subnets/snet-to-come`, name: 'snet-to-come', properties: {} }];
  return { id, name: nameOf(id), type: types.network, location: region, properties: { subnets } };
}

function plannedFor(
  { subjects, remedy }: Control,
  network: Resource,
  inventory: Inventory,
  settings: Settings,
): readonly Prospect[] {
  if (remedy === undefined || !subjects.some((type) => same(type, types.network))) return [];
  const { actions } = remedy.plan(network, asIfNew(inventory, settings.resourceGroupId), settings);
  return actions.map(({ id, body, summary }) => {
    // What is written with a location has tags as well: policies for such types are about it.
    const tags = body.location === undefined ? {} : { tags: {} };
    return { resource: { id, name: nameOf(id), type: typeOf(id), ...tags, ...body }, summary, bare: false };
  });
}

/** The inventory as it would be before Steward wrote anything: no flow log, and nothing of its own but its group. */
function asIfNew(inventory: Inventory, ownGroup: string): Inventory {
  const own = `${keyOf(ownGroup)}/providers/${keyOf(types.account)}/`;
  return {
    now: inventory.now,
    get: (id) => (keyOf(id).startsWith(own) ? { state: 'read', value: undefined } : inventory.get(id)),
    list: (type, scope) => (same(type, types.flowLog) ? { state: 'read', value: [] } : inventory.list(type, scope)),
    provider: (namespace, scope) => inventory.provider(namespace, scope),
    blobs: (endpoint, container, prefix) => inventory.blobs(endpoint, container, prefix),
    objects: (cluster, kind) => inventory.objects(cluster, kind),
  };
}

interface Place {
  readonly scope: string;
  readonly region: string;
  readonly inventory: Inventory;
  readonly context: Context;
}

function bareOf({ subjects, remedy }: Control, place: Place): Reading<readonly Prospect[]> {
  const written = (remedy?.permissions ?? []).filter((permission) => /\/write$/i.test(permission));
  const types = written.map((permission) => permission.replace(/\/write$/i, ''));
  const all = allRead(types.map((type) => targetsOf(type, subjects, place)));
  return all.state === 'unread' ? all : { state: 'read', value: all.value.flat().map(bareProspect) };
}

interface Target {
  readonly id: string;
  readonly type: string;
  readonly location: string;
}

function bareProspect({ id, type, location }: Target): Prospect {
  const resource = { id, name: nameOf(id), type, location, tags: {}, properties: {} };
  return { resource, summary: `write a resource of the type ${type}`, bare: true };
}

/** What is judged, and what is part of another resource, is written where it is; anything else Steward makes in its group. */
function targetsOf(type: string, subjects: readonly string[], place: Place): Reading<readonly Target[]> {
  const [namespace = '', root = '', ...path] = type.split('/');
  const { scope, region, inventory, context } = place;
  const rootType = `${namespace}/${root}`;
  const own = `${scope}/resourceGroups/${groupName(context)}/providers/${rootType}/to-come`;
  const isThere = path.length > 0 || subjects.some((subject) => same(subject, rootType));
  if (!isThere) return { state: 'read', value: [{ id: own, type, location: region }] };
  const roots = inventory.list(rootType, scope);
  if (roots.state === 'unread') return { state: 'unread', reason: `${rootType}: ${roots.reason}` };
  const tail = path.map((part) => `/${part}/to-come`).join('');
  const targets = onePerGroup(roots.value).map(({ id, location = region }) => ({ id: `${id}${tail}`, type, location }));
  return { state: 'read', value: targets };
}

function onePerGroup(resources: readonly Resource[]): readonly Resource[] {
  return [...new Map(resources.map((one) => [keyOf(one.id.split(/\/providers\//i)[0] ?? ''), one])).values()];
}
