import { compile } from '../policy/compile';
import { evaluate, type Evaluation, type World } from '../policy/evaluate';
import { isObject, propertyOf, type Json, type JsonObject } from '../policy/json';
import { readDefinition, type Definition } from '../policy/parse-definition';
import { sentenceOf } from '../policy/reasons';
import { idOf, prepare, propertyOfText, type Subject } from '../policy/subject';
import type { Problem } from '../policy/template';
import { sameText } from '../policy/text';
import { aliasSource } from './alias-source';
import { argumentsOf, InputError, readList, readObject } from './input';
import { linesOf, type Output } from './output';
import { relatedAmong } from './related-among';

/** `evaluate`: one resource against one definition. Throws an InputError. */
export function evaluateCommand(args: readonly string[], now: string): Output {
  const { values, positionals } = argumentsOf(args, OPTIONS);
  if (positionals.length > 0) throw new InputError(`evaluate takes options only, not ${positionals.join(' ')}`);
  const definitionFile = needed('definition', values.definition);
  const resource = readObject(needed('resource', values.resource), 'a resource');
  const parameters = values.parameters === undefined ? {} : readParameters(values.parameters);
  const read = readDefinition(readRule(definitionFile));
  const format = values.json === true ? jsonOf : textOf;
  if (!read.ok) return { code: 3, out: format({ ...nothing, state: 'error', problems: read.problems }), err: '' };
  const verdict = judged(read.definition, { resource, parameters, values, now });
  const err = linesOf(
    undeclared(parameters, read.definition).map((name) => `policy: the definition has no parameter ${name}`),
  );
  return { code: CODES.get(verdict.state) ?? 3, out: format(verdict), err };
}

const OPTIONS = {
  definition: { type: 'string' },
  parameters: { type: 'string' },
  resource: { type: 'string' },
  aliases: { type: 'string' },
  related: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const CODES: ReadonlyMap<string, number> = new Map([
  ['compliant', 0],
  ['notApplicable', 0],
  ['nonCompliant', 2],
]);

function needed(name: string, file: string | undefined): string {
  if (file !== undefined) return file;
  throw new InputError(`--${name} FILE is needed (--help tells more)`);
}

function readRule(file: string): Json {
  const json = readObject(file, 'a policy definition');
  const properties = propertyOf(json, 'properties');
  const inner = isObject(properties) ? properties : json;
  if (propertyOf(inner, 'policyRule') !== undefined) return json;
  throw new InputError(`${file}: has no policyRule; a policy definition is wanted`);
}

/** `{ name: value }` and `{ name: { value } }`, each entry by itself. */
function readParameters(file: string): JsonObject {
  const entries = Object.entries(readObject(file, 'parameter values'));
  return Object.fromEntries(entries.map(([name, given]) => [name, unwrapped(given)]));
}

function unwrapped(given: Json): Json {
  const isWrapped = isObject(given) && Object.keys(given).length === 1 && Object.hasOwn(given, 'value');
  return isWrapped ? (given['value'] ?? null) : given;
}

const undeclared = (parameters: JsonObject, { parameters: declared }: Definition): readonly string[] =>
  Object.keys(parameters).filter((name) => !declared.has(name.toLowerCase()));

interface Given {
  readonly resource: JsonObject;
  readonly parameters: JsonObject;
  readonly values: { readonly aliases?: string | undefined; readonly related?: string | undefined };
  readonly now: string;
}

function judged(definition: Definition, { resource, parameters, values, now }: Given): Shown {
  const subject = prepare(resource);
  const apiVersion = propertyOfText(resource, 'apiVersion') || undefined;
  const source = aliasSource(values.aliases, (type) => (sameText(type, subject.type) ? apiVersion : undefined));
  const rule = compile(definition, { resourceType: subject.type, aliases: source.resolver, parameters });
  const world = {
    ...worldFrom(values.related, subject),
    utcNow: now.replace(/\.(\d{3})Z$/, '.$10000Z'),
    supportsTagsAndLocation: source.supportsTagsAndLocation,
  };
  return { ...nothing, ...shownOf(evaluate(rule, subject, world)), aliases: rule.via === 'hop' ? 'guessed' : 'table' };
}

/** The related resources, and among them the resource group and the subscription that the resource lies in. */
function worldFrom(file: string | undefined, subject: Subject): World {
  if (file === undefined) return { related: ({ where }) => (where === 'self' ? undefined : notGiven) };
  const resources = readList(file, 'related resources').filter(isObject);
  const [subscription = '', group = ''] = containersOf(idOf(subject.resource));
  return {
    related: (query) => relatedAmong(resources, query),
    ...named('subscription', withId(resources, subscription)),
    ...named('resourceGroup', withId(resources, group)),
  };
}

const notGiven = { unreadable: 'no file was given with --related' };

/** The ids of the subscription and of the resource group above an id. */
const containersOf = (id: string): readonly string[] =>
  /^(\/subscriptions\/[^/]+)\/resourceGroups\/[^/]+/i.exec(id)?.toReversed() ?? [];

const withId = (resources: readonly JsonObject[], id: string): JsonObject | undefined =>
  resources.find((resource) => id !== '' && sameText(idOf(resource), id));

const named = (name: 'subscription' | 'resourceGroup', found: JsonObject | undefined): World =>
  found === undefined ? {} : { [name]: found };

/** What is printed. */
interface Shown {
  readonly state: string;
  readonly effect: string;
  readonly because: string;
  readonly reasons: readonly { readonly path: string; readonly sentence: string }[];
  readonly problems: readonly Problem[];
  readonly unknown: { readonly kind: string; readonly message: string; readonly path: string } | undefined;
  readonly aliases: 'table' | 'guessed';
}

const nothing: Shown = {
  state: '',
  effect: '',
  because: '',
  reasons: [],
  problems: [],
  unknown: undefined,
  aliases: 'table',
};

function shownOf(evaluation: Evaluation): Partial<Shown> {
  const { state, effect } = evaluation;
  if (state === 'nonCompliant') {
    return {
      state,
      effect,
      reasons: evaluation.reasons.map((each) => ({ path: each.path, sentence: sentenceOf(each) })),
    };
  }
  if (state === 'notApplicable') return { state, effect, because: evaluation.because };
  if (state === 'unknown') {
    const { kind, message, path } = evaluation.unknown;
    return { state, effect, unknown: { kind, message, path } };
  }
  return { state, effect };
}

const jsonOf = (shown: Shown): string => `${JSON.stringify(shown, undefined, 2)}\n`;

function textOf({ state, effect, because, reasons, problems, unknown, aliases }: Shown): string {
  const at = (path: string): string => (path === '' ? '' : ` (${path})`);
  return linesOf([
    `state: ${state}`,
    ...(effect === '' ? [] : [`effect: ${effect}`]),
    ...(because === '' ? [] : [`reason: ${because}`]),
    ...reasons.map(({ path, sentence }) => `reason: ${sentence}${at(path)}`),
    ...(unknown === undefined ? [] : [`reason: ${unknown.message}${at(unknown.path)}, ${unknown.kind}`]),
    ...problems.map(({ path, message }) => `problem: ${path}: ${message}`),
    ...(aliases === 'guessed' ? ['aliases resolved without Azure’s table'] : []),
  ]);
}
