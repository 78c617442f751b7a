import { DEFAULT_MODE } from './applicability';
import { fieldNamed, leavesOf, templatesIn, type Condition } from './condition';
import { isArray, isObject, propertyOf, type Json, type JsonObject, type Value } from './json';
import { readCondition } from './parse-condition';
import type { Expression } from './parse-expression';
import { ruleReader, type RuleReader } from './rule-reader';
import { callsIn, type Problem, type Template } from './template';
import { sameText } from './text';

/** A policy definition that was read: the same for every assignment and every resource type. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly mode: string;
  /** A statement about Azure itself that is no rule (`policyType` Static). */
  readonly isStatic: boolean;
  /** Default values by lower-case name; undefined where the assignment must give one. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly condition: Condition;
  readonly effect: Template;
  readonly related: RelatedDetails | undefined;
  /** The aliases that operations of a `modify` name literally. */
  readonly modifies: readonly string[];
  /** A rule that asks who makes a request cannot be judged on what exists. */
  readonly needsRequester: boolean;
  /** A condition or deployment parameter on a location: never applicable to subscriptions. */
  readonly needsLocation: boolean;
}

/** What `then.details` says about the resource that must exist («Azure Policy: auditIfNotExists»). */
export interface RelatedDetails {
  readonly type: Template;
  readonly name: Template | undefined;
  readonly resourceGroupName: Template | undefined;
  readonly existenceScope: Template | undefined;
  readonly existenceCondition: Condition | undefined;
}

export type ReadDefinition =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a definition as ARM returns it, or the inner object alone. */
export function readDefinition(json: Json): ReadDefinition {
  const problems: Problem[] = [];
  const outer = isObject(json) ? json : {};
  const inner = propertyOf(outer, 'properties');
  const properties = isObject(inner) ? inner : outer;
  const rule = propertyOf(properties, 'policyRule');
  if (!isObject(rule)) return { ok: false, problems: [{ path: 'policyRule', message: 'a policyRule is needed' }] };
  const parts = readRule(rule, ruleReader(problems));
  const definition = {
    id: textIn(outer, 'id'),
    name: textIn(outer, 'name'),
    displayName: textIn(properties, 'displayName'),
    version: textIn(properties, 'version') || textIn(propertyOf(properties, 'metadata'), 'version'),
    mode: textIn(properties, 'mode') || DEFAULT_MODE,
    isStatic: sameText(textIn(properties, 'policyType'), 'Static'),
    parameters: parametersIn(propertyOf(properties, 'parameters')),
    ...parts,
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, definition };
}

type Rule = Pick<Definition, 'condition' | 'effect' | 'related' | 'modifies' | 'needsRequester' | 'needsLocation'>;

function readRule(rule: JsonObject, reader: RuleReader): Rule {
  const keys = reader.keysOf(rule, '');
  for (const [lower, key] of keys) {
    if (lower !== 'if' && lower !== 'then') reader.report(key, `a rule has no ${key}`);
  }
  const condition = readCondition(propertyOf(rule, 'if'), 'if', reader);
  const then = propertyOf(rule, 'then');
  const [effect, details] = isObject(then) ? [propertyOf(then, 'effect'), propertyOf(then, 'details')] : [];
  if (typeof effect !== 'string') reader.report('then', 'an effect is needed');
  const related = isObject(details) ? readRelated(details, reader) : undefined;
  const modifies = readOperations(details, reader);
  const calls = [condition, related?.existenceCondition].flatMap(callsInside);
  return {
    condition,
    effect: reader.template(effect ?? '', 'then.effect'),
    related,
    modifies,
    needsRequester: calls.some(isRequester),
    needsLocation: leavesOf(condition).some((leaf) => fieldNamed(leaf) === 'location') || deploysToLocation(details),
  };
}

function readRelated(details: JsonObject, reader: RuleReader): RelatedDetails | undefined {
  const type = propertyOf(details, 'type');
  if (type === undefined) return undefined;
  const template = (name: string): Template | undefined => {
    const value = propertyOf(details, name);
    return value === undefined ? undefined : reader.template(value, `then.details.${name}`);
  };
  const existence = propertyOf(details, 'existenceCondition');
  return {
    type: reader.template(type, 'then.details.type'),
    name: template('name'),
    resourceGroupName: template('resourceGroupName'),
    existenceScope: template('existenceScope'),
    existenceCondition:
      existence === undefined ? undefined : readCondition(existence, 'then.details.existenceCondition', reader),
  };
}

/** What `append` and `modify` would write is not judged, but a definition that Azure refuses is refused here too. */
function readOperations(details: Value, reader: RuleReader): readonly string[] {
  if (isArray(details)) reader.template(details, 'then.details');
  const operations = isObject(details) ? propertyOf(details, 'operations') : undefined;
  if (!isArray(operations)) return [];
  reader.template(operations, 'then.details.operations');
  return operations.map((operation) => textIn(operation, 'field')).filter((field) => /^[^[]*\//.test(field));
}

function callsInside(condition: Condition | undefined): readonly Expression[] {
  return condition === undefined ? [] : templatesIn(condition).flatMap((template) => accessesIn(template));
}

/** The accesses to members at the top of expressions and inside their calls. */
function accessesIn(template: Template): readonly Expression[] {
  const own = template.kind === 'expression' ? [template.expression] : [];
  return [...own, ...callsIn(template).flatMap((call) => call.args)].flatMap(targetsOf);
}

const targetsOf = (expression: Expression): readonly Expression[] =>
  expression.kind === 'access' ? [expression, ...targetsOf(expression.target)] : [];

function isRequester(expression: Expression): boolean {
  if (expression.kind !== 'access' || expression.key.kind !== 'literal' || expression.target.kind !== 'call')
    return false;
  return expression.target.name.toLowerCase() === 'requestcontext' && /^identity$/i.test(String(expression.key.value));
}

function deploysToLocation(details: Value): boolean {
  const deployment = isObject(details) ? propertyOf(details, 'deployment') : undefined;
  const properties = isObject(deployment) ? propertyOf(deployment, 'properties') : undefined;
  const parameters = isObject(properties) ? propertyOf(properties, 'parameters') : undefined;
  return isObject(parameters) && Object.values(parameters).some(usesLocation);
}

function usesLocation(parameter: Json): boolean {
  const value = isObject(parameter) ? propertyOf(parameter, 'value') : undefined;
  return typeof value === 'string' && /\bfield\(\s*'location'\s*\)/i.test(value);
}

function parametersIn(json: Value): ReadonlyMap<string, Value> {
  if (!isObject(json)) return new Map();
  const entries = Object.entries(json);
  return new Map(
    entries.map(([name, each]) => [name.toLowerCase(), isObject(each) ? propertyOf(each, 'defaultValue') : undefined]),
  );
}

function textIn(json: Value, name: string): string {
  const value = isObject(json) ? propertyOf(json, name) : undefined;
  return typeof value === 'string' ? value : '';
}
