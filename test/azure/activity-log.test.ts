import { activityLog } from '../../shared/azure/activity-log';
import { tagCanary } from '../../shared/azure/canary';
import type { LoggedChange } from '../../shared/core/delivery';
import { AzureError } from '../../shared/core/errors';
import { network, networkId } from '../controls/landing-zone';
import { stewardGroup, subscriptionId } from '../given';
import { refusals } from '../sandbox/subscription/index';
import { simulatedAzure, strangeServer, type SimulatedAzure } from './simulated-azure';

let simulated: SimulatedAzure;
let clock = Date.parse('2026-03-01T08:00:00.000Z');
const path = '/eventtypes/management/values';

beforeAll(async () => {
  simulated = await simulatedAzure({ pageSize: 3, limits: false, clock: () => clock, activityLogLagMs: 60_000 });
  simulated.seed([
    { id: stewardGroup, name: 'rg-steward', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope' },
    {
      id: networkId.split('/providers/')[0] ?? '',
      name: 'rg-network',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'westeurope',
    },
  ]);
});
afterAll(() => simulated.close());
beforeEach(() => simulated.forget());

const iso = (ms: number): string => new Date(ms).toISOString();
const between = (from: number, to: number): Promise<readonly LoggedChange[]> =>
  Array.fromAsync(activityLog(simulated.arm).changes(subscriptionId, iso(from), iso(to)));

test('tells of every write and deletion that succeeded in a window, over all pages', async () => {
  const start = (clock += 1_000);
  for (let index = 0; index < 4; index += 1) {
    clock += 1_000;
    await simulated.azure.put({ ...network, id: `${networkId}-${index}`, name: `vnet-${index}` } as never);
  }
  await simulated.azure.remove(`${networkId}-0`);
  expect(await between(start, clock)).toEqual([]);
  clock += 60_000;
  const changes = await between(start, clock);
  expect(changes.map(({ resourceId }) => resourceId).toSorted()).toEqual(
    ['0', '0', '1', '2', '3'].map((index) => `${networkId}-${index}`),
  );
  expect(new Set(changes.map(({ operationId }) => operationId)).size).toBe(5);
  expect(changes.every(({ at }) => at >= iso(start) && at.endsWith('000Z'))).toBe(true);
  expect((await between(start, start + 1_500)).map(({ resourceId }) => resourceId)).toEqual([`${networkId}-0`]);
});

test('asks for nothing that tells of a person', async () => {
  await between(clock - 3_600_000, clock);
  const [request] = simulated.sent();
  expect(request?.query['$select']).toBe('resourceId,operationId,eventDataId,eventTimestamp,operationName,status');
  expect(JSON.stringify(simulated.sent().map(({ responseBody }) => responseBody))).not.toMatch(/claims|caller/);
});

test.each<[string, number, string]>([
  ['no right to read', 403, 'AuthorizationFailed'],
  ['throttling', 429, 'TooManyRequests'],
])('is a refusal: %s', async (_, status, code) => {
  simulated.fault(path, { kind: 'respond', status, body: { error: { code, message: 'No.' } } });
  await expect(between(clock - 1_000, clock)).rejects.toMatchObject({ name: 'AzureError', status, code });
});

test.each<[string, unknown]>([
  ['a page without a list', { nextLink: null }],
  [
    'a change without a time',
    { value: [{ resourceId: networkId, operationName: { value: 'X/y/write' }, status: { value: 'Succeeded' } }] },
  ],
  ['a next page elsewhere', { value: [], nextLink: 'https://example.com/' }],
])('is a refusal: %s', async (_, body) => {
  simulated.fault(path, { kind: 'respond', status: 200, body });
  await expect(between(clock - 1_000, clock)).rejects.toBeInstanceOf(AzureError);
});

describe('the canary', () => {
  const canary = (): Promise<void> => tagCanary(simulated.arm, stewardGroup).write(iso(clock));

  test('is a tag, and all other tags stay', async () => {
    simulated.seed([
      { ...(simulated.azure.get(stewardGroup) as never as typeof network), tags: { owner: 'platform' } },
    ]);
    await canary();
    expect(simulated.azure.get(stewardGroup)?.tags).toEqual({ owner: 'platform', 'steward-canary': iso(clock) });
    expect(simulated.sent()).toMatchObject([{ method: 'PATCH', apiVersion: '2025-04-01' }]);
  });

  test('may be taken for later', async () => {
    simulated.fault('/tags/default', { kind: 'respond', status: 202 });
    await expect(canary()).resolves.toBeUndefined();
  });

  test('that policy forbids is a refusal', async () => {
    simulated.fault('/tags/default', refusals.requestDisallowedByPolicy('no-tags'));
    await expect(canary()).rejects.toMatchObject({ code: 'RequestDisallowedByPolicy', retryable: false });
  });

  test('that nobody answers is a refusal for now', async () => {
    const server = await strangeServer((_, response) => response.destroy());
    try {
      await expect(tagCanary(server.arm, stewardGroup).write(iso(clock))).rejects.toMatchObject({
        name: 'AzureError',
        retryable: true,
      });
    } finally {
      await server.close();
    }
  });
});
