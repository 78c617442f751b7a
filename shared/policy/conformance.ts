import { hopResolver } from './alias-hop';
import { readAliasTable, tableResolver, type AliasResolver, type AliasTable } from './aliases';
import { compile, type CompiledRule } from './compile';
import { callFunction } from './compile-expression';
import { evaluate, type Evaluation, type World } from './evaluate';
import { functionNamed } from './functions/function-table';
import { isArray, isObject, propertyOf, sameJson, shown, type Json, type JsonObject } from './json';
import { operatorNamed, satisfies } from './operators';
import { readDefinition } from './parse-definition';
import { parsePath } from './paths';
import { prepare, propertyOfText } from './subject';
import type { Problem } from './template';
import { sameText } from './text';
import { Unknown } from './unknown';

/** The outcome of one case: undefined when it passed, else what was wanted and what came. */
export type CaseFailure = string | undefined;

/** Tables of aliases by the name that cases give them. */
export type AliasTables = (name: string) => AliasTable | undefined;

/** Runs one case of the documented format: a rule on a resource, an operator on two values, or a function on arguments. */
export function runCase(test: JsonObject, tables: AliasTables): CaseFailure {
  if ('function' in test) return runFunction(test);
  return 'operator' in test ? runOperator(test) : runRule(test, tables);
}

function runFunction(test: JsonObject): CaseFailure {
  const called = functionNamed(propertyOfText(test, 'function'));
  if (called === undefined) return `there is no function ${propertyOfText(test, 'function')}`;
  const value = callFunction(called, isArray(test['args']) ? test['args'] : []);
  const expected = expectedOf(test);
  if (expected['error'] === true)
    return value instanceof Unknown ? undefined : `an error is expected, not ${shown(value)}`;
  if (value instanceof Unknown) return `${shown(expected['value'])} is expected, not the error ${value.message}`;
  return sameJson(value, expected['value'] ?? null)
    ? undefined
    : `${shown(expected['value'])} is expected, not ${shown(value)}`;
}

function runOperator(test: JsonObject): CaseFailure {
  const operator = operatorNamed(propertyOfText(test, 'operator'));
  if (operator === undefined) return `there is no operator ${propertyOfText(test, 'operator')}`;
  const truth = satisfies(operator, test['left'], test['right'] ?? null);
  const expected = expectedOf(test)['match'];
  return truth === expected
    ? undefined
    : `${shown(expected)} is expected, not ${truth instanceof Unknown ? truth.message : truth}`;
}

function runRule(test: JsonObject, tables: AliasTables): CaseFailure {
  const expected = expectedOf(test);
  const rule = compiled(test, tables);
  if (typeof rule === 'string') return rule;
  if (expected['error'] === 'parse') return rule.problems.length > 0 ? undefined : 'compiling must fail';
  if (rule.problems.length > 0) return notCompiled(rule.problems);
  if (!('condition' in rule) || expected['compiles'] === true) return undefined;
  return compared(evaluate(rule, prepare(test['resource'] ?? {}), worldOf(test)), expected['effect'] ?? null);
}

/** The compiled rule, the problems that keep it from being one, or why the case cannot be run. */
function compiled(test: JsonObject, tables: AliasTables): CompiledRule | { problems: readonly Problem[] } | string {
  const read = readDefinition(test['definition'] ?? { mode: 'All', policyRule: test['rule'] ?? null });
  if (!read.ok) return read;
  const aliases = resolverFor(test, tables);
  if (aliases === undefined) return `there is no table of aliases ${shown(test['aliases'])}`;
  const parameters = isObject(test['parameters']) ? test['parameters'] : {};
  return compile(read.definition, { resourceType: prepare(test['resource'] ?? {}).type, aliases, parameters });
}

const notCompiled = (problems: readonly Problem[]): string =>
  `does not compile: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;

function compared(result: Evaluation, expected: Json): CaseFailure {
  const found = result.state === 'nonCompliant' ? result.effect : null;
  const same =
    typeof found === 'string' && typeof expected === 'string' ? sameText(found, expected) : found === expected;
  const isSettled = result.state !== 'unknown' && result.state !== 'needs';
  if (same && isSettled) return undefined;
  const why = result.state === 'unknown' ? `: ${result.unknown.message} at ${result.unknown.path}` : '';
  return `${shown(expected)} is expected, not ${result.state}${why}`;
}

/** Cases leave open which types have tags and a location: every type counts as one that has. */
function worldOf(test: JsonObject): World {
  const context = isObject(test['context']) ? test['context'] : {};
  const container = (name: string) => (isObject(context[name]) ? { [name]: context[name] } : {});
  const { related } = test;
  return {
    ...(typeof context['utcNow'] === 'string' ? { utcNow: context['utcNow'] } : {}),
    ...container('resourceGroup'),
    ...container('subscription'),
    ...container('requestContext'),
    ...container('policy'),
    ...(isArray(related) ? { related: () => related } : {}),
    supportsTagsAndLocation: () => true,
  };
}

function resolverFor(test: JsonObject, tables: AliasTables): AliasResolver | undefined {
  const name = typeof test['aliases'] === 'string' ? test['aliases'] : 'paths';
  if (name === 'paths') return afterSlash;
  // The tables of the cases are excerpts, so what they lack is looked for.
  const table = tables(name);
  const apiVersion = typeof test['apiVersion'] === 'string' ? test['apiVersion'] : undefined;
  if (table === undefined) return undefined;
  return tableResolver(table, { apiVersionOf: () => apiVersion, fallback: hopResolver });
}

/** Without a table, cases read the part after the last slash from the top of the resource. */
const afterSlash: AliasResolver = (alias) => {
  const steps = parsePath(alias.slice(alias.lastIndexOf('/') + 1));
  return steps === undefined ? undefined : { steps, via: 'table' };
};

const expectedOf = (test: JsonObject): JsonObject => {
  const expected = propertyOf(test, 'expected');
  return isObject(expected) ? expected : {};
};

/**
 * Reads a table in the short form `{ type: { rest of the alias: path } }`, where a key with a slash is a whole alias,
 * as well as ARM's own.
 */
export function readCaseTable(json: Json): AliasTable {
  const isShort = isObject(json) && !isArray(propertyOf(json, 'value'));
  return readAliasTable(isShort ? Object.entries(json).map(providerOf) : json);
}

function providerOf([type, aliases]: readonly [string, Json]): Json {
  const [namespace = '', ...rest] = type.split('/');
  const entries = isObject(aliases) ? Object.entries(aliases) : [];
  const named = entries.map(([key, path]) => ({ name: key.includes('/') ? key : `${type}/${key}`, defaultPath: path }));
  return { namespace, resourceTypes: [{ resourceType: rest.join('/'), aliases: named }] };
}
