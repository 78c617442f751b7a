import { bind, type Syntax } from './kql/kusto';
import { bareWorkspace, huntingQueries, queries, rules, workspace } from './kql/texts';

/** Of what Kusto's language has, what queries here use and Log Analytics has, too (Azure Monitor: KQL language differences). */
const functionsOfLogAnalytics = [
  ...`
    abs ago arg_max arg_min array_slice array_sort_asc avg bin case coalesce count countif datetime_diff
    dcount extract iff ingestion_time isempty isnotempty isnotnull isnull make_set max maxif min minif not now
    pack_array parse_json percentile round split strcat strcat_array sum take_any todatetime toint tolower
    tostring trim
  `
    .trim()
    .split(/\s+/),
  ...Object.keys(workspace.functions),
];

const calledIn = (syntax: Syntax): readonly string[] =>
  [...syntax.all()].flatMap((node) => (node.kind === 'FunctionCallExpression' ? [node.child('Name').name] : []));

describe.each(queries)('%s', (_, query) => {
  test('is understood without a remark, and makes columns', () => {
    const { diagnostics, columns } = bind(query, workspace);
    expect(diagnostics).toEqual([]);
    expect(columns.length).toBeGreaterThan(0);
  });

  test('calls only functions that Log Analytics has', () => {
    const strange = calledIn(bind(query, workspace).syntax).filter((name) => !functionsOfLogAnalytics.includes(name));
    expect(strange).toEqual([]);
  });

  test('has no parameter of a workbook left in it', () => {
    expect(query).not.toMatch(/\{[A-Z]\w*\}/);
  });

  test('is ASCII and short enough', () => {
    expect(query).toMatch(/^[\x20-\x7e\n]{1,10000}$/);
  });
});

test('what is misspelled is not understood', () => {
  const wrong = [
    'StewardFindings_CL | where FindingSate == "open"',
    'StewardFinding_CL',
    'StewardFindings_CL | extend X = foo(1)',
  ];
  expect(wrong.map((query) => bind(query, workspace).diagnostics.length > 0)).toEqual([true, true, true]);
});

describe.each([...rules, ...huntingQueries].map((one) => [one.name, one] as const))('%s', (_, one) => {
  const columns = new Map(bind(one.query, workspace).columns.map(({ name, type }) => [name, type]));

  test('has a column of text for each entity', () => {
    const mapped = one.entityMappings.flatMap(({ fieldMappings }) => fieldMappings.map(({ columnName }) => columnName));
    expect(mapped.length).toBeGreaterThan(0);
    expect(mapped.map((name) => [name, columns.get(name)])).toEqual(mapped.map((name) => [name, 'string']));
  });
});

describe.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
  const columns = bind(rule.query, workspace).columns.map(({ name }) => name);

  test('has a column for each custom detail', () => {
    expect(columns).toEqual(expect.arrayContaining(Object.values(rule.customDetails)));
  });

  test('has a column for each placeholder of its alerts, at most three in a text', () => {
    const { alertDisplayNameFormat, alertDescriptionFormat } = rule.alertDetailsOverride;
    for (const text of [alertDisplayNameFormat, alertDescriptionFormat]) {
      const placeholders = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
      expect(columns).toEqual(expect.arrayContaining(placeholders));
      expect(placeholders.length).toBeLessThanOrEqual(3);
    }
  });
});

test('queries that use tables of others say so in a union that lets them be missing', () => {
  const foreign = queries.filter(([, query]) => /AzureActivity|NTANetAnalytics/.test(query));
  expect(foreign.map(([name]) => name)).toHaveLength(3);
  for (const [, query] of foreign) {
    const errors = bind(query, bareWorkspace).diagnostics.filter((text) => text.startsWith('Error'));
    expect(errors).toEqual([]);
  }
});
