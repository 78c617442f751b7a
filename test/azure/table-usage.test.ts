import { armReader } from '../../shared/azure/arm-reader';
import { sentinelTables } from '../../shared/azure/sentinel';
import { usageQuery } from '../../shared/azure/table-usage';
import { AzureError } from '../../shared/core/errors';
import type { Found } from '../../shared/core/ports';
import type { Resource } from '../../shared/core/resource';
import { usageType } from '../../shared/core/table-usage';
import { idIn, resource } from '../given';
import { bind } from '../infra/kql/kusto';
import type { Grant } from '../sandbox/subscription/index';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

const workspaceId = idIn('rg-soc', 'Microsoft.OperationalInsights/workspaces/log-soc');
const workspace = resource(workspaceId, { location: 'westeurope', properties: {} });
const collection = (destination: string): Resource =>
  resource(idIn('rg-soc', 'Microsoft.Insights/dataCollectionRules/dcr'), {
    location: 'westeurope',
    properties: {
      immutableId: 'dcr-1',
      streamDeclarations: { 'Custom-StewardPosture_CL': { columns: [{ name: 'CountedAt', type: 'datetime' }] } },
      destinations: { logAnalytics: [{ workspaceResourceId: destination, name: 'sentinel' }] },
      dataFlows: [
        {
          streams: ['Custom-StewardPosture_CL'],
          destinations: ['sentinel'],
          outputStream: 'Custom-StewardPosture_CL',
        },
      ],
    },
  });

const subscription = `${workspaceId.split('/').slice(0, 3).join('/')}`;
const granting = (...actions: readonly string[]): readonly Grant[] => [
  { role: 'reader', scope: subscription, actions },
];
const asking = 'Microsoft.OperationalInsights/workspaces/query/read';
const usage = 'Microsoft.OperationalInsights/workspaces/query/Usage/read';

const group = resource(workspaceId.split('/providers')[0] ?? '', { location: 'westeurope' });

async function started(grants?: readonly Grant[]): Promise<SimulatedAzure> {
  const azure = await simulatedAzure(grants === undefined ? {} : { grants });
  azure.seed([group, workspace]);
  return azure;
}

/** The language of queries takes seconds to load. */
jest.setTimeout(30_000);

let simulated: SimulatedAzure;

beforeAll(async () => {
  simulated = await started();
});
beforeEach(() => simulated.forget());
afterAll(() => simulated.close());

async function ask(scope = workspaceId, { arm } = simulated): Promise<readonly string[]> {
  const { result } = await armReader(arm, () => '').read({ kind: 'list', type: usageType, scope });
  const found: Found = result.state === 'read' ? result.value : undefined;
  return (found as readonly Resource[]).map(({ name }) => name);
}

const refusalOf = async (reading: Promise<unknown>): Promise<unknown> => reading.catch((error: unknown) => error);

test('a workspace is asked once, with a query that its tables allow, and tells the tables that receive rows', async () => {
  simulated.azure.usage.set(workspaceId, ['SigninLogs', 'AuditLogs']);
  expect(await ask()).toEqual(['SigninLogs', 'AuditLogs']);
  expect(simulated.sent()).toMatchObject([
    { method: 'GET', path: `${workspaceId}/query`, apiVersion: '2017-10-01', query: { query: usageQuery } },
  ]);
  const { diagnostics } = bind(usageQuery, {
    functions: {},
    tables: { Usage: { TimeGenerated: 'datetime', DataType: 'string' } },
  });
  expect(diagnostics).toEqual([]);
});

test('rows that were ingested are in it, and those of another workspace are not', async () => {
  simulated.azure.usage.set(workspaceId, []);
  simulated.seed([collection(workspaceId)]);
  expect(await ask()).toEqual([]);
  const sentinel = sentinelTables({
    endpoint: simulated.azure.url,
    ruleId: 'dcr-1',
    audience: 'https://monitor.azure.com',
    credential: simulated.arm.credential,
  });
  const row = { CountedAt: '2026-03-01T08:00:00Z' } as never;
  await sentinel.ingest([{ table: 'StewardPosture_CL', row } as never]);
  expect(await ask()).toEqual(['StewardPosture_CL']);
  simulated.seed([collection(`${workspaceId}2`)]);
  expect(await ask()).toEqual([]);
});

test('a workspace that is not there is refused, and is not taken for one without rows', async () => {
  expect(await refusalOf(ask(`${workspaceId}2`))).toMatchObject({ status: 404 });
});

test.each<[string, unknown]>([
  ['nothing of a table', {}],
  ['a table without columns', { tables: [{ rows: [['SigninLogs']] }] }],
  ['a table of other columns', { tables: [{ columns: [{ name: 'Type' }], rows: [['SigninLogs']] }] }],
  ['a table without rows', { tables: [{ columns: [{ name: 'DataType' }] }] }],
  [
    'a part of the rows',
    {
      tables: [{ columns: [{ name: 'DataType' }], rows: [['SigninLogs']] }],
      error: { code: 'PartialError', message: 'Some rows are missing.' },
    },
  ],
])('an answer with %s is not taken for the whole', async (_, body) => {
  simulated.fault('/query', { kind: 'respond', status: 200, body });
  expect(await refusalOf(ask())).toMatchObject({ code: 'BadAnswer' });
});

test('values that are no names are left out, wherever their column is', async () => {
  const columns = [{ name: 'Rows' }, { name: 'DataType' }];
  const body = { tables: [{ columns, rows: [[1, 'SigninLogs'], [2, null], []] }] };
  simulated.fault('/query', { kind: 'respond', status: 200, body });
  expect(await ask()).toEqual(['SigninLogs']);
});

// Last, for each has a certificate of its own, and this process trusts the newest.
test.each([
  ['the question', [usage], asking],
  ['the table', [asking], usage],
])('without the right for %s it is refused', async (_, held, missed) => {
  const limited = await started(granting(...held));
  const refusal = await refusalOf(ask(workspaceId, limited));
  await limited.close();
  expect(refusal).toBeInstanceOf(AzureError);
  expect(refusal).toMatchObject({ status: 403, message: expect.stringContaining(`'${missed}'`) });
});

test('with both rights it is answered', async () => {
  const limited = await started(granting(asking, usage));
  limited.azure.usage.set(workspaceId, ['Heartbeat']);
  expect(await ask(workspaceId, limited)).toEqual(['Heartbeat']);
  await limited.close();
});
