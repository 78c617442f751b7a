import { sentinelContent } from '../../shared/controls/sentinel-content';
import type { Resource } from '../../shared/core/resource';
import { reasonOf, type Verdict } from '../../shared/core/verdict';
import { idIn, inventoryOf, resource, subscription } from '../given';

const workspaceId = idIn('rg-soc', 'Microsoft.OperationalInsights/workspaces/log-soc');
const workspace = resource(workspaceId, { location: 'westeurope', properties: { retentionInDays: 90 } });
const insights = `${workspaceId}/providers/Microsoft.SecurityInsights`;

const onboarded = resource(`${insights}/onboardingStates/default`, { properties: {} });
const solution = (name = 'SecurityInsights(log-soc)', more: object = {}): Resource => ({
  id: idIn('rg-soc', `Microsoft.OperationsManagement/solutions/${name}`),
  name,
  type: 'Microsoft.OperationsManagement/solutions',
  properties: { workspaceResourceId: workspaceId },
  ...more,
});
const query = 'SigninLogs | where ResultType != "0"';
const rule = (name: string, properties: object = { enabled: true, query }, kind = 'Scheduled'): Resource =>
  resource(`${insights}/alertRules/${name}`, { kind, properties });
const table = (name: string): Resource =>
  resource(`${workspaceId}/tables/${name}`, { properties: { plan: 'Analytics' } });
const withRows = (name: string): Resource => ({
  id: `${workspaceId}/query/Usage/${name}`,
  name,
  type: 'Microsoft.OperationalInsights/workspaces/query/Usage',
  properties: {},
});
const connector = resource(`${insights}/dataConnectors/entra`, { kind: 'AzureActiveDirectory', properties: {} });
const automation = (isEnabled: boolean): Resource =>
  resource(`${insights}/automationRules/owner`, { properties: { triggeringLogic: { isEnabled } } });
const collection = (stream: string, to = workspaceId): Resource =>
  resource(idIn('rg-steward', 'Microsoft.Insights/dataCollectionRules/dcr'), {
    properties: {
      destinations: { logAnalytics: [{ workspaceResourceId: to, name: 'sentinel' }] },
      dataFlows: [{ streams: [stream], destinations: ['sentinel'], outputStream: stream }],
    },
  });

const judged = (resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}): Verdict =>
  sentinelContent.evaluate(workspace, inventoryOf([workspace, withRows('SigninLogs'), ...resources], unread));
const stateOf = (resources: readonly Resource[]): string => judged(resources).state;
const severities = (verdict: Verdict): readonly string[] =>
  verdict.state === 'violation' ? verdict.problems.map(({ severity }) => severity) : [];

test('a workspace with rules, connectors and automation is right', () => {
  expect(judged([onboarded, rule('a'), rule('b', { enabled: false }), connector, automation(true)])).toEqual({
    state: 'compliant',
    reason:
      '1 of 2 analytics rules on, 1 data connectors, 1 automation rules on; rows arrive in the tables that they read',
  });
});

describe('Sentinel is on', () => {
  test.each<[string, Resource]>([
    ['in a workspace that is onboarded', onboarded],
    ['where the solution of old is', solution()],
    [
      'where it is in another case',
      solution('securityinsights(LOG-SOC)', { properties: { workspaceResourceId: workspaceId.toUpperCase() } }),
    ],
    [
      'where a solution of another name is the product',
      solution('other', { plan: { product: 'omsgallery/securityinsights' } }),
    ],
  ])('%s', (_, sign) => {
    expect(severities(judged([sign]))).toEqual(['high']);
  });

  test.each<[string, readonly Resource[]]>([
    ['where nothing says so', []],
    [
      'by the solution of another workspace',
      [solution('SecurityInsights(x)', { properties: { workspaceResourceId: `${workspaceId}2` } })],
    ],
    ['by a solution that names no workspace', [solution('SecurityInsights(x)', { properties: null })]],
    [
      'by another solution',
      [solution('ContainerInsights(log-soc)', { plan: { product: 'OMSGallery/ContainerInsights' } })],
    ],
    ['by the onboarding of another workspace', [{ ...onboarded, id: onboarded.id.replace('log-soc', 'log-app') }]],
  ])('not %s', (_, resources) => {
    expect(stateOf(resources)).toBe('notApplicable');
  });
});

describe('without an enabled rule that somebody made it is a violation', () => {
  test.each<[string, readonly Resource[], RegExp]>([
    ['none at all', [], /nobody has made an analytics rule/],
    ['only Fusion', [rule('BuiltInFusion', { enabled: true }, 'Fusion')], /nobody has made/],
    ['Fusion under another name and case', [rule('f', { enabled: true }, 'FUSION')], /nobody has made/],
    ['only what Azure adds', [rule('BuiltInSomething')], /nobody has made/],
    ['one that is off', [rule('a', { enabled: false })], /none of its 1 analytics rules is on/],
    ['one that does not say', [rule('a', {})], /none of its 1/],
    ['one without properties', [rule('a', null as unknown as object)], /none of its 1/],
    [
      'a rule of another workspace',
      [{ ...rule('a'), id: rule('a').id.replace('log-soc', 'log-app') }],
      /nobody has made/,
    ],
  ])('%s', (_, rules, why) => {
    const verdict = judged([onboarded, connector, automation(true), ...rules]);
    expect(severities(verdict)).toEqual(['high']);
    expect(reasonOf(verdict)).toMatch(why);
  });

  test('look-alikes are no rules', () => {
    const lookAlikes = [
      resource(idIn('rg-soc', 'Microsoft.Insights/scheduledQueryRules/pods'), {
        kind: 'LogAlert',
        properties: { enabled: true },
      }),
      resource(`${workspaceId}/savedSearches/forbidden`, { properties: { category: 'Security' } }),
      resource(idIn('rg-soc', 'Microsoft.Insights/workbooks/w'), {
        kind: 'shared',
        properties: { category: 'sentinel' },
      }),
    ];
    expect(severities(judged([onboarded, ...lookAlikes]))).toEqual(['high']);
  });
});

describe('with rules and nothing else it is advised to connect and automate', () => {
  test('and a connector, an enabled automation rule or a data collection rule is enough', () => {
    const bare = [onboarded, rule('a')];
    expect(severities(judged(bare))).toEqual(['low']);
    expect(severities(judged([...bare, automation(false)]))).toEqual(['low']);
    expect(severities(judged([...bare, collection('Microsoft-Syslog', `${workspaceId}2`)]))).toEqual(['low']);
    for (const more of [connector, automation(true), collection('Microsoft-Syslog')])
      expect(stateOf([...bare, more])).toBe('compliant');
  });
});

describe('a workspace without Sentinel', () => {
  test('that Steward sends its findings to is a violation', () => {
    const verdict = judged([collection('Custom-StewardFindings_CL')]);
    expect(severities(verdict)).toEqual(['medium']);
    expect(reasonOf(verdict)).toMatch(/^dcr sends Steward’s findings here, and Microsoft Sentinel is not on/);
  });

  test('that only others send to, or that it does not send to, is not applicable', () => {
    expect(stateOf([collection('Microsoft-Syslog')])).toBe('notApplicable');
    expect(stateOf([collection('Custom-StewardFindings_CL', `${workspaceId}2`)])).toBe('notApplicable');
  });
});

describe('the tables that rules read receive rows', () => {
  const reading = (text: unknown, more: object = {}): Resource =>
    rule('a', { displayName: 'New country', enabled: true, query: text, ...more });
  const judgedReading = (text: unknown, ...others: readonly Resource[]): Verdict =>
    judged([onboarded, connector, reading(text), ...others]);

  test('and a rule whose table receives none finds nothing', () => {
    expect(judgedReading('AuditLogs | take 1', table('AuditLogs'))).toEqual({
      state: 'violation',
      problems: [
        {
          severity: 'medium',
          reason:
            '«New country» reads AuditLogs, where no row arrived in 14 days, and so finds nothing: connect what fills it, or switch the rule off',
        },
      ],
    });
  });

  test('and rules that miss the same table are one problem, beside what else is wrong', () => {
    const rules = ['a', 'b', 'c', 'd', 'e'].map((name) => rule(name, { enabled: true, query: 'auditlogs' }));
    const verdict = judged([
      onboarded,
      table('AuditLogs'),
      ...rules,
      rule('f', { enabled: true, query: 'X_CL' }, 'nrt'),
    ]);
    expect(severities(verdict)).toEqual(['medium', 'medium', 'low']);
    expect(reasonOf(verdict)).toMatch(
      /^«a», «b», «c» and 2 more read auditlogs.*«f» reads X_CL.*connect what the rules look at/s,
    );
  });

  test('and one that also reads others has a finding of low severity', () => {
    const verdict = judgedReading('SigninLogs | join AuditLogs on UserId', table('AuditLogs'));
    expect(severities(verdict)).toEqual(['low']);
    expect(reasonOf(verdict)).toMatch(/^«New country» reads AuditLogs, where .* beside tables that receive rows/);
  });

  test.each<[string, string, readonly Resource[]]>([
    ['of a union one is enough', 'union SigninLogs, AuditLogs', [table('AuditLogs')]],
    ['names have no case', 'SIGNINLOGS | take 1', []],
    ['a wildcard stands for one that does', 'union Sign*', []],
    ['another wildcard as well', 'union *logs', []],
    ['alerts come only when something happened', 'SecurityAlert | take 1', [table('SecurityAlert')]],
    ['Steward’s findings arrive where its posture does', 'StewardFindings_CL', [withRows('StewardPosture_CL')]],
    ['Steward’s findings arrive', 'StewardFindings_CL', [withRows('StewardFindings_CL')]],
  ])('%s', (_, text, others) => {
    expect(judgedReading(text, ...others).state).toBe('compliant');
  });

  test('Steward’s own tables without rows are missed as any other', () => {
    expect(severities(judgedReading('StewardFindings_CL', table('StewardFindings_CL')))).toEqual(['medium']);
    expect(severities(judgedReading('StewardPosture_CL', withRows('StewardFindings_CL')))).toEqual(['medium']);
  });

  test('rules that are off, automatic, or put no query of their own are not looked at', () => {
    const others = [
      rule('off', { enabled: false, query: 'AuditLogs' }),
      rule('f', { enabled: true, query: 'AuditLogs' }, 'Fusion'),
      rule('m', { enabled: true }, 'MicrosoftSecurityIncidentCreation'),
    ];
    expect(judged([onboarded, connector, rule('a'), table('AuditLogs'), ...others]).state).toBe('compliant');
  });

  test('a rule that was changed within a day is looked at after it', () => {
    const at = (lastModifiedUtc: string): Verdict =>
      judged([onboarded, connector, table('AuditLogs'), reading('AuditLogs', { lastModifiedUtc })]);
    expect(at('2026-02-28T09:00:00.1234567Z')).toEqual({
      state: 'compliant',
      reason: expect.stringMatching(/; 1 changed within a day: whether rows arrive for them is looked at after it$/),
    });
    expect(severities(at('2026-02-28T07:00:00Z'))).toEqual(['medium']);
    expect(severities(at('soon'))).toEqual(['medium']);
  });

  test.each<[string, unknown, string]>([
    ['a function', '_Im_Dns(a=1) | take 1', '«New country» reads the function _Im_Dns'],
    ['a name that is no table', 'imDns | take 1', '«New country» reads imDns, which is no table here'],
    ['a wildcard that fits none', 'union Dns*', '«New country» reads Dns*, which is no table here'],
    ['a text that is no name', 'table("../x?y") | take 1', '«New country» reads ../x?y, which is no table here'],
    ['a union of which a part is hidden', 'union AuditLogs, Mine', '«New country» reads Mine, which is no table here'],
    ['no query', undefined, '«New country» names no table'],
    ['no query but null', null, '«New country» names no table'],
  ])('it is unknown with %s', (_, text, why) => {
    const verdict = judgedReading(text, table('AuditLogs'));
    expect(verdict.state).toBe('unknown');
    expect(reasonOf(verdict)).toBe(
      `1 of 1 analytics rules on, 1 data connectors, 0 automation rules on; whether rows arrive for its rules cannot be told: ${why}`,
    );
  });

  test('what cannot be told of one rule does not hide what is known of another', () => {
    const verdict = judgedReading('_Im_Dns()', rule('b', { enabled: true, query: 'X_CL' }));
    expect(severities(verdict)).toEqual(['medium']);
  });

  test('it is unknown where the workspace tells of no table at all', () => {
    const empty = inventoryOf([workspace, onboarded, connector, rule('a'), table('SigninLogs')]);
    const verdict = sentinelContent.evaluate(workspace, empty);
    expect(verdict.state).toBe('unknown');
    expect(reasonOf(verdict)).toMatch(/the workspace tells of no table that received rows in 14 days/);
  });
});

describe('it is unknown', () => {
  const listIn = (scope: string, type: string): string => `${scope}|${type}`;

  test.each<[string, readonly Resource[], string, string]>([
    ['solutions', [], listIn(subscription, 'Microsoft.OperationsManagement/solutions'), 'solutions: no'],
    ['the onboarding state', [], onboarded.id, 'onboarding state: no'],
    [
      'data collection rules',
      [],
      listIn(subscription, 'Microsoft.Insights/dataCollectionRules'),
      'data collection rules: no',
    ],
    [
      'the same, with rules alone',
      [onboarded, rule('a')],
      listIn(subscription, 'Microsoft.Insights/dataCollectionRules'),
      'data collection rules: no',
    ],
    ['rules', [onboarded], listIn(workspaceId, 'Microsoft.SecurityInsights/alertRules'), 'alertRules: no'],
    [
      'connectors',
      [onboarded, rule('a')],
      listIn(workspaceId, 'Microsoft.SecurityInsights/dataConnectors'),
      'dataConnectors: no',
    ],
    [
      'automation',
      [onboarded, rule('a')],
      listIn(workspaceId, 'Microsoft.SecurityInsights/automationRules'),
      'automationRules: no',
    ],
  ])('while %s cannot be read', (_, resources, query, reason) => {
    expect(judged(resources, { [query]: 'no' })).toEqual({ state: 'unknown', reason });
  });

  test.each<[string, string, string]>([
    [
      'which tables receive rows',
      listIn(workspaceId, 'Microsoft.OperationalInsights/workspaces/query/Usage'),
      'tables that receive rows: no',
    ],
    ['a table', `${workspaceId}/tables/AuditLogs`, 'table AuditLogs: no'],
  ])('while %s cannot be read', (_, question, reason) => {
    const reading = rule('a', { enabled: true, query: 'AuditLogs' });
    expect(judged([onboarded, connector, reading], { [question]: 'no' })).toEqual({
      state: 'unknown',
      reason: `1 of 1 analytics rules on, 1 data connectors, 0 automation rules on; ${reason}`,
    });
  });

  test('and not when another sign shows that Sentinel is on', () => {
    const solutions = listIn(subscription, 'Microsoft.OperationsManagement/solutions');
    expect(judged([onboarded], { [solutions]: 'no' }).state).toBe('violation');
    expect(judged([solution()], { [onboarded.id]: 'no' }).state).toBe('violation');
  });
});
