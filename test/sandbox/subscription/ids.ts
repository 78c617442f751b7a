/**
 * What an ARM path names. `scope` is the path before the last `/providers/` (empty for the tenant); a nested resource
 * has the `parent` whose id its own id continues.
 */
export type Place =
  | {
      readonly kind: 'resource';
      readonly id: string;
      readonly type: string;
      readonly name: string;
      readonly scope: string;
      readonly parent?: string;
    }
  | { readonly kind: 'collection'; readonly type: string; readonly scope: string; readonly parent?: string }
  | { readonly kind: 'provider'; readonly namespace: string; readonly scope: string }
  | { readonly kind: 'nothing' };

export type ResourcePlace = Extract<Place, { kind: 'resource' }>;
export type CollectionPlace = Extract<Place, { kind: 'collection' }>;

export const key = (text: string): string => text.toLowerCase();
export const same = (left: string, right: string): boolean => key(left) === key(right);
export const isBelow = (id: string, scope: string): boolean => key(id).startsWith(`${key(scope)}/`);
export const isAtOrBelow = (id: string, scope: string): boolean => same(id, scope) || isBelow(id, scope);
export const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
/** Region names have no case and no blanks: «East US 2» is `eastus2`. */
export const regionName = (text: string): string => key(text).replaceAll(' ', '');
export const sameRegion = (left = '', right = ''): boolean => regionName(left) === regionName(right);

export const subscriptionOf = (id: string): string | undefined => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
export const resourceGroupOf = (id: string): string | undefined =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id)?.[1];

/** The type that an id says; throws for a text that is no resource id. */
export function typeOf(id: string): string {
  const place = placeOf(id);
  if (place.kind !== 'resource') throw new Error(`"${id}" is not the id of a resource`);
  return place.type;
}

export function placeOf(path: string): Place {
  const at = key(path).lastIndexOf('/providers/');
  if (at < 0) return placeOfContainer(path);
  const scope = path.slice(0, at);
  const [namespace = '', ...rest] = path.slice(at + '/providers/'.length).split('/');
  if (rest.length === 0) return { kind: 'provider', namespace, scope };
  const type = [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
  const parent = rest.length > 2 ? path.split('/').slice(0, rest.length % 2 === 0 ? -2 : -1) : undefined;
  const parentId = parent === undefined ? {} : { parent: parent.join('/') };
  if (rest.length % 2 === 1) return { kind: 'collection', type, scope, ...parentId };
  return { kind: 'resource', id: path, type, name: nameOf(path), scope, ...parentId };
}

/** The ancestor at which a nested resource starts: itself for a resource that is not nested. */
export function rootOf(id: string): string {
  const place = placeOf(id);
  return place.kind === 'resource' && place.parent !== undefined ? rootOf(place.parent) : id;
}

const containerTypes: Readonly<Record<string, string>> = {
  subscriptions: 'Microsoft.Resources/subscriptions',
  resourcegroups: 'Microsoft.Resources/resourceGroups',
  tenants: 'Microsoft.Resources/tenants',
  resources: 'Microsoft.Resources/resources',
  providers: 'Microsoft.Resources/providers',
};

/** Paths without a provider: the tenant, subscriptions, resource groups and the lists below them. */
function placeOfContainer(path: string): Place {
  const segments = path.split('/').slice(1);
  const last = segments.at(segments.length % 2 === 0 ? -2 : -1) ?? '';
  const type = containerTypes[key(last)];
  if (type === undefined || segments.length > 5) return { kind: 'nothing' };
  const scope = `/${segments.slice(0, segments.length % 2 === 0 ? -2 : -1).join('/')}`.replace(/\/$/, '');
  if (segments.length % 2 === 1) return { kind: 'collection', type, scope };
  return { kind: 'resource', id: path, type, name: nameOf(path), scope };
}
