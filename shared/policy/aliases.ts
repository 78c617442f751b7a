import { isArray, isObject, propertyOf, type Json, type JsonObject, type Value } from './json';
import { parsePath, type Step } from './paths';

/** Where an alias leads in the JSON of a resource of some type, and how that is known. */
export interface AliasPath {
  readonly steps: readonly Step[];
  readonly via: 'table' | 'hop';
  /** The value is a part of the text that the path leads to. */
  readonly extract?: (text: string) => string | undefined;
  /** Whether a `modify` may write it; undefined when that is not known. */
  readonly isModifiable?: boolean;
}

/** Finds the path of an alias for a resource type; undefined when Azure (or our table of it) does not know the alias. */
export type AliasResolver = (alias: string, resourceType: string) => AliasPath | undefined;

/** The aliases of providers, as `GET /providers?$expand=resourceTypes/aliases` answers. */
export interface AliasTable {
  readonly byType: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;
  readonly byName: ReadonlyMap<string, JsonObject>;
  /** Lower-case names of the providers in it. */
  readonly namespaces: ReadonlySet<string>;
  /** Lower-case resource types, of which that is known, by whether they support tags and a location. */
  readonly supportsTagsAndLocation: ReadonlyMap<string, boolean>;
  /** Some aliases are marked as modifiable, so the others are not. */
  readonly marksModifiable: boolean;
}

/** Reads the answer, or its `value`. What has not the documented shape is left out. */
export function readAliasTable(answer: Json): AliasTable {
  const providers = isObject(answer) ? listOf(answer, 'value') : listIn(answer);
  const types = providers.flatMap((provider) =>
    listOf(provider, 'resourceTypes').map(
      (type) => [`${textOf(provider, 'namespace')}/${textOf(type, 'resourceType')}`, type] as const,
    ),
  );
  const byType = new Map<string, Map<string, JsonObject>>();
  const byName = new Map<string, JsonObject>();
  for (const [name, type] of types) {
    const aliases = listOf(type, 'aliases').map((alias) => [textOf(alias, 'name').toLowerCase(), alias] as const);
    byType.set(name.toLowerCase(), new Map(aliases));
    addFirst(byName, aliases);
  }
  return {
    byType,
    byName,
    namespaces: new Set(providers.map((provider) => textOf(provider, 'namespace').toLowerCase())),
    supportsTagsAndLocation: new Map(
      types.flatMap(([name, type]) =>
        textOf(type, 'capabilities') === '' ? [] : [[name.toLowerCase(), isTracked(type)]],
      ),
    ),
    marksModifiable: [...byName.values()].some(isModifiable),
  };
}

function addFirst(byName: Map<string, JsonObject>, aliases: readonly (readonly [string, JsonObject])[]): void {
  for (const [alias, entry] of aliases) {
    if (!byName.has(alias)) byName.set(alias, entry);
  }
}

const isTracked = (type: JsonObject): boolean => {
  const capabilities = textOf(type, 'capabilities').toLowerCase();
  return capabilities.includes('supportstags') && capabilities.includes('supportslocation');
};

function isModifiable(alias: JsonObject): boolean {
  const metadata = propertyOf(alias, 'defaultMetadata');
  return isObject(metadata) && textOf(metadata, 'attributes').toLowerCase().includes('modifiable');
}

export interface ResolverOptions {
  /** The api version that resources of a type were read with; undefined: the default path counts. */
  readonly apiVersionOf?: (resourceType: string) => string | undefined;
  /** Asked for aliases that are not in the table. */
  readonly fallback?: AliasResolver;
}

/**
 * By the type of the resource and the alias, then by the alias alone; the path of the resource's api version wins over
 * the default («Azure Policy: aliases»). An alias that is the beginning of others is known by theirs.
 */
export function tableResolver(table: AliasTable, options: ResolverOptions = {}): AliasResolver {
  return (alias, resourceType) => {
    const name = alias.toLowerCase();
    const ofType = table.byType.get(resourceType.toLowerCase());
    const entry = ofType?.get(name) ?? table.byName.get(name);
    if (entry !== undefined) {
      const path = pathIn(entry, options.apiVersionOf?.(resourceType));
      return path === undefined || !table.marksModifiable ? path : { ...path, isModifiable: isModifiable(entry) };
    }
    return beginningOf(name, ofType ?? table.byName) ?? options.fallback?.(alias, resourceType);
  };
}

/** A fallback for providers that a table does not have at all; what it lacks of the others stays unknown. */
export const onlyOutside =
  (table: AliasTable, fallback: AliasResolver): AliasResolver =>
  (alias, resourceType) =>
    table.namespaces.has(alias.toLowerCase().split('/')[0] ?? '') ? undefined : fallback(alias, resourceType);

/** The path of `a` when the table has only `a[*]` or `a.b`, and their paths end like their names. */
function beginningOf(name: string, aliases: ReadonlyMap<string, JsonObject>): AliasPath | undefined {
  for (const [longer, entry] of aliases) {
    const rest = longer.startsWith(name) ? longer.slice(name.length) : '';
    const path = textOf(entry, 'defaultPath');
    if (!/^[.[]/.test(rest) || !path.toLowerCase().endsWith(rest)) continue;
    const steps = parsePath(path.slice(0, -rest.length));
    return steps === undefined ? undefined : { steps, via: 'table' };
  }
  return undefined;
}

function pathIn(entry: JsonObject, apiVersion: string | undefined): AliasPath | undefined {
  const wanted = apiVersion?.toLowerCase();
  const versioned = listOf(entry, 'paths').find((path) => versionsOf(path).includes(wanted ?? ''));
  const steps = parsePath(versioned === undefined ? textOf(entry, 'defaultPath') : textOf(versioned, 'path'));
  const pattern = versioned === undefined ? propertyOf(entry, 'defaultPattern') : propertyOf(versioned, 'pattern');
  if (steps === undefined || steps.length === 0) return undefined;
  if (!isObject(pattern)) return { steps, via: 'table' };
  const extract = extraction(textOf(pattern, 'phrase'), textOf(pattern, 'variable'));
  return extract === undefined ? undefined : { steps, via: 'table', extract };
}

const versionsOf = (path: JsonObject): readonly string[] => {
  const versions = propertyOf(path, 'apiVersions');
  if (!isArray(versions)) return [];
  return versions.flatMap((version) => (typeof version === 'string' ? [version.toLowerCase()] : []));
};

/**
 * Takes the value of `{variable}` out of a text that contains the phrase, `/publishers/{publisher}/offers/{offer}`.
 * Undefined for a phrase that does not name the variable.
 */
export function extraction(phrase: string, variable: string): AliasPath['extract'] {
  const mark = `{${variable.toLowerCase()}}`;
  const [before, after] = phrase.toLowerCase().split(mark);
  if (before === undefined || after === undefined) return undefined;
  const left = before.slice(before.lastIndexOf('}') + 1);
  const right = after.split('{')[0] ?? '';
  return (text) => {
    const start = text.toLowerCase().indexOf(left);
    const rest = start < 0 ? undefined : text.slice(start + left.length);
    const end = rest?.toLowerCase().indexOf(right === '' ? '/' : right) ?? -1;
    return end < 0 ? rest : rest?.slice(0, end);
  };
}

const listIn = (value: Value): readonly JsonObject[] => (isArray(value) ? value.filter(isObject) : []);
const listOf = (object: JsonObject, name: string): readonly JsonObject[] => listIn(propertyOf(object, name));
const textOf = (object: JsonObject, name: string): string => {
  const value = propertyOf(object, name);
  return typeof value === 'string' ? value : '';
};
