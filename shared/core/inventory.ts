import type { Resource } from './resource';

/** One question to Azure: a resource by id, or all resources of a type under a subscription or a parent resource. */
export type Query =
  | { readonly kind: 'get'; readonly id: string }
  | { readonly kind: 'list'; readonly type: string; readonly scope: string };

/** What came of a question. `unread` says why and is never taken for «there is none». */
export type Reading<T> =
  { readonly state: 'read'; readonly value: T } | { readonly state: 'unread'; readonly reason: string };

/**
 * What has been read, and nothing else: a control can only conclude from what it has looked at. A question that was
 * not put to Azure yet is noted, answered `unread`, and put before the control is asked again.
 */
export interface Inventory {
  get<P>(id: string): Reading<Resource<P> | undefined>;
  list<P>(type: string, scope: string): Reading<readonly Resource<P>[]>;
}
