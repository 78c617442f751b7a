import { ingestion } from '../../shared/doctor/ingestion';
import { findingTables, sentinel, workspaces } from '../../shared/doctor/workspace';
import { having, idIn, resource, workspaceId } from '../given';
import { ingestionGiven } from '../surroundings-given';
import { examine, healthy, including, listOf, onboardingId, rule, ruleId, tableIds, without, workspace } from './given';

interface RuleProperties {
  readonly streamDeclarations: Readonly<Record<string, { readonly columns: readonly { readonly name: string }[] }>>;
  readonly dataFlows: readonly { readonly streams: readonly string[] }[];
}

const properties = rule.properties as RuleProperties;
const findings = 'Custom-StewardFindings_CL';

describe('the data collection rule', () => {
  test('that the settings name, with streams, flows and endpoint, is right', () => {
    expect(examine(ingestion)).toMatchObject([{ state: 'ok', about: ruleId }]);
  });

  test('is found by its immutable id in any case', () => {
    const surroundings = { ingestion: { ...ingestionGiven, ruleId: ingestionGiven.ruleId.toUpperCase() } };
    expect(examine(ingestion, { surroundings })).toMatchObject([{ state: 'ok' }]);
  });

  test('that is not there is wrong, and there is nothing to say of its workspace', () => {
    const found = `there is no data collection rule with the immutable id ${ingestionGiven.ruleId}`;
    expect(examine(ingestion, { resources: without(ruleId) })).toMatchObject([{ state: 'wrong', found }]);
    expect(examine(findingTables, { resources: without(ruleId) })).toEqual([]);
  });

  const { [findings]: declared, ...others } = properties.streamDeclarations;
  const columns = declared!.columns.map((column) =>
    column.name === 'TimeToComplianceMs' ? { ...column, type: 'string' } : column,
  );
  test.each<[string, Parameters<typeof having>[1], string]>([
    [
      'a column and the type of another',
      {
        streamDeclarations: {
          ...others,
          [findings]: { columns: columns.filter(({ name }) => name !== 'UndoneBy') },
        } as never,
      },
      `stream ${findings} lacks UndoneBy (string), TimeToComplianceMs (long)`,
    ],
    ['a stream', { streamDeclarations: others as never }, `stream ${findings} is not declared`],
    [
      'a flow',
      { dataFlows: properties.dataFlows.filter(({ streams }) => !streams.includes(findings)) as never },
      `no data flow takes stream ${findings} to its table`,
    ],
    ['its state', { provisioningState: 'Failed' }, 'its state is Failed'],
    [
      'the endpoint',
      { endpoints: { logsIngestion: 'https://other.example' } },
      `it has the endpoint https://other.example, and LOGS_INGESTION_ENDPOINT is ${ingestionGiven.endpoint}`,
    ],
    [
      'any endpoint',
      { endpoints: undefined },
      `it has no endpoint of its own and none that it names, and LOGS_INGESTION_ENDPOINT is ${ingestionGiven.endpoint}`,
    ],
  ])('that lacks %s is wrong', (_, changed, found) => {
    const [check] = examine(ingestion, { resources: including(having(rule, changed)) });
    expect(check).toMatchObject({ state: 'wrong', found, todo: expect.stringContaining('infra/') });
  });

  test('may name an endpoint instead of having one', () => {
    const id = idIn('rg-steward', 'Microsoft.Insights/dataCollectionEndpoints/dce');
    const named = having(rule, { endpoints: undefined, dataCollectionEndpointId: id });
    const endpoint = resource(id, { properties: { logsIngestion: { endpoint: `${ingestionGiven.endpoint}/` } } });
    expect(examine(ingestion, { resources: including(named, endpoint) })).toMatchObject([{ state: 'ok' }]);
    expect(examine(ingestion, { resources: including(named), unread: { [id]: 'no' } })).toMatchObject([
      { state: 'unknown', found: 'no' },
    ]);
  });

  test('is unknown where rules cannot be listed', () => {
    const unread = { [listOf('Microsoft.Insights/dataCollectionRules')]: 'no' };
    expect(examine(ingestion, { unread })).toMatchObject([{ state: 'unknown', found: 'no' }]);
  });

  test('is known where it was found, though another subscription cannot be listed', () => {
    const far = workspaceId.replace('11111111', '99999999');
    const unread = { [listOf('Microsoft.Insights/dataCollectionRules', far.split('/resourceGroups')[0])]: 'no' };
    expect(examine(ingestion, { settings: { workspaceId: far }, unread })).toMatchObject([{ state: 'ok' }]);
    expect(examine(ingestion, { resources: without(ruleId), settings: { workspaceId: far }, unread })).toMatchObject([
      { state: 'unknown' },
    ]);
  });
});

describe('a workspace', () => {
  test('that is there is right, and is looked at once where it serves twice', () => {
    expect(examine(workspaces)).toMatchObject([{ state: 'ok', about: workspaceId }]);
  });

  test('of traffic analytics is looked at besides', () => {
    const other = idIn('rg-logs', 'Microsoft.OperationalInsights/workspaces/log-other');
    expect(examine(workspaces, { settings: { workspaceId: other } })).toMatchObject([
      { state: 'ok', about: workspaceId },
      { state: 'wrong', about: other, found: 'it does not exist' },
    ]);
  });

  test('that is in another state is wrong', () => {
    const resources = including(having(workspace, { provisioningState: 'Deleting' }));
    expect(examine(workspaces, { resources })).toMatchObject([{ state: 'wrong', found: 'its state is Deleting' }]);
  });

  test('that cannot be read is unknown', () => {
    expect(examine(workspaces, { unread: { [workspaceId]: 'no' } })).toMatchObject([{ state: 'unknown', found: 'no' }]);
  });
});

describe('a table', () => {
  const id = tableIds[0]!;
  const table = healthy.find((one) => one.id === id)!;
  const { schema } = table.properties as { schema: { columns: readonly { name: string; type: string }[] } };

  test('with all columns is right', () => {
    expect(examine(findingTables)).toMatchObject(tableIds.map((about) => ({ state: 'ok', about })));
  });

  test.each<[string, Parameters<typeof having>[1], string]>([
    [
      'a column',
      { schema: { columns: schema.columns.filter(({ name }) => name !== 'EventAt') } },
      'it lacks EventAt (datetime)',
    ],
    ['every column', { schema: undefined }, 'it lacks TimeGenerated (datetime), EventId (string)'],
    ['a plan that rules can use', { plan: 'Basic' }, 'its plan is Basic, which analytics rules cannot use'],
    ['retention', { retentionInDays: 30, totalRetentionInDays: 89 }, 'it is kept for 89 days'],
  ])('that lacks %s is wrong', (_, changed, found) => {
    const [check] = examine(findingTables, { resources: including(having(table, changed)) });
    expect(check).toMatchObject({ state: 'wrong', about: id, found: expect.stringContaining(found) });
  });

  test('is kept for as long as its workspace where it has no total', () => {
    const resources = including(having(table, { retentionInDays: 30, totalRetentionInDays: undefined }));
    expect(examine(findingTables, { resources })[0]).toMatchObject({ state: 'wrong', found: 'it is kept for 30 days' });
  });

  test('that is not there is wrong', () => {
    const [check] = examine(findingTables, { resources: without(id) });
    expect(check).toMatchObject({ state: 'wrong', about: id, found: 'it does not exist' });
  });

  test('is unknown where it cannot be read or does not tell how long it is kept', () => {
    expect(examine(findingTables, { unread: { [id]: 'no' } })[0]).toMatchObject({ state: 'unknown', found: 'no' });
    const resources = including(having(table, { retentionInDays: undefined, totalRetentionInDays: undefined }));
    expect(examine(findingTables, { resources })[0]).toMatchObject({ state: 'unknown' });
  });
});

describe('Microsoft Sentinel', () => {
  test('that is on is right', () => {
    expect(examine(sentinel)).toMatchObject([{ state: 'ok', about: workspaceId }]);
  });

  test('that is not on does not apply', () => {
    expect(examine(sentinel, { resources: without(onboardingId) })).toMatchObject([{ state: 'notApplicable' }]);
  });

  test('is unknown where it cannot be read', () => {
    expect(examine(sentinel, { unread: { [onboardingId]: 'no' } })).toMatchObject([{ state: 'unknown', found: 'no' }]);
  });
});
