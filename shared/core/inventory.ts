import type { KubernetesObject, ObjectKind } from './kubernetes-object';
import { keyOf, same, type Resource } from './resource';
import { usageType } from './table-usage';

/** A blob, as a listing of its container shows it. */
export interface Blob {
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * One question to Azure: a resource by id; all resources of a type under a subscription, a resource group, another
 * resource or, with an empty scope, the tenant; what a resource provider tells of its types (`Microsoft.Network`), aliases
 * included; the blobs of a container below a prefix, at the endpoint that a storage account tells
 * (`https://stlogs.blob.core.windows.net/`); or all objects of a kind in a cluster, by the cluster's id.
 */
export type Query =
  | { readonly kind: 'get'; readonly id: string }
  | { readonly kind: 'list'; readonly type: string; readonly scope: string }
  | { readonly kind: 'provider'; readonly namespace: string; readonly scope: string }
  | { readonly kind: 'blobs'; readonly endpoint: string; readonly container: string; readonly prefix: string }
  | ({ readonly kind: 'objects'; readonly cluster: string } & ObjectKind);

/** The beginning of the key of each question for objects: they are much, and nobody holds them longer than he needs them. */
export const objectsPrefix = 'objects of ';

export function keyOfQuery(query: Query): string {
  if (query.kind === 'get') return keyOf(query.id);
  // Names of blobs differ by case.
  if (query.kind === 'blobs') return `${query.endpoint}|${query.container}/${query.prefix}`;
  if (query.kind === 'objects')
    return `${objectsPrefix}${keyOf(query.cluster)}|${query.group}/${query.version}/${query.plural}`;
  return keyOf(`${query.scope}|${query.kind === 'list' ? query.type : query.namespace}`);
}

/** What belongs to the tenant or to Azure itself, as built-in policies and aliases: no event of a subscription tells of it. */
export function isOfTenant(query: Query): boolean {
  const isAtTenant = query.kind === 'list' && query.scope === '';
  return isAtTenant || query.kind === 'provider' || keyOfQuery(query).startsWith('/providers/');
}

/** What no event tells of, so that it is never outdated by one: what is the tenant's, blobs, rows, and what is in clusters. */
export function isUntold(query: Query): boolean {
  const isOfRows = query.kind === 'list' && same(query.type, usageType);
  return query.kind === 'blobs' || query.kind === 'objects' || isOfRows || isOfTenant(query);
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
  /** None where there is no such container yet. */
  blobs(endpoint: string, container: string, prefix: string): Reading<readonly Blob[]>;
  /** Of all namespaces, without what no control asks for. None where the cluster does not have this kind. Never Secrets. */
  objects(cluster: string, kind: ObjectKind): Reading<readonly KubernetesObject[]>;
}
