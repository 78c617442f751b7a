import { applicabilityOf, ownerOf, standingOf, type Standing } from './applicability';
import type { AliasResolver } from './aliases';
import type { Check } from './check';
import { compileCondition } from './compile-condition';
import { compileTemplate } from './compile-expression';
import { constant, frameOf, parameterScope, type Frame, type Notes, type Scope } from './compile-scope';
import { fieldNamed, leavesOf } from './condition';
import { effectNamed, type Effect } from './effects';
import { isArray, shown, sizeOf, type Json } from './json';
import type { Definition } from './parse-definition';
import { compileQuery, type CompiledQuery } from './related';
import { prepare, SUBSCRIPTION } from './subject';
import { sameText } from './text';
import type { Problem } from './template';
import { failed, Unknown } from './unknown';

export interface CompileOptions {
  /** The type of the resources that will be judged: one-slash aliases and paths depend on it. */
  readonly resourceType: string;
  readonly aliases: AliasResolver;
  /** Values of the assignment; defaults are in the definition. Names ignore case. */
  readonly parameters?: Readonly<Record<string, Json | Unknown>>;
  /** The effect that an override of the assignment puts in place of the definition's. */
  readonly effect?: string;
}

/** A definition for one set of parameters and one resource type, ready to be evaluated any number of times. */
export interface CompiledRule {
  readonly definition: Definition;
  readonly resourceType: string;
  readonly effect: (frame: Frame) => Effect | Unknown;
  readonly standing: Standing;
  readonly applies: Check;
  readonly condition: Check;
  readonly related: CompiledRelated | undefined;
  /** Some path is a guess, because there was no table of aliases. */
  readonly via: 'table' | 'hop';
  /** Aliases that were not known. They matter only where an evaluation comes to them. */
  readonly unknowns: readonly Unknown[];
  /** Why Azure would not accept the definition, as far as only its aliases tell. They do not keep it from being judged. */
  readonly problems: readonly Problem[];
}

export interface CompiledRelated {
  readonly query: CompiledQuery;
  /** Undefined: any resource that is found satisfies. */
  readonly condition: Check | undefined;
}

export function compile(definition: Definition, options: CompileOptions): CompiledRule {
  const notes: Notes = { usesHop: false, unknowns: [], work: 0 };
  const scope: Scope = {
    parameters: parametersOf(definition, options.parameters ?? {}),
    type: options.resourceType,
    relatedType: undefined,
    aliases: options.aliases,
    counts: [],
    slots: 0,
    notes,
  };
  const condition = compileCondition(definition.condition, scope);
  const rule = {
    definition,
    resourceType: options.resourceType,
    effect: effectOf(definition, options.effect, scope),
    standing:
      lackingOf(definition, options.resourceType) ??
      standingOf(definition.mode, options.resourceType, ownsComponents(definition, options.resourceType)),
    applies: compileCondition(applicabilityOf(definition.condition), scope),
    condition,
    related: compileRelated(definition, scope),
  };
  return {
    ...rule,
    via: notes.usesHop ? 'hop' : 'table',
    unknowns: notes.unknowns,
    problems: modifyProblems(definition, options),
  };
}

/** The effect of a definition with the values of an assignment, where it depends on nothing else. */
export function effectWith(
  definition: Definition,
  options: Pick<CompileOptions, 'parameters' | 'effect'>,
): Effect | Unknown {
  const scope = parameterScope(parametersOf(definition, options.parameters ?? {}));
  return effectOf(definition, options.effect, scope)(frameOf(prepare({}), prepare({}), {}));
}

function modifyProblems({ modifies }: Definition, { aliases, resourceType }: CompileOptions): readonly Problem[] {
  const refused = modifies.filter((alias) => aliases(alias, resourceType)?.isModifiable === false);
  return refused.map((alias) => ({ path: 'then.details.operations', message: `the alias ${alias} is not modifiable` }));
}

function effectOf(definition: Definition, override: string | undefined, scope: Scope): CompiledRule['effect'] {
  const operand =
    override === undefined ? compileTemplate(definition.effect, 'then.effect', scope) : constant(override);
  const read = (value: Json | Unknown): Effect | Unknown => {
    if (typeof value === 'string') return effectNamed(value);
    return value instanceof Unknown ? value : failed(`an effect is a text, not ${shown(value)}`).at('then.effect');
  };
  if (operand.kind === 'computed') return (frame) => read(operand.compute(frame));
  const effect = read(operand.value);
  return () => effect;
}

/** What a definition asks for that this type, or any resource that exists, does not have. */
function lackingOf(definition: Definition, resourceType: string): Standing | undefined {
  if (definition.isStatic) return { kind: 'outside', because: 'the definition is a statement about Azure itself' };
  if (definition.needsRequester) return { kind: 'outside', because: 'the definition depends on who makes a request' };
  const lacks = definition.needsLocation && sameText(resourceType, SUBSCRIPTION);
  return lacks ? { kind: 'outside', because: 'a subscription has no location' } : undefined;
}

/** Values by lower-case name: those that are given, else the definition's defaults. */
export function parametersOf(
  definition: Definition,
  given: Readonly<Record<string, Json | Unknown>>,
): ReadonlyMap<string, Json | Unknown> {
  const values = new Map<string, Json | Unknown>();
  for (const [name, value] of definition.parameters) if (value !== undefined) values.set(name, bounded(name, value));
  for (const [name, value] of Object.entries(given)) {
    values.set(name.toLowerCase(), value instanceof Unknown ? value : bounded(name, value));
  }
  return values;
}

const bounded = (name: string, value: Json): Json | Unknown =>
  sizeOf(value) === undefined ? failed(`the value of the parameter ${name} is larger than Azure allows`) : value;

function compileRelated(definition: Definition, scope: Scope): CompiledRelated | undefined {
  const details = definition.related;
  if (details === undefined) return undefined;
  const query = compileQuery(details, scope);
  if (details.existenceCondition === undefined) return { query, condition: undefined };
  if (query.type.kind === 'constant' && typeof query.type.value === 'string') {
    const inner = { ...scope, relatedType: query.type.value };
    return { query, condition: compileCondition(details.existenceCondition, inner) };
  }
  const unknown =
    query.type.kind === 'constant' && query.type.value instanceof Unknown
      ? query.type.value
      : new Unknown('unsupported', 'the type of the related resource depends on the resource', 'then.details.type');
  return { query, condition: { constant: unknown, test: () => unknown, explain: () => [] } };
}

/** The resource types that the rule names are components of resources of this type, or that type itself. */
function ownsComponents(definition: Definition, resourceType: string): boolean {
  return literalTypesOf(definition).some((type) => sameText(ownerOf(type), resourceType));
}

/** The types that conditions of the rule ask for literally: for an index from types to the definitions about them. */
export function literalTypesOf(definition: Definition): readonly string[] {
  const leaves = leavesOf(definition.condition).filter((leaf) => fieldNamed(leaf) === 'type');
  return leaves.flatMap(({ right, operator }) => {
    if (right.kind !== 'literal' || !(operator.name === 'equals' || operator.name === 'in')) return [];
    return (isArray(right.value) ? right.value : [right.value]).filter((type) => typeof type === 'string');
  });
}
