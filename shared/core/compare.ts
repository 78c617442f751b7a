import { regionOf, same, type Json } from './resource';

/** A field that is not as it was wanted. */
export interface Difference {
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/**
 * Every leaf of `wanted` that is not in `found`; what only `found` has is Azure's or the owner's business. Elements of
 * lists that have a name are matched by it, others by position, and ids and regions compare as Azure compares them.
 */
export function differences(wanted: unknown, found: unknown, path = ''): readonly Difference[] {
  if (Array.isArray(wanted)) return differentItems(wanted, found, path);
  if (isRecord(wanted) && isRecord(found)) return differentFields(wanted, found, path);
  if (isRecord(wanted) && Object.keys(wanted).length > 0) return differentFields(wanted, {}, path);
  return equal(wanted, found, path)
    ? []
    : [{ path, wanted: JSON.stringify(wanted), found: JSON.stringify(found) ?? 'nothing' }];
}

function differentFields(wanted: Fields, found: Fields, path: string): readonly Difference[] {
  return Object.entries(wanted).flatMap(([name, value]) =>
    value === undefined ? [] : differences(value, fieldOf(found, name), path === '' ? name : `${path}.${name}`),
  );
}

/** A field may be named by an id, as an identity that is assigned. */
function fieldOf(fields: Fields, name: string): unknown {
  if (!name.startsWith('/')) return fields[name];
  const spelled = Object.keys(fields).find((other) => same(other, name));
  return spelled === undefined ? undefined : fields[spelled];
}

type Fields = Readonly<Record<string, unknown>>;

function differentItems(wanted: readonly unknown[], found: unknown, path: string): readonly Difference[] {
  const items: readonly unknown[] = Array.isArray(found) ? found : [];
  return wanted.flatMap((item, index) => {
    const name = nameIn(item);
    const match = name === undefined ? items[index] : items.find((other) => nameIn(other) === name);
    return differences(item, match, `${path}[${name ?? index}]`);
  });
}

function nameIn(item: unknown): string | undefined {
  return isRecord(item) && typeof item['name'] === 'string' ? item['name'] : undefined;
}

function equal(wanted: unknown, found: unknown, path: string): boolean {
  if (wanted === null) return found === null || found === undefined;
  if (typeof wanted !== 'string' || typeof found !== 'string') return wanted === found;
  if (/(^|\.)(location|workspaceRegion)$/.test(path)) return regionOf(wanted) === regionOf(found);
  return /^\/subscriptions\//i.test(wanted) ? same(wanted, found) : wanted === found;
}

/** `found` with everything that `kept` holds put back into it; named list elements are matched by their name. */
export function merged(found: unknown, kept: unknown): Json {
  if (Array.isArray(kept)) {
    const items: readonly unknown[] = Array.isArray(found) ? found : [];
    const names = kept.map(nameIn);
    return [...items.filter((item) => !names.includes(nameIn(item))), ...kept] as Json;
  }
  if (!isRecord(kept)) return kept as Json;
  const other = isRecord(found) ? found : {};
  const fields = Object.entries(kept).map(([name, value]) => [name, merged(other[name], value)] as const);
  return { ...(other as Readonly<Record<string, Json>>), ...Object.fromEntries(fields) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
