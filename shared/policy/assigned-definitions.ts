import type { Inventory, Reading } from '../core/inventory';
import { oncePerList } from '../core/once';
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
  const take = ({ id, version, key }: Wanted): Resource | undefined => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const reading = versionOf(id, version, inventory);
    if (reading.state === 'unread') unread.set(keyOf(id), reading.reason);
    else if (reading.value !== undefined) found.set(key, reading.value);
    return found.get(key);
  };
  for (const wanted of wantedBy(assignments)) {
    const definition = take(wanted);
    if (definition !== undefined && wanted.isInitiative) membersIn(definition).forEach(take);
  }
  return { found, unread };
}

interface Wanted {
  readonly id: string;
  readonly version: string | undefined;
  readonly key: string;
  readonly isInitiative: boolean;
}

function wanted(id: string, version: string | undefined): Wanted {
  return { id, version, key: keyFor(id, version), isInitiative: isInitiative(id) };
}

/** Each once: many subjects ask for the same. */
const wantedBy = oncePerList((assignments: readonly Assignment[]): readonly Wanted[] => [
  ...new Map(
    assignments.map(({ definitionId, definitionVersion }) => {
      const one = wanted(definitionId, definitionVersion);
      return [one.key, one];
    }),
  ).values(),
]);

const members = new WeakMap<Resource, readonly Wanted[]>();

function membersIn(initiative: Resource): readonly Wanted[] {
  const known = members.get(initiative);
  if (known !== undefined) return known;
  const { policyDefinitions = [] } = (initiative.properties ?? {}) as {
    readonly policyDefinitions?: readonly MemberJson[];
  };
  const made = policyDefinitions.map((member) => wanted(member.policyDefinitionId, member.definitionVersion));
  members.set(initiative, made);
  return made;
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
