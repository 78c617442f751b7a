import { hopResolver } from '../../shared/policy/alias-hop';
import type { AliasResolver } from '../../shared/policy/aliases';
import { compile, literalTypesOf, type CompiledRule } from '../../shared/policy/compile';
import { evaluate, type Evaluation } from '../../shared/policy/evaluate';
import { readDefinition, type Definition } from '../../shared/policy/parse-definition';
import { sentenceOf } from '../../shared/policy/reasons';
import { prepare } from '../../shared/policy/subject';
import { context, definitionOf } from './given';
import { azureAliases, estateResources, filesIn, readJson, testWith } from './shared-files';

const BUILT_IN = 'policy-definitions/policyDefinitions';
const withDefinitions = testWith('policy-definitions');
const withEstate = testWith('estate');

const definitions = (): readonly Definition[] => filesIn(BUILT_IN).map((file) => definitionOf(readJson(file)));

const compiledFor = (definition: Definition, resourceType: string, aliases: AliasResolver): CompiledRule =>
  compile(definition, { resourceType, aliases });

withDefinitions.each([BUILT_IN, 'estate/policy/definitions'])(
  'every definition in %s compiles for every type that it names, and knows every alias',
  (folder) => {
    const aliases = azureAliases();
    const findings = filesIn(folder).flatMap((file) => {
      const read = readDefinition(readJson(file));
      if (!read.ok) return read.problems.map(({ path, message }) => `${file}: ${path}: ${message}`);
      const types = literalTypesOf(read.definition);
      return (types.length === 0 ? ['Microsoft.ContainerService/managedClusters'] : types).flatMap((type) =>
        compiledFor(read.definition, type, aliases).unknowns.map(({ message }) => `${file}: ${message}`),
      );
    });
    expect(filesIn(folder).length).toBeGreaterThan(0);
    expect(findings).toEqual([]);
  },
);

withDefinitions('the literal types of each built-in definition are the ones of the index', () => {
  const index = readJson('policy-definitions/index.json') as { file: string; types: string[] }[];
  const key = (types: readonly string[]) => [...new Set(types.map((type) => type.toLowerCase()))].sort();
  for (const { file, types } of index) {
    expect([file, key(literalTypesOf(definitionOf(readJson(`policy-definitions/${file}`))))]).toEqual([
      file,
      key(types),
    ]);
  }
});

withDefinitions('what built-in definitions are decided by is what the index says', () => {
  const index = readJson('policy-definitions/index.json') as {
    file: string;
    decidedBy: string;
    relatedType: string | null;
  }[];
  for (const { file, decidedBy, relatedType } of index) {
    const { related, mode } = definitionOf(readJson(`policy-definitions/${file}`));
    const isData = /\.data$/i.test(mode);
    if (decidedBy === 'data plane') expect([file, isData]).toEqual([file, true]);
    else
      expect([file, related?.type]).toEqual([
        file,
        relatedType === null ? undefined : expect.objectContaining({ kind: 'literal' }),
      ]);
  }
});

const outcome = (result: Evaluation): string =>
  result.state === 'nonCompliant' ? JSON.stringify([result.state, result.reasons]) : result.state;

withEstate(
  'the table of aliases and the hop agree on every built-in definition and every resource of the landing zone',
  () => {
    const aliases = azureAliases();
    const rules = definitions();
    const world = { ...context, related: () => [], supportsTagsAndLocation: () => true };
    const differences: string[] = [];
    for (const resource of estateResources()) {
      const subject = prepare(resource);
      for (const definition of rules) {
        const [byTable, byHop] = [aliases, hopResolver].map((each) =>
          evaluate(compiledFor(definition, subject.type, each), subject, world),
        );
        if (byTable === undefined || byHop === undefined) continue;
        if (byHop.state !== 'unknown' && outcome(byTable) !== outcome(byHop)) {
          differences.push(`${definition.displayName}: ${subject.type}: ${outcome(byTable)} or ${outcome(byHop)}`);
        }
      }
    }
    expect(differences).toEqual([]);
  },
);

withEstate('every violation in the landing zone has a reason, and the reasons are sentences', () => {
  const aliases = azureAliases();
  const world = { ...context, related: () => [], supportsTagsAndLocation: () => true };
  const violations = estateResources().flatMap((resource) => {
    const subject = prepare(resource);
    return definitions().flatMap((definition) => {
      const result = evaluate(compiledFor(definition, subject.type, aliases), subject, world);
      return result.state === 'nonCompliant'
        ? [{ name: definition.displayName, reasons: result.reasons.map(sentenceOf) }]
        : [];
    });
  });
  expect(violations.length).toBeGreaterThan(50);
  expect(violations.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
  for (const { reasons } of violations)
    for (const reason of reasons) expect(reason).toMatch(/ is .*; it must |is needed; /s);
});
