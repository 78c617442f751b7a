import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hopResolver } from '../../shared/policy/alias-hop';
import { onlyOutside, tableResolver, type AliasResolver } from '../../shared/policy/aliases';
import { readAssignment, type Assignment } from '../../shared/policy/assignments';
import { compile, literalTypesOf, type CompiledRule } from '../../shared/policy/compile';
import { frameOf, type Frame } from '../../shared/policy/compile-scope';
import { readCaseTable } from '../../shared/policy/conformance';
import { evaluate, type World } from '../../shared/policy/evaluate';
import { assignedPolicies } from '../../shared/policy/judge-assigned';
import { isObject, type Json, type JsonObject } from '../../shared/policy/json';
import { readDefinition, type Definition } from '../../shared/policy/parse-definition';
import { idOf, prepare, type Subject } from '../../shared/policy/subject';
import { relatedAmong } from '../../shared/policy-cli/related-among';
import { percentiles } from './figures';

const shared = resolve('../shared');
const folders = ['Kubernetes', 'Network', 'Key Vault'];
const AKS = 'Microsoft.ContainerService/managedClusters';

/** The engine of `shared/policy` on real definitions and resources, in one thread. */
export function benchPolicy(): readonly object[] {
  if (!existsSync(resolve(shared, 'estate')) || !existsSync(resolve(shared, 'policy-definitions'))) {
    return [{ bench: 'policy', skipped: `${shared} is not there` }];
  }
  const given = load();
  return [benchEvent(given), benchCompile(given), ...benchEvaluations(given)];
}

interface Given {
  /** Of AKS, networks and Key Vault. */
  readonly definitions: readonly Json[];
  readonly all: readonly Json[];
  readonly resources: readonly JsonObject[];
  readonly aliases: AliasResolver;
  readonly world: World;
}

function load(): Given {
  const read = (path: string): Json =>
    JSON.parse(readFileSync(resolve(shared, path), 'utf8').replace(/^\uFEFF/, '')) as Json;
  const below = (folder: string): readonly Json[] =>
    globSync('**/*.json', { cwd: resolve(shared, folder) })
      .toSorted()
      .map((file) => read(`${folder}/${file}`));
  const table = readCaseTable(read('policy-conformance/aliases.json'));
  const { resources } = read('estate/estate.json') as unknown as { readonly resources: readonly { path: string }[] };
  const estate = resources.map(({ path }) => read(`estate/${path}`)).filter(isObject);
  return {
    definitions: folders.flatMap((folder) => below(`policy-definitions/policyDefinitions/${folder}`)),
    all: [...below('policy-definitions/policyDefinitions'), ...below('estate/policy/definitions')],
    resources: estate,
    aliases: tableResolver(table, { fallback: onlyOutside(table, hopResolver) }),
    world: {
      utcNow: '2026-03-01T12:00:00.0000000Z',
      resourceGroup: { name: 'rg', location: 'eastus2' },
      subscription: { subscriptionId: '00000000-0000-0000-0000-000000000000' },
      requestContext: { apiVersion: '2024-05-01' },
      related: answersFrom(estate),
      supportsTagsAndLocation: () => true,
    },
  };
}

/** Each read is answered once: evaluating is what is measured, not looking for resources. */
function answersFrom(resources: readonly JsonObject[]): NonNullable<World['related']> {
  const known = new Map<string, ReturnType<typeof relatedAmong>>();
  return (query) => {
    if (!known.has(query.key)) known.set(query.key, relatedAmong(resources, query));
    return known.get(query.key);
  };
}

function definitionIn(json: Json): Definition {
  const read = readDefinition(json);
  if (!read.ok) throw new Error(`a shared definition does not compile: ${JSON.stringify(read.problems[0])}`);
  return read.definition;
}

interface Pair {
  readonly rule: CompiledRule;
  readonly subject: Subject;
}

/** Every definition with every resource of a type that it names. */
function pairsOf({ definitions, resources, aliases }: Given): readonly Pair[] {
  const subjects = resources.map((resource) => prepare(resource));
  const rules = new Map<string, CompiledRule>();
  return definitions.flatMap((json) => {
    const definition = definitionIn(json);
    const parameters = placeholders(json);
    const types = new Set(literalTypesOf(definition).map((type) => type.toLowerCase()));
    return subjects.flatMap((subject) => {
      if (!types.has(subject.type.toLowerCase())) return [];
      const key = `${definition.name}|${subject.type}`;
      const rule = rules.get(key) ?? compile(definition, { resourceType: subject.type, aliases, parameters });
      rules.set(key, rule);
      return [{ rule, subject }];
    });
  });
}

/** Values for parameters that the definition leaves to the assignment, so that the rule is evaluated to its end. */
function placeholders(definition: Json): Readonly<Record<string, Json>> {
  const { properties } = definition as {
    properties: { parameters?: Record<string, { type: string; defaultValue?: Json }> };
  };
  const open = Object.entries(properties.parameters ?? {}).filter(([, { defaultValue }]) => defaultValue === undefined);
  return Object.fromEntries(open.map(([name, { type }]) => [name, /array/i.test(type) ? [] : '1']));
}

function benchEvaluations(given: Given): readonly object[] {
  const pairs = pairsOf(given);
  const ownJson = pairs.filter(({ rule }) => rule.related === undefined);
  return [
    { name: 'all', some: pairs },
    { name: 'own JSON alone', some: ownJson },
  ].map(({ name, some }) => {
    const states: Record<string, number> = {};
    for (const { rule, subject } of some) {
      const { state } = evaluate(rule, subject, given.world);
      states[state] = (states[state] ?? 0) + 1;
    }
    const broken = some.filter(({ rule, subject }) => evaluate(rule, subject, given.world).state === 'nonCompliant');
    return {
      bench: 'policy-evaluations',
      definitions: name,
      rules: new Set(some.map(({ rule }) => rule)).size,
      pairs: some.length,
      states,
      perSecond: perSecond(some, ({ rule, subject }) => evaluate(rule, subject, given.world).state === 'compliant'),
      perSecondWithoutReasons: perSecond(some, (pair) => truthOf(pair, given.world)),
      reasonsPerSecond: perSecond(broken, ({ rule, subject }) =>
        explained(rule, frameOf(subject, subject, given.world)),
      ),
    };
  });
}

/** What the rule says, without applicability, related resources and reasons. */
const truthOf = ({ rule, subject }: Pair, world: World): boolean =>
  rule.condition.test(frameOf(subject, subject, world)) === true;

const explained = (rule: CompiledRule, frame: Frame): boolean => rule.condition.explain(frame, true).length > 0;

/** Half a second to warm up, then the median of five rounds. */
function perSecond<T>(some: readonly T[], action: (each: T) => boolean): number {
  round(some, action, 500);
  const rates = Array.from({ length: 5 }, () => round(some, action, 400)).toSorted((left, right) => left - right);
  return Math.round(rates[2] ?? 0);
}

function round<T>(some: readonly T[], action: (each: T) => boolean, milliseconds: number): number {
  const start = performance.now();
  let [done, sum] = [0, 0];
  while (performance.now() - start < milliseconds) {
    for (let times = 0; times < 10; times += 1) for (const each of some) sum += action(each) ? 1 : 0;
    done += 10 * some.length;
  }
  return sum < 0 ? 0 : (done * 1_000) / (performance.now() - start);
}

/** As many as the members of the Microsoft cloud security benchmark. */
const ASSIGNED = 223;

/** The creation of a cluster, as it comes: the JSON is new each time, what is assigned is compiled already. */
function benchEvent(given: Given): object {
  const scope = '/subscriptions/00000000-0000-0000-0000-000000000001';
  const named = new Map(given.all.map((json, index) => [`/definitions/${index}`, json]));
  const ids = [...named.keys()];
  const assignments: readonly Assignment[] = Array.from({ length: ASSIGNED }, (_, index) =>
    readAssignment({
      id: `${scope}/providers/Microsoft.Authorization/policyAssignments/a${index}`,
      properties: { scope, policyDefinitionId: ids[index % ids.length] ?? '' },
    }),
  );
  const cluster = given.resources.find(({ type }) => type === AKS) ?? {};
  const text = JSON.stringify({ ...cluster, id: idOf(cluster).replace(/^\/subscriptions\/[^/]+/, scope) });
  const event = (policies: ReturnType<typeof assignedPolicies>): number => {
    const resource = JSON.parse(text) as JsonObject;
    const start = performance.now();
    const placement = { id: idOf(resource), type: AKS, location: 'eastus2', managementGroups: [] };
    verdicts = policies.judge(prepare(resource), placement, given.world).verdicts.length;
    return performance.now() - start;
  };
  let verdicts = 0;
  const fresh = (): ReturnType<typeof assignedPolicies> =>
    assignedPolicies({
      assignments,
      exemptions: [],
      catalogue: { definitionOf: (id) => named.get(id), initiativeOf: () => undefined },
      aliases: given.aliases,
    });
  const first = event(fresh());
  const policies = fresh();
  for (let index = 0; index < 200; index += 1) event(policies);
  const times = Array.from({ length: 5_000 }, () => event(policies));
  return { bench: 'policy-event', assigned: ASSIGNED, verdicts, ms: percentiles(times), firstOfAProcessMs: first };
}

/** Reading and compiling for each type that the rule names. */
function benchCompile({ all, aliases }: Given): object {
  const once = (json: Json): number => {
    const start = performance.now();
    const definition = definitionIn(json);
    const types = new Set(literalTypesOf(definition));
    for (const resourceType of types.size === 0 ? [AKS] : types) compile(definition, { resourceType, aliases });
    return performance.now() - start;
  };
  const first = all.map(once);
  const later = Array.from({ length: 20 }, () => all.map(once)).flat();
  return {
    bench: 'policy-compile',
    definitions: all.length,
    msPerDefinition: percentiles(later),
    firstTimeMsPerDefinition: percentiles(first),
  };
}
