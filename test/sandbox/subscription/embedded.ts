import { key, nameOf, same } from './ids';
import type { Fields, WireResource } from './wire';
import { fieldsOf, itemsOf, textOf, without } from './wire';

/** A child type that lives in its parent's JSON and is also a resource of its own. */
export interface Embedding {
  readonly type: string;
  readonly parentType: string;
  /** Name of the list in the parent's properties. */
  readonly list: string;
  /** The list holds the child's properties beside its name, without a `properties` level. */
  readonly flat?: true;
  readonly readOnly?: true;
}

const embeddings: readonly Embedding[] = [
  embedding('Microsoft.Network/virtualNetworks', 'subnets'),
  embedding('Microsoft.Network/virtualNetworks', 'virtualNetworkPeerings'),
  embedding('Microsoft.Network/networkSecurityGroups', 'securityRules'),
  { ...embedding('Microsoft.Network/networkSecurityGroups', 'defaultSecurityRules'), readOnly: true },
  embedding('Microsoft.Network/routeTables', 'routes'),
  { ...embedding('Microsoft.ContainerService/managedClusters', 'agentPools', 'agentPoolProfiles'), flat: true },
];

function embedding(parentType: string, segment: string, list: string = segment): Embedding {
  return { type: `${parentType}/${segment}`, parentType, list };
}

const byType = new Map(embeddings.map((entry) => [key(entry.type), entry]));

export const embeddingOf = (type: string): Embedding | undefined => byType.get(key(type));

/** The types that live in the JSON of a parent type. */
export const embeddedIn = (parentType: string): readonly string[] =>
  embeddings.filter((entry) => same(entry.parentType, parentType)).map(({ type }) => type);

/** The children of one kind in a parent, each as its own GET shows it. */
export const childrenIn = (parent: WireResource, kind: Embedding): readonly WireResource[] =>
  itemsOf(parent.properties?.[kind.list]).map((item) => childResource(parent, kind, item));

export const childIn = (parent: WireResource, kind: Embedding, id: string): WireResource | undefined =>
  childrenIn(parent, kind).find((child) => same(child.id, id));

/** The parent with the child put in, in place of the one with the same name. */
export function withChild(parent: WireResource, kind: Embedding, child: WireResource): WireResource {
  const item = kind.flat ? { name: nameOf(child.id), ...child.properties } : itemOf(child);
  const list = itemsOf(parent.properties?.[kind.list]);
  const at = list.findIndex((found) => same(textOf(found['name']), nameOf(child.id)));
  const next = at < 0 ? [...list, item] : list.with(at, item);
  return { ...parent, properties: { ...parent.properties, [kind.list]: next } };
}

export function withoutChild(parent: WireResource, kind: Embedding, id: string): WireResource {
  const list = itemsOf(parent.properties?.[kind.list]).filter((found) => !same(textOf(found['name']), nameOf(id)));
  return { ...parent, properties: { ...parent.properties, [kind.list]: list } };
}

/** The parent with every child carrying the id and type that the service gives it. */
export function withChildIds(parent: WireResource): WireResource {
  const kinds = embeddings.filter(({ parentType, flat, list }) => {
    return !flat && same(parentType, parent.type ?? '') && parent.properties?.[list] !== undefined;
  });
  if (kinds.length === 0) return parent;
  const lists = kinds.map((kind) => [kind.list, childrenIn(parent, kind).map(itemOf)] as const);
  return { ...parent, properties: { ...parent.properties, ...Object.fromEntries(lists) } };
}

/** A child shows its parent's etag: that is how Microsoft.Network does it. */
function childResource(parent: WireResource, kind: Embedding, item: Fields): WireResource {
  const name = textOf(item['name']);
  const etag = parent.etag === undefined ? {} : { etag: parent.etag };
  const identity = { id: `${parent.id}/${nameOf(kind.type)}/${name}`, name, type: kind.type };
  if (kind.flat) return { ...identity, properties: without(item, 'name') };
  return { ...item, ...identity, ...etag, properties: fieldsOf(item, 'properties') };
}

const itemOf = (child: WireResource): Fields => without(child, 'etag');
