import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, type Json, type Resource } from '../../core/resource';
import { hopResolver } from '../../policy/alias-hop';
import { onlyOutside, readAliasTable, tableResolver, type AliasResolver, type AliasTable } from '../../policy/aliases';
import { readAssignment, type Assignment } from '../../policy/assignments';
import { readExemption } from '../../policy/exemptions';
import { isInitiative } from '../../policy/initiatives';
import { assignedPolicies, type AssignedPolicies } from '../../policy/judge-assigned';
import { newestVersion } from '../../policy/versions';

export const types = {
  assignment: 'Microsoft.Authorization/policyAssignments',
  exemption: 'Microsoft.Authorization/policyExemptions',
} as const;

/** What is assigned anywhere in a subscription, ready to judge. */
export interface Assigned {
  readonly policies: AssignedPolicies;
  readonly assignments: readonly Assignment[];
  /** Aliases and capabilities of the provider of the judged type; undefined where Azure did not tell. */
  readonly table: AliasTable | undefined;
}

/**
 * Assignments of a subscription, of what is in it and of the management groups above it, their exemptions, and every
 * definition that they put in force.
 */
export function assignedTo(scope: string, type: string, inventory: Inventory): Reading<Assigned> {
  const assignments = inventory.list(types.assignment, scope);
  const exemptions = inventory.list(types.exemption, scope);
  const provider = inventory.provider(type.split('/')[0] ?? '', scope);
  if (assignments.state === 'unread') return { state: 'unread', reason: `policy assignments: ${assignments.reason}` };
  if (exemptions.state === 'unread') return { state: 'unread', reason: `policy exemptions: ${exemptions.reason}` };
  const read = assignments.value.map((assignment) => readAssignment(jsonOf(assignment)));
  const definitions = definitionsOf(read, inventory);
  const answer = provider.state === 'read' ? provider.value : undefined;
  return {
    state: 'read',
    value: madeReady({ read, list: assignments.value, exemptions: exemptions.value, definitions, answer, type }),
  };
}

export function jsonOf(resource: Resource): Json {
  return resource as unknown as Json;
}

type Definitions = ReadonlyMap<string, Resource>;

/** Definitions and initiatives by id, and by id and version pattern where an assignment asks for an older one. */
function definitionsOf(assignments: readonly Assignment[], inventory: Inventory): Definitions {
  const found = new Map<string, Resource>();
  const take = (id: string, version: string | undefined): Resource | undefined => {
    const key = keyOf(`${id}|${version ?? ''}`);
    const resource = found.get(key) ?? versionOf(id, version, inventory);
    if (resource !== undefined) found.set(key, resource);
    return resource;
  };
  for (const { definitionId, definitionVersion } of assignments) {
    const definition = take(definitionId, definitionVersion);
    if (definition === undefined || !isInitiative(definitionId)) continue;
    const { policyDefinitions = [] } = (definition.properties ?? {}) as {
      readonly policyDefinitions?: readonly MemberJson[];
    };
    for (const member of policyDefinitions) take(member.policyDefinitionId, member.definitionVersion);
  }
  return found;
}

interface MemberJson {
  readonly policyDefinitionId: string;
  readonly definitionVersion?: string;
}

/** Azure answers the newest version, and which others there are. */
function versionOf(id: string, pattern: string | undefined, inventory: Inventory): Resource | undefined {
  const newest = inventory.get<{ readonly version?: string; readonly versions?: readonly string[] }>(id);
  if (newest.state === 'unread' || newest.value === undefined || pattern === undefined) return valueOf(newest);
  const { version = '', versions = [] } = newest.value.properties ?? {};
  const wanted = newestVersion(
    [version, ...versions].filter((one) => one !== ''),
    pattern,
  );
  if (wanted === undefined || wanted === version) return newest.value;
  return valueOf(inventory.get(`${id}/versions/${wanted}`));
}

function valueOf(reading: Reading<Resource | undefined>): Resource | undefined {
  return reading.state === 'read' ? reading.value : undefined;
}

interface Ingredients {
  readonly read: readonly Assignment[];
  readonly list: readonly Resource[];
  readonly exemptions: readonly Resource[];
  readonly definitions: Definitions;
  readonly answer: Resource | undefined;
  readonly type: string;
}

/** Compiled rules are kept as long as what they were made from is the same. */
const kept = new WeakMap<
  readonly Resource[],
  Map<string, { readonly from: readonly unknown[]; readonly made: Assigned }>
>();

function madeReady(ingredients: Ingredients): Assigned {
  const { list, exemptions, definitions, answer, type } = ingredients;
  const from = [exemptions, answer, ...definitions.values()];
  const perType = kept.get(list) ?? new Map<string, { readonly from: readonly unknown[]; readonly made: Assigned }>();
  kept.set(list, perType);
  const known = perType.get(type);
  if (known?.from.length === from.length && known.from.every((one, index) => one === from[index])) return known.made;
  const made = make(ingredients);
  perType.set(type, { from, made });
  return made;
}

function make({ read, exemptions, definitions, answer, type }: Ingredients): Assigned {
  const table = tableOf(answer, type);
  const aliases: AliasResolver =
    table === undefined ? hopResolver : tableResolver(table, { fallback: onlyOutside(table, hopResolver) });
  const definitionOf = (id: string, version: string | undefined): Json | undefined => {
    const found = definitions.get(keyOf(`${id}|${version ?? ''}`)) ?? definitions.get(keyOf(`${id}|`));
    return found && jsonOf(found);
  };
  const policies = assignedPolicies({
    assignments: read,
    exemptions: exemptions.map((exemption) => readExemption(jsonOf(exemption))),
    catalogue: { definitionOf, initiativeOf: definitionOf },
    aliases,
  });
  return { policies, assignments: read, table };
}

/** A provider that tells no alias of the type tells nothing: then aliases are resolved without it, and verdicts say so. */
function tableOf(answer: Resource | undefined, type: string): AliasTable | undefined {
  if (answer === undefined) return undefined;
  const table = readAliasTable([jsonOf(answer)]);
  return (table.byType.get(keyOf(type))?.size ?? 0) === 0 ? undefined : table;
}
