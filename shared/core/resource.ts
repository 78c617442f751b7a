import { InputError } from './errors';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A resource exactly as ARM sends it. `P` names only the properties that a reader uses, every one optional. */
export interface Resource<P = unknown> {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: { readonly name?: string; readonly tier?: string };
  readonly identity?: Readonly<Record<string, unknown>>;
  readonly managedBy?: string;
  readonly etag?: string;
  readonly properties?: P;
}

export interface ResourceId {
  /** Empty for resources of the tenant, as built-in policies and management groups. */
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** `Microsoft.Network/virtualNetworks/subnets`; of an extension resource, the extension's type. */
  readonly type: string;
  readonly name: string;
  /** The id without its last type and name, when the resource is a child of another. */
  readonly parent?: string;
}

/** ARM ids, types, names and regions compare without regard to case. */
export function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && keyOf(a) === keyOf(b);
}

/** The form of an id or type that serves as a key. */
export function keyOf(idOrType: string): string {
  return idOrType.toLowerCase();
}

/** The key of a resource's id: worked out once, however many lists it is looked for in. */
export function keyOfResource(resource: Resource): string {
  const known = keys.get(resource);
  if (known !== undefined) return known;
  const key = keyOf(resource.id);
  keys.set(resource, key);
  return key;
}

const keys = new WeakMap<Resource, string>();

/** The list with the resource in it, instead of the one of its id if there is one. */
export function replaced(list: readonly Resource[], resource: Resource): readonly Resource[] {
  return [...withoutId(list, resource.id), resource];
}

export function withoutId(list: readonly Resource[], id: string): readonly Resource[] {
  const key = keyOf(id);
  return list.filter((one) => keyOfResource(one) !== key);
}

/** `East US 2` and `eastus2` are one region. */
export function regionOf(location: string | undefined): string {
  return (location ?? '').replaceAll(' ', '').toLowerCase();
}

/** What nearly all ids are made of, so that their segments need no closer look. */
const plain = /^(?:\/[\w()-]+(?:\.[\w()-]+)*)+$/;
/** Names of some types hold nearly anything; never what would change the path or a query. */
const segment = /^[^\p{C}/\\?#%<>*:&"|]+$/u;
const subscription = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Parses the id of a subscription, resource group or resource, of a resource of the tenant (`/providers/…`), or of an object in
 * a cluster. Throws InputError for anything else, path tricks (`..`, `%2f`, empty segments) included.
 */
export function parseId(id: string): ResourceId {
  return parseObject(id) ?? parseArmId(id);
}

/** `<cluster id>/kubernetes/<group or core>/<version>/[namespaces/<namespace>/]<plural>/<name>`. */
const objectId =
  /^(?<cluster>.+\/managedClusters\/[^/]+)\/kubernetes\/(?<group>[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?(?<plural>[^/]+)\/(?<name>[^/]+)$/i;
/** Names of roles hold colons. */
const objectSegment = /^[^\p{C}\p{Z}/\\?#%<>*&"|]+$/u;

/** Of an object in a cluster: its type is the cluster's, with the group and the plural of its kind. */
function parseObject(id: string): ResourceId | undefined {
  // Most ids are none, and the whole expression costs more.
  const match = id.includes('/kubernetes/') ? objectId.exec(id) : null;
  const { cluster, group, plural, name } = match?.groups ?? {};
  if (cluster === undefined || name === undefined) return undefined;
  const wrong = id
    .slice(cluster.length + 1)
    .split('/')
    .find((part) => !objectSegment.test(part) || /^\.+$/.test(part));
  if (wrong !== undefined)
    throw new InputError(`"${printable(id)}" is not the id of an object: "${printable(wrong)}" is not allowed`);
  const of = parseArmId(cluster);
  return { ...of, type: `${of.type}/kubernetes/${group ?? ''}/${plural ?? ''}`, name, parent: cluster };
}

function parseArmId(id: string): ResourceId {
  const [blank, root, subscriptionId, ...rest] = id.split('/');
  const ofTenant = blank === '' && same(root, 'providers');
  if (!ofTenant && (blank !== '' || !same(root, 'subscriptions') || !subscription.test(subscriptionId ?? ''))) {
    throw new InputError(`"${printable(id)}" is not an ARM id: it has to start with /subscriptions/<GUID>`);
  }
  const parts = ofTenant ? id.split('/').slice(1) : rest;
  const wrong = plain.test(id)
    ? undefined
    : parts.find((part) => !segment.test(part) || part.endsWith('.') || part.trim() !== part);
  if (wrong !== undefined) {
    throw new InputError(`"${printable(id)}" is not an ARM id: the segment "${printable(wrong)}" is not allowed`);
  }
  return ofTenant ? { subscriptionId: '', ...parseProviders(id, parts) } : parseRest(id, subscriptionId ?? '', parts);
}

function parseRest(id: string, subscriptionId: string, rest: readonly string[]): ResourceId {
  const [scopeType, resourceGroup, ...afterGroup] = rest;
  if (scopeType === undefined) {
    return { subscriptionId, type: 'Microsoft.Resources/subscriptions', name: subscriptionId };
  }
  if (!same(scopeType, 'resourceGroups')) return { subscriptionId, ...parseProviders(id, rest) };
  if (resourceGroup === undefined) throw new InputError(`"${printable(id)}" is not an ARM id: no resource group`);
  if (afterGroup.length === 0) {
    return { subscriptionId, resourceGroup, type: 'Microsoft.Resources/resourceGroups', name: resourceGroup };
  }
  return { subscriptionId, resourceGroup, ...parseProviders(id, afterGroup) };
}

function parseProviders(id: string, parts: readonly string[]): Pick<ResourceId, 'type' | 'name' | 'parent'> {
  const start = parts.findLastIndex((part, index) => index % 2 === 0 && same(part, 'providers'));
  const [namespace, ...pairs] = parts.slice(start + 1);
  const name = pairs.at(-1);
  if (!same(parts[0], 'providers') || namespace === undefined || name === undefined || pairs.length % 2 !== 0) {
    throw new InputError(
      `"${printable(id)}" is not an ARM id: it has to end with /providers/<namespace>/<type>/<name>`,
    );
  }
  const types = pairs.filter((_, index) => index % 2 === 0);
  const child = pairs.length > 2 || start > 0;
  const cut = pairs.length > 2 ? 2 : 4;
  return {
    type: [namespace, ...types].join('/'),
    name,
    ...(child && { parent: id.split('/').slice(0, -cut).join('/') }),
  };
}

/** Text from outside, short and without control characters, fit for a message. */
function printable(text: string): string {
  const clean = text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}

export function typeOf(id: string): string {
  return parseId(id).type;
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

export function subscriptionOf(id: string): string {
  return keyOf(parseId(id).subscriptionId);
}

/** `/subscriptions/<id>`, the scope of lists. */
export function subscriptionScope(id: string): string {
  return `/subscriptions/${parseId(id).subscriptionId}`;
}
