import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { customTable } from '../../infra/compile/sentinel';
import { ruleIn } from '../../infra/compile/sentinel/rule';
import { tables, type TableDefinition } from '../../shared/core/tables';
import { alerts, connector, huntingQueries, parsers, root, rules, workbook } from './kql/texts';

const folder = join(root, 'infra/sentinel/Solutions/Steward');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name));

/** Ids that were handed out; none is ever changed or used for something else. */
const permanentIds = {
  'Steward - Flow log deleted or switched off': 'c8b79a5d-27ca-436f-8685-427392c7f4d2',
  'Steward - Remediation failed': '42aa4e4d-fd58-498d-877e-63bc11a5e891',
  'Steward - The same thing keeps going wrong': 'aeac58f4-3840-4824-a938-a66045fd6f4e',
  'Steward - Steward is silent': 'f8c9126a-b9a6-448a-bb63-5e19248fdf07',
  'Steward - Many resources went wrong at once': '17acd141-814d-461b-a9b6-4601bab22dba',
  'Steward - New finding of high severity': 'a3f3b6e7-383e-423e-9d50-16718341cf9b',
};

test('ids are permanent GUIDs, and no two are the same', () => {
  expect(Object.fromEntries(rules.map(({ name, id }) => [name, id]))).toEqual(permanentIds);
  const parameters = workbook.items.flatMap((item) => (item.type === 9 ? item.content.parameters : []));
  const ids = [...rules, ...huntingQueries, ...parsers, ...parameters].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

const minutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440 };
const lengthOf = (text: string): number => {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  return Number(count) * (minutes[unit] ?? Number.NaN);
};

/** What an entity has to be known by, one of them (Azure-Sentinel: entity mapping validation). */
const identifiers: Readonly<Record<string, readonly string[]>> = {
  AzureResource: ['ResourceId'],
  Account: ['FullName', 'Name', 'AadUserId', 'Sid', 'ObjectGuid', 'PUID', 'DisplayName'],
  IP: ['Address'],
};

const described = [...rules, ...huntingQueries].map((one) => [one.name, one] as const);

describe.each(described)('%s', (_, one) => {
  test('has a name, a description and a version of the lengths and shape that are asked for', () => {
    expect(one.name).toMatch(/^Steward - .{1,246}$/);
    expect(one.description.trim().length).toBeGreaterThan(40);
    expect(one.description.length).toBeLessThanOrEqual(5_000);
    expect(one.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('names a tactic and a technique of it', () => {
    expect([one.tactics, one.relevantTechniques]).toEqual([['DefenseEvasion'], ['T1562']]);
  });

  test('maps one to five entities by identifiers that their kind has', () => {
    expect(one.entityMappings.length).toBeGreaterThanOrEqual(1);
    expect(one.entityMappings.length).toBeLessThanOrEqual(5);
    for (const { entityType, fieldMappings } of one.entityMappings) {
      expect(fieldMappings.length).toBeGreaterThanOrEqual(1);
      expect(fieldMappings.length).toBeLessThanOrEqual(3);
      for (const { identifier } of fieldMappings) expect(identifiers[entityType]).toContain(identifier);
    }
  });

  test('names the connector of each table that it reads', () => {
    const read = ['StewardFindings_CL', 'StewardPosture_CL', 'AzureActivity'].filter((table) =>
      new RegExp(`\\b${table}\\b`).test(one.query),
    );
    const named = one.requiredDataConnectors.flatMap(({ dataTypes }) => dataTypes);
    expect(named.toSorted()).toEqual(read.toSorted());
    expect(one.requiredDataConnectors.map(({ connectorId }) => connectorId)).toEqual(
      read.includes('AzureActivity') ? ['Steward', 'AzureActivity'] : ['Steward'],
    );
  });
});

describe.each(rules.map((rule) => [rule.name, rule] as const))('the rule %s', (_, rule) => {
  const [frequency, period] = [lengthOf(rule.queryFrequency), lengthOf(rule.queryPeriod)];

  test('runs every five minutes to fourteen days, and looks back further than that', () => {
    expect(frequency).toBeGreaterThanOrEqual(5);
    expect(frequency).toBeLessThanOrEqual(14 * 1_440);
    expect(period).toBeGreaterThanOrEqual(frequency + 10);
    expect(period).toBeLessThanOrEqual(14 * 1_440);
    expect(period < 2 * 1_440 || frequency >= 60).toBe(true);
  });

  test('takes as new what came since it last ran', () => {
    const [, said] = /^let frequency = (\w+);/m.exec(rule.query) ?? [];
    const isByIngestion = rule.query.includes('ingestion_time()');
    expect(said).toBe(isByIngestion ? rule.queryFrequency : undefined);
    expect(isByIngestion).toBe(rule.query.includes('StewardFindings_CL'));
  });

  test('fires on any row, one alert for each', () => {
    expect([rule.triggerOperator, rule.triggerThreshold]).toEqual(['gt', 0]);
    expect(rule.eventGroupingSettings.aggregationKind).toBe('AlertPerResult');
  });

  test('gathers alerts about the same in one incident of a day', () => {
    const { groupingConfiguration } = rule.incidentConfiguration;
    expect(groupingConfiguration).toMatchObject({
      enabled: true,
      reopenClosedIncident: false,
      lookbackDuration: '24h',
      matchingMethod: 'Selected',
    });
    expect(groupingConfiguration.groupByCustomDetails.length).toBeGreaterThan(0);
    expect(Object.keys(rule.customDetails)).toEqual(expect.arrayContaining(groupingConfiguration.groupByCustomDetails));
  });

  test('has at most twenty custom details with short names', () => {
    const names = Object.keys(rule.customDetails);
    expect(names.length).toBeLessThanOrEqual(20);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z]\w{0,19}$/);
  });
});

test('a rule with a field that nobody knows is refused', () => {
  const [text = ''] = [readFileSync(join(folder, 'Analytic Rules/MassChange.yaml'), 'utf8')];
  expect(() => ruleIn(text)).not.toThrow();
  expect(() => ruleIn(`${text}tactic: DefenseEvasion\n`)).toThrow('tactic');
  expect(() => ruleIn(text.replace('severity: High', 'severity: Critical'))).toThrow('severity');
});

test('functions are called as they are named, and carry a version', () => {
  for (const { FunctionName, FunctionAlias, Function: about } of parsers) {
    expect(FunctionAlias).toBe(FunctionName);
    expect(about.Version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(about.LastUpdated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
});

test('the list of the solution names every file of it and no other', () => {
  const named = JSON.parse(readFileSync(join(folder, 'Data/Solution_Steward.json'), 'utf8')) as Record<string, unknown>;
  for (const part of ['Analytic Rules', 'Hunting Queries', 'Parsers', 'Workbooks', 'Data Connectors']) {
    expect(named[part]).toEqual(
      readdirSync(join(folder, part))
        .toSorted()
        .map((name) => `${part}/${name}`),
    );
  }
});

test('the offer is named as the marketplace wants it', () => {
  const metadata = JSON.parse(readFileSync(join(folder, 'SolutionMetadata.json'), 'utf8')) as Record<string, string>;
  expect(`${metadata['publisherId']}.${metadata['offerId']}`).toMatch(/^[a-z]+\.azure-sentinel-solution-[a-z]+$/);
});

test.each(files.map((file) => [file.slice(folder.length + 1), file]))(
  '%s is ASCII, says Microsoft Sentinel, and links to no portal and to no language',
  (_, file) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).not.toMatch(/Azure Sentinel(?! repository)|portal\.azure\.|#blade|security\.microsoft\.com/i);
    expect(text).not.toMatch(/learn\.microsoft\.com\/[a-z]{2}-[a-z]{2}\//i);
  },
);

test('the connector is of the kind that is deployed with an app', () => {
  expect(connector.dataTypes.map(({ name }) => name)).toEqual(tables.map(({ name }) => name));
  expect(connector.dataTypes[0]?.name).toMatch(/_CL$/);
  expect(JSON.stringify(connector.instructionSteps)).toContain('[Deploy To Azure]');
});

test('the checks of Azure-Sentinel’s repository know each column of our tables by its type', () => {
  const table = {
    name: 'Some_CL',
    description: '',
    columns: { At: 'datetime', Name: 'string', Count: 'long', Small: 'int', Bag: 'dynamic' },
  } as const satisfies TableDefinition;
  expect(customTable(table)).toEqual({
    Name: 'Some_CL',
    Properties: [
      { Name: 'At', Type: 'DateTime' },
      { Name: 'Name', Type: 'String' },
      { Name: 'Count', Type: 'Long' },
      { Name: 'Small', Type: 'Int' },
      { Name: 'Bag', Type: 'Dynamic' },
    ],
  });
  for (const { name, columns } of tables) {
    const file = `infra/sentinel/.script/tests/KqlvalidationsTests/CustomTables/${name}.json`;
    const known = JSON.parse(readFileSync(join(root, file), 'utf8')) as { Properties: { Name: string }[] };
    expect(known.Properties.map(({ Name }) => Name)).toEqual(Object.keys(columns));
  }
});

test('a workbook’s items have names, and those with a time range of the reader’s choice say so', () => {
  const names = workbook.items.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const item of workbook.items) {
    if (item.type !== 3) continue;
    const { timeContext, timeContextFromParameter } = item.content;
    expect([timeContext === undefined, timeContextFromParameter]).toEqual(
      timeContext === undefined ? [true, 'TimeRange'] : [false, undefined],
    );
  }
});

test('alerts of Azure Monitor look back two days at most', () => {
  expect(alerts.map(({ id }) => id).toSorted()).toEqual([
    'steward-poison-messages',
    'steward-remediation-failed',
    'steward-silent',
  ]);
  for (const { windowSize, evaluationFrequency, overrideQueryTimeRange = windowSize } of alerts) {
    expect(lengthOf(evaluationFrequency)).toBeGreaterThanOrEqual(5);
    expect(lengthOf(overrideQueryTimeRange)).toBeLessThanOrEqual(2 * 1_440);
    expect(lengthOf(overrideQueryTimeRange)).toBeGreaterThanOrEqual(lengthOf(windowSize));
  }
});
