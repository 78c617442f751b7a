import { alertContent, sentinelContent } from '../../infra/compile/sentinel';
import { isoDuration } from '../../infra/compile/sentinel/rule';

const rule = `
id: c8b79a5d-27ca-436f-8685-427392c7f4d2
name: A rule
kind: Scheduled
version: 1.0.0
status: Available
severity: High
description: |
  What it is.
requiredDataConnectors:
  - connectorId: Steward
    dataTypes: [T_CL]
queryFrequency: 5m
queryPeriod: 7d
triggerOperator: gt
triggerThreshold: 0
tactics: [DefenseEvasion]
relevantTechniques: [T1562]
query: |
  T_CL
  | take 1
entityMappings:
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: Address
customDetails:
  Key: Column
alertDetailsOverride:
  alertDisplayNameFormat: a {{Column}}
  alertDescriptionFormat: b
eventGroupingSettings:
  aggregationKind: AlertPerResult
incidentConfiguration:
  createIncident: true
  groupingConfiguration:
    enabled: true
    reopenClosedIncident: false
    lookbackDuration: 24h
    matchingMethod: Selected
    groupByEntities: []
    groupByAlertDetails: []
    groupByCustomDetails: [Key]
suppressionEnabled: false
suppressionDuration: 5h
`;

const parser = `
id: 7cdb1aab-e108-4d4d-9495-a55dfb0f4d70
Function:
  Title: A function
  Version: 1.0.0
  LastUpdated: '2026-01-01'
Category: Microsoft Sentinel Parser
FunctionName: F
FunctionAlias: F
FunctionQuery: |
  T_CL
`;

const hunting = `
id: 4149d00c-8671-4d44-9a88-1c75ea37b98f
name: A hunt
version: 1.0.0
description: |
  What for.
requiredDataConnectors: []
tactics: [DefenseEvasion, Impact]
relevantTechniques: [T1562]
query: |
  T_CL
entityMappings: []
`;

const connector = {
  id: 'C',
  title: 'C',
  publisher: 'P',
  descriptionMarkdown: 'd',
  graphQueries: [],
  sampleQueries: [{ description: 'd', query: 'T_CL' }],
  dataTypes: [],
  connectivityCriterias: [{ type: 'IsConnectedQuery', value: ['T_CL'] }],
  availability: { status: 1, isPreview: false },
  permissions: { resourceProvider: [], customs: [] },
  instructionSteps: [{ title: 't', description: 'd' }],
};

const content = sentinelContent({
  rules: [rule],
  parsers: [parser],
  huntingQueries: [hunting],
  workbook: '{"version":"Notebook/1.0","items":[]}',
  connector: JSON.stringify(connector),
});

test('a rule has the shape of Microsoft.SecurityInsights/alertRules', () => {
  expect(content).toMatchObject({
    rules: [
      {
        id: 'c8b79a5d-27ca-436f-8685-427392c7f4d2',
        kind: 'Scheduled',
        properties: {
          displayName: 'A rule',
          description: 'What it is.',
          severity: 'High',
          query: 'T_CL\n| take 1',
          queryFrequency: 'PT5M',
          queryPeriod: 'P7D',
          triggerOperator: 'GreaterThan',
          triggerThreshold: 0,
          suppressionEnabled: false,
          suppressionDuration: 'PT5H',
          tactics: ['DefenseEvasion'],
          techniques: ['T1562'],
          customDetails: { Key: 'Column' },
          eventGroupingSettings: { aggregationKind: 'AlertPerResult' },
          incidentConfiguration: { createIncident: true, groupingConfiguration: { lookbackDuration: 'P1D' } },
        },
      },
    ],
  });
});

test('a function and a hunting query are saved searches', () => {
  expect(content).toMatchObject({
    savedSearches: [
      {
        name: '7cdb1aab-e108-4d4d-9495-a55dfb0f4d70',
        properties: { displayName: 'A function', query: 'T_CL', functionAlias: 'F', version: 2 },
      },
      {
        name: '4149d00c-8671-4d44-9a88-1c75ea37b98f',
        properties: {
          category: 'Hunting Queries',
          displayName: 'A hunt',
          query: 'T_CL',
          tags: [
            { name: 'description', value: 'What for.' },
            { name: 'tactics', value: 'DefenseEvasion,Impact' },
            { name: 'techniques', value: 'T1562' },
          ],
        },
      },
    ],
  });
});

test('the page of the connector has what Azure’s type has, and no sample queries', () => {
  expect(content).toMatchObject({
    connector: {
      name: 'C',
      kind: 'Customizable',
      properties: { connectorUiConfig: { connectivityCriteria: [{ type: 'IsConnectedQuery', value: ['T_CL'] }] } },
    },
  });
  expect(JSON.stringify(content)).not.toContain('sampleQueries');
});

test('an alert has the shape of Microsoft.Insights/scheduledQueryRules', () => {
  const alert = [
    ...['id: some-alert', 'name: An alert', 'description: Why.', 'severity: 1', 'evaluationFrequency: 1h'],
    ...['windowSize: 1h', 'overrideQueryTimeRange: 2d', 'dimensions: [Column]', 'query: T_CL'],
  ].join('\n');
  expect(alertContent([alert])).toEqual({
    alerts: [
      {
        name: 'some-alert',
        properties: {
          displayName: 'An alert',
          description: 'Why.',
          severity: 1,
          evaluationFrequency: 'PT1H',
          windowSize: 'PT1H',
          overrideQueryTimeRange: 'P2D',
          skipQueryValidation: true,
          autoMitigate: true,
          criteria: {
            allOf: [
              {
                query: 'T_CL',
                timeAggregation: 'Count',
                operator: 'GreaterThan',
                threshold: 0,
                dimensions: [{ name: 'Column', operator: 'Include', values: ['*'] }],
                failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              },
            ],
          },
        },
      },
    ],
  });
});

test.each([
  ['5m', 'PT5M'],
  ['24h', 'P1D'],
  ['36h', 'PT36H'],
  ['14d', 'P14D'],
])('the duration %s is %s', (text, iso) => {
  expect(isoDuration(text)).toBe(iso);
});

test.each(['', '5', 'PT5M', '5s', '1h30m'])('"%s" is no duration', (text) => {
  expect(() => isoDuration(text)).toThrow('a number and m, h or d are needed');
});
