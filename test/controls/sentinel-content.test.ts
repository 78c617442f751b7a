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
const rule = (name: string, properties: object = { enabled: true }, kind = 'Scheduled'): Resource =>
  resource(`${insights}/alertRules/${name}`, { kind, properties });
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
  sentinelContent.evaluate(workspace, inventoryOf([workspace, ...resources], unread));
const stateOf = (resources: readonly Resource[]): string => judged(resources).state;
const severities = (verdict: Verdict): readonly string[] =>
  verdict.state === 'violation' ? verdict.problems.map(({ severity }) => severity) : [];

test('a workspace with rules, connectors and automation is right', () => {
  expect(judged([onboarded, rule('a'), rule('b', { enabled: false }), connector, automation(true)])).toEqual({
    state: 'compliant',
    reason: '1 of 2 analytics rules on, 1 data connectors, 1 automation rules on',
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

  test('and not when another sign shows that Sentinel is on', () => {
    const solutions = listIn(subscription, 'Microsoft.OperationsManagement/solutions');
    expect(judged([onboarded], { [solutions]: 'no' }).state).toBe('violation');
    expect(judged([solution()], { [onboarded.id]: 'no' }).state).toBe('violation');
  });
});
