import { hopResolver } from '../policy/alias-hop';
import { onlyOutside, tableResolver, type AliasResolver } from '../policy/aliases';
import { readCaseTable } from '../policy/conformance';
import { InputError, readJson } from './input';

/** How the aliases of a command are resolved, and what the table says about types. */
export interface AliasSource {
  readonly resolver: AliasResolver;
  readonly hasTable: boolean;
  readonly supportsTagsAndLocation: (resourceType: string) => boolean | undefined;
}

/** Azure's table from a file; without a file, guesses. Throws an InputError. */
export function aliasSource(
  file: string | undefined,
  apiVersionOf: (resourceType: string) => string | undefined = () => undefined,
): AliasSource {
  if (file === undefined) return { resolver: hopResolver, hasTable: false, supportsTagsAndLocation: () => undefined };
  const table = readCaseTable(readJson(file));
  if (table.byName.size === 0) {
    throw new InputError(
      `${file}: has no aliases; what GET /providers?$expand=resourceTypes/aliases answers is wanted`,
    );
  }
  return {
    resolver: tableResolver(table, { apiVersionOf, fallback: onlyOutside(table, hopResolver) }),
    hasTable: true,
    supportsTagsAndLocation: (type) => table.supportsTagsAndLocation.get(type.toLowerCase()),
  };
}
