import type { Inventory, Reading } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, type Json, type Resource } from '../../core/resource';
import { hopResolver } from '../../policy/alias-hop';
import { onlyOutside, readAliasTable, tableResolver, type AliasResolver, type AliasTable } from '../../policy/aliases';
import { readAssignment, type Assignment } from '../../policy/assignments';
import { readExemption } from '../../policy/exemptions';
import { catalogueOf, definitionsOf, type AssignedDefinitions } from '../../policy/assigned-definitions';
import { assignedPolicies, type AssignedPolicies } from '../../policy/judge-assigned';

export const types = {
  assignment: 'Microsoft.Authorization/policyAssignments',
  exemption: 'Microsoft.Authorization/policyExemptions',
} as const;

/** What is assigned anywhere in a subscription, ready to judge. */
export interface Assigned {
  readonly policies: AssignedPolicies;
  /** Ids of the management groups that assign something. */
  readonly managementGroups: readonly string[];
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
  const read = readAll(assignments.value);
  const definitions = definitionsOf(read, inventory);
  const answer = provider.state === 'read' ? provider.value : undefined;
  return {
    state: 'read',
    value: madeReady({ read, list: assignments.value, exemptions: exemptions.value, definitions, answer, type }),
  };
}

const readAll = oncePerList((list: readonly Resource[]) => list.map((one) => readAssignment(jsonOf(one))));

export function jsonOf(resource: Resource): Json {
  return resource as unknown as Json;
}

interface Ingredients {
  readonly read: readonly Assignment[];
  readonly list: readonly Resource[];
  readonly exemptions: readonly Resource[];
  readonly definitions: AssignedDefinitions;
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
  const from = [exemptions, answer, ...definitions.found.values()];
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
  const policies = assignedPolicies({
    assignments: read,
    exemptions: exemptions.map((exemption) => readExemption(jsonOf(exemption))),
    catalogue: catalogueOf(definitions),
    aliases,
  });
  const scopes = read.map(({ scope }) => scope).filter((scope) => /^\/providers\/Microsoft\.Management\//i.test(scope));
  return { policies, managementGroups: [...new Set(scopes)], table };
}

/** A provider that tells no alias of the type tells nothing: then aliases are resolved without it, and verdicts say so. */
function tableOf(answer: Resource | undefined, type: string): AliasTable | undefined {
  if (answer === undefined) return undefined;
  const table = readAliasTable([jsonOf(answer)]);
  return (table.byType.get(keyOf(type))?.size ?? 0) === 0 ? undefined : table;
}
