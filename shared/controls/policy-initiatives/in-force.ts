import type { Inventory } from '../../core/inventory';
import { keyOf, nameOf, same, type Json, type Resource } from '../../core/resource';
import { objectAt, textAt } from '../../policy/arm-json';
import { catalogueOf, definitionsOf, type AssignedDefinitions } from '../../policy/assigned-definitions';
import { overrideOf, readAssignment, type Assignment } from '../../policy/assignments';
import { effectWith, parametersOf } from '../../policy/compile';
import { evaluated, isInitiative, membersOf, type Member } from '../../policy/initiatives';
import { isArray, propertyOf } from '../../policy/json';
import { failed, Unknown } from '../../policy/unknown';

export const types = {
  subscription: 'Microsoft.Resources/subscriptions',
  assignment: 'Microsoft.Authorization/policyAssignments',
  definition: 'Microsoft.Authorization/policyDefinitions',
  initiative: 'Microsoft.Authorization/policySetDefinitions',
  role: 'Microsoft.Authorization/roleAssignments',
  cluster: 'Microsoft.ContainerService/managedClusters',
} as const;

/** A definition that an assignment puts in force, with its effect and parameters worked out. */
export interface Rule {
  readonly definitionId: string;
  readonly name: string;
  /** It is for what runs inside a cluster. */
  readonly isKubernetes: boolean;
  /** In lower case. */
  readonly effect: string | Unknown;
  /** Namespaces that the rule leaves out; and those that it is limited to, none for all. */
  readonly excluded: Texts;
  readonly included: Texts;
  /** Values of all parameters, by name in lower case. */
  readonly values: ReadonlyMap<string, Json | Unknown>;
}

export type Texts = readonly string[] | Unknown;

/** What an assignment puts in force. */
export interface InForce {
  readonly resource: Resource;
  readonly assignment: Assignment;
  readonly rules: readonly Rule[];
  /** An initiative that somebody made, rather than one of Azure's. */
  readonly isCustomInitiative: boolean;
  /** The assigned definition or initiative, where it was read. */
  readonly assigned: Json | undefined;
  /** What is not known of it, as sentences. */
  readonly unread: readonly string[];
}

/** Mode of what the policy add-on of a cluster enforces. */
const kubernetesMode = 'Microsoft.Kubernetes.Data';

export function inForce(resource: Resource, inventory: Inventory): InForce {
  const assignment = readAssignment(resource as unknown as Json);
  const definitions = definitionsOf([assignment], inventory);
  const from = [...definitions.found.values(), ...definitions.unread.values()];
  const known = kept.get(resource);
  if (known?.from.length === from.length && known.from.every((one, index) => one === from[index])) return known.made;
  const made = workedOut(resource, assignment, definitions);
  kept.set(resource, { from, made });
  return made;
}

/** The same assignment is looked at for itself and for its subscription: kept as long as what it was made from is the same. */
const kept = new WeakMap<Resource, { readonly from: readonly unknown[]; readonly made: InForce }>();

function workedOut(resource: Resource, assignment: Assignment, definitions: AssignedDefinitions): InForce {
  const catalogue = catalogueOf(definitions);
  const { definitionId, definitionVersion } = assignment;
  const assigned = catalogue.definitionOf(definitionId, definitionVersion);
  const members = assigned === undefined ? [] : membersOf(assignment, catalogue);
  const lacks = [...(assigned === undefined ? [definitionId] : []), ...members.filter(isMissing).map(idOf)];
  return {
    resource,
    assignment,
    rules: members.flatMap((member) => (isMissing(member) ? [] : [ruleOf(member)])),
    isCustomInitiative: isInitiative(definitionId) && isCustom(assigned),
    assigned,
    unread: lacks.map((id) => whyMissing(id, definitions.unread)),
  };
}

export function isCustom(definition: Json | undefined): boolean {
  return same(textAt(objectAt(definition, 'properties'), 'policyType'), 'Custom');
}

const isMissing = ({ json }: Member): boolean => json === undefined;
const idOf = ({ definitionId }: Member): string => definitionId;

function whyMissing(id: string, unread: ReadonlyMap<string, string>): string {
  if (id === '') return 'it names no definition';
  return `definition ${nameOf(id)}: ${unread.get(keyOf(id)) ?? 'it does not exist'}`;
}

function ruleOf(member: Member): Rule {
  const { definition, definitionId, json, parameters } = member;
  const properties = objectAt(json, 'properties');
  const isKubernetes = same(textAt(properties, 'mode'), kubernetesMode);
  const name = textAt(properties, 'displayName') || nameOf(definitionId);
  const known = { definitionId, name, isKubernetes };
  if (definition?.ok !== true) {
    const problem = failed(`the definition ${name} cannot be read`);
    return { ...known, effect: problem, excluded: problem, included: problem, values: new Map() };
  }
  const values = parametersOf(definition.definition, parameters);
  const override = overrideFor(member);
  const effect =
    override instanceof Unknown
      ? override
      : effectWith(definition.definition, { parameters, ...(override !== undefined && { effect: override }) });
  return {
    ...known,
    effect: effect instanceof Unknown ? effect : keyOf(effect.name),
    excluded: textsOf(json, 'excludedNamespaces', values),
    included: textsOf(json, 'namespaces', values),
    values,
  };
}

/** What holds wherever the assignment does; an override for one region is none for the whole. */
function overrideFor({ assignment, referenceId }: Member): string | Unknown | undefined {
  const placement = { id: assignment.scope, type: types.cluster, location: undefined, managementGroups: [] };
  return overrideOf(assignment, 'policyEffect', { placement, referenceId });
}

/** A list of the rule («Azure Policy: structure for Kubernetes»), where it has one; else of the parameter of that name. */
function textsOf(json: Json | undefined, name: string, values: Rule['values']): Texts {
  const then = objectAt(objectAt(objectAt(json, 'properties'), 'policyRule'), 'then');
  const written = propertyOf(objectAt(then, 'details'), name);
  const value = written === undefined ? values.get(keyOf(name)) : evaluated(written, values);
  if (value === undefined || value === null) return [];
  if (value instanceof Unknown) return value;
  const isList = isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? (value as readonly string[]) : failed(`${name} is no list of texts`);
}
