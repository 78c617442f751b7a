import { armReader } from '../../shared/azure/arm-reader';
import { armWriter } from '../../shared/azure/writer';
import { ownRules } from '../../shared/controls/sentinel-content/own-rules';
import { differences } from '../../shared/core/compare';
import type { Body } from '../../shared/core/control';
import { AzureError } from '../../shared/core/errors';
import type { Resource } from '../../shared/core/resource';
import { tables } from '../../shared/core/tables';
import { idIn, resource } from '../given';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

const workspaceId = idIn('rg-soc', 'Microsoft.OperationalInsights/workspaces/log-soc');
const insights = `${workspaceId}/providers/Microsoft.SecurityInsights`;
const [own] = ownRules;
const ruleId = `${insights}/alertRules/${own!.id}`;
const body: Body = { kind: 'Scheduled', properties: { ...own!.properties, enabled: false } };
const around = [
  resource(workspaceId.split('/providers')[0]!, { location: 'westeurope' }),
  resource(workspaceId, { location: 'westeurope', properties: {} }),
  resource(`${insights}/onboardingStates/default`, { properties: {} }),
  ...tables.map(({ name }) => resource(`${workspaceId}/tables/${name}`, { properties: {} })),
];

let simulated: SimulatedAzure;

beforeAll(async () => {
  simulated = await simulatedAzure();
});
afterAll(() => simulated.close());
beforeEach(async () => {
  simulated.seed(around);
  await armWriter(simulated.arm).remove(ruleId);
  simulated.forget();
});

const write = (): Promise<unknown> =>
  armWriter(simulated.arm).write({ id: ruleId, body, summary: 'make it', permission: '' });

async function found(): Promise<Resource | undefined> {
  const { result } = await armReader(simulated.arm, () => '').read({ kind: 'get', id: ruleId });
  return result.state === 'read' ? (result.value as Resource | undefined) : undefined;
}

test('an analytics rule is made as it is wanted, with one request, and is found again field by field', async () => {
  expect(await write()).toBeUndefined();
  expect(simulated.sent().map(({ method, path, apiVersion }) => [method, path, apiVersion])).toEqual([
    ['PUT', ruleId, '2025-09-01'],
  ]);
  expect(differences(body, await found())).toEqual([]);
});

test('it is removed, and removing what is gone is no failure', async () => {
  await write();
  await armWriter(simulated.arm).remove(ruleId);
  expect(await found()).toBeUndefined();
  await armWriter(simulated.arm).remove(ruleId);
  expect(simulated.sent().map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'GET', 'DELETE']);
});

test.each([
  [403, 'AuthorizationFailed', false],
  [409, 'Conflict', true],
  [429, 'TooManyRequests', true],
])('what Azure refuses with %d is an AzureError, for a write and for a removal', async (status, code, retryable) => {
  const answer = { kind: 'respond', status, body: { error: { code, message: 'no' } } } as const;
  simulated.fault('/alertRules/', answer, 2);
  for (const work of [write, () => armWriter(simulated.arm).remove(ruleId)]) {
    const error = await work().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AzureError);
    expect(error).toMatchObject({ status, code, retryable });
  }
  expect(await found()).toBeUndefined();
});

describe('Azure refuses a rule', () => {
  test.each<[string, string, RegExp]>([
    ['where Sentinel is off', `${insights}/onboardingStates/default`, /not onboarded/],
    ['whose table is not there', `${workspaceId}/tables/StewardFindings_CL`, /One of the tables does not exist/],
  ])('%s', async (_, missing, message) => {
    await simulated.azure.remove(missing);
    await expect(write()).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });
});
