import { listAt, objectAt, parameterValuesAt, textAt, textsAt } from './arm-json';
import { messageOf, type Assignment } from './assignments';
import { compileTemplate } from './compile-expression';
import { frameOf, parameterScope, valueOf } from './compile-scope';
import { isObject, propertyOf, type Json, type Value } from './json';
import { readDefinition, type ReadDefinition } from './parse-definition';
import { prepare, splitLast } from './subject';
import { readTemplate, type Problem } from './template';
import { Unknown } from './unknown';

/** Where definitions and initiatives come from; a pattern asks for the newest version that fits it. */
export interface Catalogue {
  readonly definitionOf: (id: string, version: string | undefined) => Json | undefined;
  readonly initiativeOf: (id: string, version: string | undefined) => Json | undefined;
}

/** One definition that an assignment puts in force, with the parameters that it gives. */
export interface Member {
  readonly assignment: Assignment;
  readonly definitionId: string;
  /** Undefined when the assignment is of a definition itself. */
  readonly initiativeId: string | undefined;
  /** Of the member in its initiative; empty outside of one. */
  readonly referenceId: string;
  readonly groups: readonly string[];
  /** Undefined when the catalogue does not have it. */
  readonly definition: ReadDefinition | undefined;
  /** The definition as ARM sends it. */
  readonly json: Json | undefined;
  readonly parameters: Readonly<Record<string, Json | Unknown>>;
  readonly message: string | undefined;
}

/** Whether an id is of an initiative. */
export const isInitiative = (id: string): boolean => /\/policySetDefinitions\/[^/]+$/i.test(id);

/** The definitions that an assignment puts in force, in order. A version replaces the one that the assignment names. */
export function membersOf(assignment: Assignment, catalogue: Catalogue, version?: string): readonly Member[] {
  const { definitionId } = assignment;
  const wanted = version ?? assignment.definitionVersion;
  const common = { assignment, definitionId, referenceId: '', groups: [], message: messageOf(assignment, '') };
  if (!isInitiative(definitionId)) {
    const read = definitionIn(catalogue, definitionId, wanted);
    return [{ ...common, initiativeId: undefined, ...read, parameters: Object.fromEntries(assignment.parameters) }];
  }
  const initiative = catalogue.initiativeOf(definitionId, wanted);
  const properties = objectAt(initiative, 'properties');
  if (initiative === undefined)
    return [{ ...common, initiativeId: definitionId, definition: undefined, json: undefined, parameters: {} }];
  const values = initiativeParameters(properties, assignment);
  return listAt(properties, 'policyDefinitions').map((each) => memberOf(each, { assignment, catalogue, values }));
}

function definitionIn(
  catalogue: Catalogue,
  id: string,
  version: string | undefined,
): Pick<Member, 'definition' | 'json'> {
  const json = catalogue.definitionOf(id, version);
  return { json, definition: json === undefined ? undefined : readOnce(json) };
}

const known = new WeakMap<object, ReadDefinition>();

/** The same definition is a member of many. */
function readOnce(json: Json): ReadDefinition {
  if (!isObject(json)) return readDefinition(json);
  const read = known.get(json) ?? readDefinition(json);
  known.set(json, read);
  return read;
}

type Values = ReadonlyMap<string, Json | Unknown>;

function initiativeParameters(properties: Json, { parameters }: Assignment): Values {
  const values = new Map<string, Json>();
  for (const [name, each] of Object.entries(objectAt(properties, 'parameters'))) {
    const value: Value = isObject(each) ? propertyOf(each, 'defaultValue') : undefined;
    if (value !== undefined) values.set(name.toLowerCase(), value);
  }
  for (const [name, value] of parameters) values.set(name.toLowerCase(), value);
  return values;
}

function memberOf(
  json: Json,
  { assignment, catalogue, values }: { assignment: Assignment; catalogue: Catalogue; values: Values },
): Member {
  const definitionId = textAt(json, 'policyDefinitionId');
  const referenceId = textAt(json, 'policyDefinitionReferenceId') || (splitLast(definitionId, '/')[1] ?? '');
  const given = parameterValuesAt(json, 'parameters').map(([name, value]) => [name, evaluated(value, values)] as const);
  return {
    assignment,
    definitionId,
    initiativeId: assignment.definitionId,
    referenceId,
    groups: textsAt(json, 'groupNames'),
    ...definitionIn(catalogue, definitionId, textAt(json, 'definitionVersion') || undefined),
    parameters: Object.fromEntries(given),
    message: messageOf(assignment, referenceId),
  };
}

/** The value of an expression over parameters; it sees nothing else. */
export function evaluated(value: Json, parameters: Values): Json | Unknown {
  const problems: Problem[] = [];
  const template = readTemplate(value, 'parameters', (problem) => problems.push(problem));
  const [problem] = problems;
  if (problem !== undefined) return new Unknown('evaluation-failed', problem.message, problem.path);
  return valueOf(compileTemplate(template, 'parameters', parameterScope(parameters)), frameOf(nothing, nothing, {}));
}

const nothing = prepare({});
