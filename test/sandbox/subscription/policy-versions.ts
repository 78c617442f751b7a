import { isBelow, key, nameOf, same } from './ids';
import type { Store } from './store';
import type { WireResource } from './wire';
import { fieldsOf, textOf, without } from './wire';

export const isVersionType = (type: string): boolean =>
  /^microsoft\.authorization\/policy(set)?definitions\/versions$/i.test(type);

/**
 * The versions of a policy definition or initiative in the order of their ids: those that are stored, and the one that
 * the definition itself is.
 */
export function versionsOf(store: Store, definitionId: string): readonly WireResource[] {
  const definition = store.get(definitionId);
  const stored = storedVersions(store, definitionId);
  const own = definition === undefined ? undefined : ownVersion(definition, stored);
  if (definition === undefined || own === undefined) return stored;
  if (stored.some(({ id }) => same(nameOf(id), own))) return stored;
  const version: WireResource = {
    id: `${definition.id}/versions/${own}`,
    name: own,
    type: `${definition.type ?? 'Microsoft.Authorization/policyDefinitions'}/versions`,
    properties: { ...without(fieldsOf(definition.properties), 'versions'), version: own },
  };
  return [...stored, version].sort((left, right) => (key(left.id) < key(right.id) ? -1 : 1));
}

/** A definition tells which versions there are, the newest first. derived: it stays what it is when one is added. */
export function showVersions(definition: WireResource, store: Store): WireResource {
  if (storedVersions(store, definition.id).length === 0) return definition;
  const versions = versionsOf(store, definition.id)
    .map(({ id }) => nameOf(id))
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }));
  return { ...definition, properties: { version: versions[0], ...definition.properties, versions } };
}

function storedVersions(store: Store, definitionId: string): readonly WireResource[] {
  const isSet = /\/policySetDefinitions\/[^/]+$/i.test(definitionId);
  const type = `Microsoft.Authorization/policy${isSet ? 'Set' : ''}Definitions/versions`;
  return store.sorted(type).filter(({ id }) => isBelow(id, definitionId));
}

/** derived: what older api-versions keep in the metadata; a custom definition without either is Azure's default, 1.0.0. */
function ownVersion({ properties }: WireResource, stored: readonly WireResource[]): string | undefined {
  const said = textOf(properties?.['version']);
  if (said !== '' || stored.length > 0) return said === '' ? undefined : said;
  const before = textOf(fieldsOf(properties, 'metadata')['version']);
  return before === '' ? '1.0.0' : before;
}
