/** A resource exactly as ARM sends it. Values in the store are never changed in place: every write makes a new one. */
export interface WireResource {
  readonly id: string;
  readonly name?: string;
  readonly type?: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly etag?: string;
  readonly properties?: Fields;
  readonly [field: string]: unknown;
}

/** An object of a cluster, as its API server stores it. */
export interface ClusterObject {
  readonly clusterId: string;
  /** `<cluster id>/kubernetes/<group or core>/<version>/…/<plural>/<name>`. */
  readonly id: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly object: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Who asks: Steward's managed identity, or anyone else. */
export type Caller = 'steward' | 'deployer';

export interface Request {
  readonly method: string;
  /** Path of the URL, decoded, without a trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly caller: Caller;
  readonly correlationId: string;
  /** Sent by a template deployment, which raises an event of its own. */
  readonly deployment?: true;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  readonly body?: unknown;
}

export interface RecordedRequest {
  /** ISO time of arrival. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly apiVersion: string | undefined;
  readonly caller: Caller;
  /** 0 when a fault cut the connection. */
  readonly status: number;
  readonly ms: number;
  readonly requestBody?: unknown;
  readonly responseBody?: unknown;
  readonly responseHeaders: Readonly<Record<string, string>>;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object at a path of names, or an empty one: `fieldsOf(log, 'properties', 'retentionPolicy').days`. */
export function fieldsOf(value: unknown, ...path: readonly string[]): Fields {
  let current = value;
  for (const name of path) current = isFields(current) ? current[name] : undefined;
  return isFields(current) ? current : {};
}

/** The objects of an array; an empty list for anything else. */
export const itemsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `value` without the named fields. */
export const without = (value: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
