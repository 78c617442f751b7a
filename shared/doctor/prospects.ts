import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { keyOf, nameOf, regionOf, same, typeOf, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
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
export function prospectsIn(scope: string, inventory: Inventory, context: Context): readonly Prospect[] {
  const regions = regionsIn(scope, inventory, context);
  const [region] = regions;
  if (region === undefined) return [];
  const perControl = writing(context, scope).map((control) => {
    const planned = regions.flatMap((one) =>
      plannedFor(control, networkIn(scope, one, context), inventory, context.settings),
    );
    return planned.length > 0 ? planned : bareOf(control, { scope, region, inventory, context });
  });
  return [...new Map(perControl.flat().map((prospect) => [keyOf(prospect.resource.id), prospect])).values()];
}

const groupName = ({ settings }: Context): string => nameOf(settings.resourceGroupId);

function regionsIn(scope: string, inventory: Inventory, { settings }: Context): readonly string[] {
  const regions = regionsWithNetworks(scope, inventory);
  if (typeof regions !== 'string' && regions.length > 0) return regions;
  const group = inventory.get(settings.resourceGroupId);
  return group.state === 'read' && group.value?.location !== undefined ? [regionOf(group.value.location)] : [];
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
  };
}

interface Place {
  readonly scope: string;
  readonly region: string;
  readonly inventory: Inventory;
  readonly context: Context;
}

function bareOf({ remedy }: Control, place: Place): readonly Prospect[] {
  const written = (remedy?.permissions ?? []).filter((permission) => /\/write$/i.test(permission));
  return written.map((permission) => bareProspect(permission.replace(/\/write$/i, ''), place));
}

/** What is part of another resource goes to where such resources are. */
function bareProspect(type: string, { scope, region, inventory, context }: Place): Prospect {
  const [namespace = '', root = '', ...path] = type.split('/');
  const roots = path.length === 0 ? undefined : inventory.list(`${namespace}/${root}`, scope);
  const [found] = roots?.state === 'read' ? roots.value : [];
  const own = `${scope}/resourceGroups/${groupName(context)}/providers/${namespace}/${root}/to-come`;
  const id = [found?.id ?? own, ...path.flatMap((part) => [part, 'to-come'])].join('/');
  const resource = { id, name: 'to-come', type, location: region, tags: {}, properties: {} };
  return { resource, summary: `write a resource of the type ${type}`, bare: true };
}
