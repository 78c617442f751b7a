import { keyOf, type Resource } from './resource';

/**
 * One question to Azure: a resource by id; all resources of a type under a subscription, a resource group or another
 * resource; or what a resource provider tells of its types (`Microsoft.Network`), aliases included.
 */
export type Query =
  | { readonly kind: 'get'; readonly id: string }
  | { readonly kind: 'list'; readonly type: string; readonly scope: string }
  | { readonly kind: 'provider'; readonly namespace: string; readonly scope: string };

export function keyOfQuery(query: Query): string {
  if (query.kind === 'get') return keyOf(query.id);
  return keyOf(`${query.scope}|${query.kind === 'list' ? query.type : query.namespace}`);
}

/** What belongs to the tenant or to Azure itself, as built-in policies and aliases: no event of a subscription tells of it. */
export function isOfTenant(query: Query): boolean {
  return query.kind === 'provider' || keyOfQuery(query).startsWith('/providers/');
}

/** What came of a question. `unread` says why and is never taken for «there is none». */
export type Reading<T> =
  { readonly state: 'read'; readonly value: T } | { readonly state: 'unread'; readonly reason: string };

/**
 * What has been read, and nothing else: a control can only conclude from what it has looked at. A question that was
 * not put to Azure yet is noted, answered `unread`, and put before the control is asked again.
 */
export interface Inventory {
  /** The time at which conclusions are drawn, ISO 8601 in UTC. */
  readonly now: string;
  get<P>(id: string): Reading<Resource<P> | undefined>;
  list<P>(type: string, scope: string): Reading<readonly Resource<P>[]>;
  provider(namespace: string, scope: string): Reading<Resource | undefined>;
}
