import { badRequest, notFound } from './answers';
import type { Cloud } from './cloud';
import { absent, absentPolicy } from './conditions';
import { childrenIn, embeddingOf } from './embedded';
import { isBelow, key, placeOf, same } from './ids';
import type { CollectionPlace } from './ids';
import { filterOf } from './list-filters';
import { page } from './paging';
import { isVersionType, versionsOf } from './policy-versions';
import { show } from './read';
import { reaching, scopeOf } from './scopes';
import { resourceTypeOf } from './types/registry';
import type { Answer, Request, WireResource } from './wire';

/** GET of a list: one page, with a `nextLink` while there is more. */
export function list(cloud: Cloud, request: Request, place: CollectionPlace): Answer {
  const absent = refuseScope(cloud, place);
  if (absent !== undefined) return absent;
  const filter = filterOf(cloud, request.query.get('$filter'), place);
  if (filter === undefined) {
    return badRequest('InvalidFilterInQueryString', `Invalid $filter '${request.query.get('$filter') ?? ''}'.`);
  }
  const items = candidatesOf(cloud, place).filter(filter);
  const generic = same(place.type, 'Microsoft.Resources/resources');
  const shown = (item: WireResource): unknown => (generic ? item : show(cloud, place.type, item));
  const unpaged = resourceTypeOf(place.type).unpaged === true || embeddingOf(place.type) !== undefined;
  return unpaged ? { status: 200, body: { value: items.map(shown) } } : page(cloud, request, items, shown);
}

function refuseScope(cloud: Cloud, place: CollectionPlace): Answer | undefined {
  const owner = place.parent ?? place.scope;
  if (owner === '' || cloud.read(owner) !== undefined) return undefined;
  const missing = placeOf(owner);
  if (missing.kind !== 'resource') return notFound.page();
  if (place.parent === undefined) return absent(missing);
  return absentPolicy(missing) ?? notFound.parent('read', place.type, place.parent);
}

/** Types whose list at a scope holds what the scope inherits from above, and what is below it. */
const inherited = /^microsoft\.authorization\/(policyassignments|policyexemptions|roleassignments)$/i;
/** Types whose list at a resource holds what is on it, and not what is on something below. */
const extensions = /^microsoft\.insights\/(diagnosticsettings|datacollectionruleassociations)$/i;
/** Types whose list at a scope holds what can be assigned there: its own, those from above and those built into Azure. */
const definitions = /^microsoft\.authorization\/(policydefinitions|policysetdefinitions)$/i;

function candidatesOf(cloud: Cloud, { type, scope, parent }: CollectionPlace): readonly WireResource[] {
  const kind = embeddingOf(type);
  if (kind !== undefined) {
    const owner = parent === undefined ? undefined : cloud.read(parent);
    return owner === undefined ? [] : childrenIn(owner, kind);
  }
  if (same(type, 'Microsoft.Resources/resources')) return genericResources(cloud, scope);
  if (parent !== undefined && isVersionType(type)) return versionsOf(cloud.store, parent);
  const all = cloud.store.sorted(type);
  if (parent !== undefined) return all.filter(({ id }) => isBelow(id, parent));
  if (extensions.test(type)) return all.filter(({ id }) => same(scopeOf(id), scope));
  const reaches = reaching(cloud.store, scope);
  if (definitions.test(type)) return all.filter(({ id }) => reaches(scopeOf(id)));
  if (inherited.test(type)) return all.filter(({ id }) => isBelow(id, scope) || reaches(scopeOf(id)));
  return scope === '' ? all : all.filter(({ id }) => isBelow(id, scope));
}

/** `/resources` shows what ARM itself keeps: the envelope of every resource that has a location. */
function genericResources(cloud: Cloud, scope: string): readonly WireResource[] {
  return cloud.store
    .below(scope)
    .filter(({ id, location }) => location !== undefined && /\/providers\/(?!microsoft\.authorization\/)/i.test(id))
    .sort((left, right) => (key(left.id) < key(right.id) ? -1 : 1))
    .map(({ id, name, type, location, tags, kind, sku, identity, managedBy, plan }) => {
      const envelope = { id, name, type, location, tags, kind, sku, identity, managedBy, plan };
      return Object.fromEntries(Object.entries(envelope).filter(([, value]) => value !== undefined)) as WireResource;
    });
}
