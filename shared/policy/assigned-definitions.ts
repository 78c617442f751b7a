import type { Inventory, Reading } from '../core/inventory';
import { keyOf, type Json, type Resource } from '../core/resource';
import type { Assignment } from './assignments';
import { isInitiative, type Catalogue } from './initiatives';
import { newestVersion } from './versions';

/** Definitions and initiatives by id, and by id and version pattern where an assignment asks for an older one. */
export interface AssignedDefinitions {
  readonly found: ReadonlyMap<string, Resource>;
  /** Why one was not read, by its id in lower case; one that does not exist is in neither. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Every definition that the assignments put in force, alone or in an initiative. */
export function definitionsOf(assignments: readonly Assignment[], inventory: Inventory): AssignedDefinitions {
  const found = new Map<string, Resource>();
  const unread = new Map<string, string>();
  const take = (id: string, version: string | undefined): Resource | undefined => {
    const key = keyFor(id, version);
    const known = found.get(key);
    if (known !== undefined) return known;
    const reading = versionOf(id, version, inventory);
    if (reading.state === 'unread') unread.set(keyOf(id), reading.reason);
    else if (reading.value !== undefined) found.set(key, reading.value);
    return found.get(key);
  };
  for (const { definitionId, definitionVersion } of assignments) {
    const definition = take(definitionId, definitionVersion);
    if (definition === undefined || !isInitiative(definitionId)) continue;
    const { policyDefinitions = [] } = (definition.properties ?? {}) as {
      readonly policyDefinitions?: readonly MemberJson[];
    };
    for (const member of policyDefinitions) take(member.policyDefinitionId, member.definitionVersion);
  }
  return { found, unread };
}

/** The definitions as those look for them who put assignments together. */
export function catalogueOf({ found }: AssignedDefinitions): Catalogue {
  const definitionOf = (id: string, version: string | undefined): Json | undefined =>
    (found.get(keyFor(id, version)) ?? found.get(keyFor(id, undefined))) as unknown as Json | undefined;
  return { definitionOf, initiativeOf: definitionOf };
}

interface MemberJson {
  readonly policyDefinitionId: string;
  readonly definitionVersion?: string;
}

function keyFor(id: string, version: string | undefined): string {
  return keyOf(`${id}|${version ?? ''}`);
}

/** Azure answers the newest version, and which others there are. */
function versionOf(id: string, pattern: string | undefined, inventory: Inventory): Reading<Resource | undefined> {
  const newest = inventory.get<{ readonly version?: string; readonly versions?: readonly string[] }>(id);
  if (newest.state === 'unread' || newest.value === undefined || pattern === undefined) return newest;
  const { version = '', versions = [] } = newest.value.properties ?? {};
  const wanted = newestVersion(
    [version, ...versions].filter((one) => one !== ''),
    pattern,
  );
  if (wanted === undefined || wanted === version) return newest;
  return inventory.get(`${id}/versions/${wanted}`);
}
