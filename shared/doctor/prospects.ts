import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { keyOf, nameOf, regionOf, same, typeOf, type Resource } from '../core/resource';
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
 * networks; for other types that they may write, a resource of that type.
 */
export function prospectsIn(scope: string, inventory: Inventory, context: Context): readonly Prospect[] {
  const regions = regionsIn(scope, inventory, context);
  const writers = writing(context);
  const planned = regions.flatMap((region) =>
    writers.flatMap((control) => plannedFor(control, networkIn(scope, region, context), inventory, context)),
  );
  const distinct = [...new Map(planned.map((prospect) => [keyOf(prospect.resource.id), prospect])).values()];
  const covered = distinct.map(({ resource }) => resource.type);
  const bare = writableTypes(writers).filter((type) => !covered.some((one) => same(one, type)));
  const [region = ''] = regions;
  return [
    ...distinct,
    ...bare.map((type) => bareProspect(type, region, `${scope}/resourceGroups/${groupName(context)}`)),
  ];
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
  { settings }: Context,
): readonly Prospect[] {
  if (remedy === undefined || !subjects.some((type) => same(type, types.network))) return [];
  const { actions } = remedy.plan(network, asIfNew(inventory, settings.resourceGroupId), settings);
  return actions.map(({ id, body, summary }) => ({
    resource: { id, name: nameOf(id), type: typeOf(id), ...body },
    summary,
    bare: false,
  }));
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

function writableTypes(writers: readonly Control[]): readonly string[] {
  const permissions = writers.flatMap(({ remedy }) => remedy?.permissions ?? []);
  const written = permissions.filter((permission) => /\/write$/i.test(permission));
  return [...new Set(written.map((permission) => permission.replace(/\/write$/i, '')))];
}

function bareProspect(type: string, region: string, group: string): Prospect {
  const [namespace = '', ...path] = type.split('/');
  const names = path.map((part) => `${part}/to-come`).join('/');
  const id = `${group}/providers/${namespace}/${names}`;
  const resource = { id, name: 'to-come', type, location: region, properties: {} };
  return { resource, summary: `write a resource of the type ${type}`, bare: true };
}
