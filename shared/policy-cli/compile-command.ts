import { join } from 'node:path';
import type { AliasResolver } from '../policy/aliases';
import { isDataPlane } from '../policy/applicability';
import { compile, literalTypesOf, type CompiledRule } from '../policy/compile';
import { effectNamed } from '../policy/effects';
import { isObject, propertyOf, type Json } from '../policy/json';
import { readDefinition, type Definition } from '../policy/parse-definition';
import type { Problem } from '../policy/template';
import { aliasSource } from './alias-source';
import { argumentsOf, filesBelow, InputError, readJson } from './input';
import { linesOf, type Output } from './output';

/** `compile`: every definition below a folder. Throws an InputError. */
export function compileCommand(args: readonly string[]): Output {
  const { values, positionals } = argumentsOf(args, { aliases: { type: 'string' } });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new InputError(`compile takes one folder, not ${positionals.length} (--help tells more)`);
  }
  const { resolver, hasTable } = aliasSource(values.aliases);
  const found = filesBelow(folder, '.json').map((file) => compiledFile(folder, file, resolver));
  const files = hasTable ? found : found.map(withoutAliases);
  const definitions = files.filter(({ kind }) => kind !== 'other');
  if (definitions.length === 0) throw new InputError(`${folder}: there is no policy definition (*.json) below it`);
  const wrong = definitions.filter(({ problems }) => problems.length > 0);
  const lines = [
    `${definitions.length} definitions: ${definitions.length - wrong.length} compiled, ${wrong.length} not understood`,
    ...noted('judged in the data plane', definitions.filter(({ kind }) => kind === 'dataPlane').length),
    ...noted('no definitions and left out', files.length - definitions.length),
    ...wrong.flatMap(({ file, problems }) => problems.map((problem) => `  ${file}: ${placed(problem)}`)),
    ...(hasTable ? [] : openAliases(found)),
  ];
  return { code: wrong.length > 0 ? 1 : 0, out: linesOf(lines), err: '' };
}

const noted = (what: string, count: number): readonly string[] => (count === 0 ? [] : [`${count} are ${what}`]);
const placed = ({ path, message }: Problem): string => (path === '' ? message : `${path}: ${message}`);

interface CompiledFile {
  readonly file: string;
  readonly kind: 'definition' | 'dataPlane' | 'other';
  readonly problems: readonly Problem[];
  /** Aliases that are not known. */
  readonly aliases: readonly string[];
}

function compiledFile(folder: string, file: string, resolver: AliasResolver): CompiledFile {
  const blank = { file, kind: 'definition', problems: [], aliases: [] } as const;
  const json = readOrProblem(join(folder, file), file);
  if ('problem' in json) return { ...blank, problems: [json.problem] };
  if (!hasRule(json.value)) return { ...blank, kind: 'other' };
  const read = readDefinition(json.value);
  if (!read.ok) return { ...blank, problems: read.problems };
  const rules = compiledRules(read.definition, resolver);
  const aliases = [...new Set(rules.flatMap(({ unknowns }) => unknowns.map(({ message }) => message)))];
  const problems = [...effectProblems(read.definition), ...rules.flatMap((rule) => rule.problems)];
  const kind = isDataPlane(read.definition.mode) ? 'dataPlane' : 'definition';
  return { file, kind, aliases, problems: [...problems, ...aliases.map((message) => ({ path: '', message }))] };
}

/** Aliases are no problem where they were only guessed. */
const withoutAliases = (compiled: CompiledFile): CompiledFile => ({
  ...compiled,
  problems: compiled.problems.filter(({ message }) => !compiled.aliases.includes(message)),
});

function readOrProblem(path: string, file: string): { readonly value: Json } | { readonly problem: Problem } {
  try {
    return { value: readJson(path) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problem: { path: '', message: error.message.replace(`${path}: `, '').replace(`${file}: `, '') } };
  }
}

function hasRule(json: Json): boolean {
  const properties = isObject(json) ? propertyOf(json, 'properties') : undefined;
  return [json, properties].some((each) => isObject(each) && propertyOf(each, 'policyRule') !== undefined);
}

/** For every type that the rule names, or for one that none names. */
function compiledRules(definition: Definition, aliases: AliasResolver): readonly CompiledRule[] {
  const types = new Map(literalTypesOf(definition).map((type) => [type.toLowerCase(), type]));
  const named = types.size === 0 ? ['Microsoft.Resources/subscriptions/resourceGroups'] : [...types.values()];
  return named.map((resourceType) => compile(definition, { resourceType, aliases }));
}

function effectProblems({ effect }: Definition): readonly Problem[] {
  if (effect.kind !== 'literal' || effectNamed(String(effect.value)).kind !== undefined) return [];
  return [{ path: 'then.effect', message: `Azure Policy has no effect ${String(effect.value)}` }];
}

function openAliases(files: readonly CompiledFile[]): readonly string[] {
  const open = files.flatMap(({ file, aliases }) => aliases.map((message) => `  ${file}: ${message}`));
  return open.length === 0 ? [] : ['aliases that only Azure’s table knows (--aliases):', ...open];
}
