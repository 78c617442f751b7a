import { badRequest, notFound } from './answers';
import type { Cloud } from './cloud';
import { absent } from './conditions';
import { childrenIn, embeddingOf } from './embedded';
import { isAtOrBelow, isBelow, key, placeOf, same, subscriptionOf } from './ids';
import type { CollectionPlace } from './ids';
import { show } from './read';
import { resourceTypeOf } from './types/registry';
import type { Answer, Request, WireResource } from './wire';
import { textOf } from './wire';

/** GET of a list: one page, with a `nextLink` while there is more. */
export function list(cloud: Cloud, request: Request, place: CollectionPlace): Answer {
  const absent = refuseScope(cloud, place);
  if (absent !== undefined) return absent;
  const filter = filterOf(request.query.get('$filter'), place);
  if (filter === undefined) {
    return badRequest('InvalidFilterInQueryString', `Invalid $filter '${request.query.get('$filter') ?? ''}'.`);
  }
  const items = candidatesOf(cloud, place).filter(filter);
  return page(cloud, request, place, items);
}

function refuseScope(cloud: Cloud, place: CollectionPlace): Answer | undefined {
  const owner = place.parent ?? place.scope;
  if (owner === '' || cloud.read(owner) !== undefined) return undefined;
  if (place.parent !== undefined) return notFound.parent('read', place.type, place.parent);
  const missing = placeOf(owner);
  return missing.kind === 'resource' ? absent(missing) : notFound.page();
}

/** Types whose list at a scope also holds what the scope inherits from above. */
const inherited = /^microsoft\.authorization\/(policyassignments|policyexemptions|roleassignments)$/i;
/** Types whose list in a subscription also holds the definitions built into Azure. */
const definitions = /^microsoft\.authorization\/(policydefinitions|policysetdefinitions)$/i;

function candidatesOf(cloud: Cloud, { type, scope, parent }: CollectionPlace): readonly WireResource[] {
  const kind = embeddingOf(type);
  if (kind !== undefined) {
    const owner = parent === undefined ? undefined : cloud.read(parent);
    return owner === undefined ? [] : childrenIn(owner, kind);
  }
  if (same(type, 'Microsoft.Resources/resources')) return genericResources(cloud, scope);
  const all = cloud.store.sorted(type);
  if (parent !== undefined) return all.filter(({ id }) => isBelow(id, parent));
  if (definitions.test(type)) return all.filter(({ id }) => isBelow(id, scope) || subscriptionOf(id) === undefined);
  if (inherited.test(type)) return all.filter(({ id }) => isBelow(id, scope) || isAbove(scopeOf(id), scope));
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

const scopeOf = (id: string): string => id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));

/** At the scope or above it. Management groups and the tenant are above every subscription. */
const isAbove = (upper: string, scope: string): boolean =>
  isAtOrBelow(scope, upper) || subscriptionOf(upper) === undefined;

type Filter = (resource: WireResource) => boolean;

/** The filters that the sandbox knows; undefined for any other, because to ignore one would answer a wrong list. */
function filterOf(text: string | null, { type, scope }: CollectionPlace): Filter | undefined {
  if (text === null || text.trim() === '') return () => true;
  if (same(type, 'Microsoft.Resources/resources')) return resourceTypeFilter(text);
  if (/^atExactScope\(\)$/i.test(text)) return ({ id }) => same(scopeOf(id), scope);
  if (/^atScope\(\)$/i.test(text)) return ({ id }) => isAbove(scopeOf(id), scope);
  const equals = /^(policyType|policyDefinitionId|principalId) eq '([^']+)'$/.exec(text);
  if (equals === null) return undefined;
  const [, property = '', value = ''] = equals;
  return ({ properties }) => same(textOf(properties?.[property]), value);
}

function resourceTypeFilter(text: string): Filter | undefined {
  const parts = text.split(/ or /i).map((part) => /^\s*resourceType eq '([^']+)'\s*$/i.exec(part)?.[1]);
  if (parts.includes(undefined)) return undefined;
  return ({ type }) => parts.some((part) => same(part ?? '', type ?? ''));
}

function page(cloud: Cloud, request: Request, place: CollectionPlace, items: readonly WireResource[]): Answer {
  const { query, path } = request;
  const token = query.get('$skiptoken') ?? query.get('$skipToken');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const start = after === '' ? 0 : items.findIndex(({ id }) => key(id) > after);
  const top = Number(query.get('$top') ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(top) || top < 1) return badRequest('InvalidTopInQueryString', 'The $top value must be above 0.');
  const unpaged = resourceTypeOf(place.type).unpaged === true || embeddingOf(place.type) !== undefined;
  const size = unpaged ? items.length : Math.min(top, cloud.settings.pageSize);
  const slice = start < 0 ? [] : items.slice(start, start + size);
  const generic = same(place.type, 'Microsoft.Resources/resources');
  const value = generic ? slice : slice.map((item) => show(cloud, place.type, item));
  const last = slice.at(-1);
  if (last === undefined || start + size >= items.length) return { status: 200, body: { value } };
  const next = new URLSearchParams(query);
  next.delete('$skipToken');
  next.set('$skiptoken', Buffer.from(key(last.id)).toString('base64url'));
  return { status: 200, body: { value, nextLink: `${cloud.origin}${path}?${next.toString()}` } };
}
