import { armReader } from '../../shared/azure/arm-reader';
import { policyReader } from '../../shared/azure/policy-reader';
import { armWriter } from '../../shared/azure/writer';
import type { Body } from '../../shared/core/control';
import type { Resource } from '../../shared/core/resource';
import { resource, subscription, subscriptionId } from '../given';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

/** What does not lie in a resource group: the subscription, groups above it, policies, and what is put on a resource. */

const group = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
const policies = `${subscription}/providers/Microsoft.Authorization`;
const workspaceId = `${subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log`;

let simulated: SimulatedAzure;

beforeAll(async () => {
  simulated = await simulatedAzure({ limits: false });
  simulated.seed([
    { id: subscription, subscriptionId, displayName: 'landing zone' } as unknown as Resource,
    resource(`${subscription}/resourceGroups/rg`, { location: 'westeurope' }),
    resource(group('root'), { properties: { tenantId: 'root', children: [{ id: group('platform') }] } }),
    resource(group('platform'), { properties: { tenantId: 'root', children: [{ id: subscription }] } }),
    resource(group('sandbox'), { properties: { tenantId: 'root', details: { parent: { id: group('root') } } } }),
    resource(workspaceId, { location: 'westeurope', properties: {} }),
    resource(`${workspaceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`, { properties: {} }),
    resource(`${workspaceId}/providers/Microsoft.SecurityInsights/alertRules/a`, { kind: 'Scheduled', properties: {} }),
    resource(`${workspaceId}2`, { location: 'westeurope', properties: {} }),
    resource(`${workspaceId}2/providers/Microsoft.SecurityInsights/alertRules/b`, { kind: 'Fusion', properties: {} }),
    resource(`${policies}/policySetDefinitions/own`, { properties: { policyType: 'Custom', policyDefinitions: [] } }),
    resource('/providers/Microsoft.Authorization/policySetDefinitions/azures', {
      properties: { policyType: 'BuiltIn', policyDefinitions: [] },
    }),
  ]);
});
afterAll(() => simulated.close());
beforeEach(() => simulated.forget());

async function list(type: string, scope: string): Promise<readonly Resource[]> {
  const now = (): string => '2026-03-01T08:00:00.000Z';
  const { read } = policyReader(simulated.arm, now, armReader(simulated.arm, now));
  const { result } = await read({ kind: 'list', type, scope });
  if (result.state === 'unread') throw new Error(result.reason);
  return result.value as readonly Resource[];
}

const names = async (type: string, scope: string): Promise<readonly string[]> =>
  (await list(type, scope)).map(({ id }) => id.slice(id.lastIndexOf('/') + 1)).toSorted();

test('a subscription is what lies at its own scope, with a name and a type', async () => {
  expect(await list('Microsoft.Resources/subscriptions', subscription)).toMatchObject([
    { id: subscription, name: subscriptionId, type: 'Microsoft.Resources/subscriptions', displayName: 'landing zone' },
  ]);
  expect(simulated.sent()).toMatchObject([
    { method: 'GET', path: subscription, query: { 'api-version': '2022-12-01' } },
  ]);
});

test('a subscription that is refused is not an empty list', async () => {
  simulated.fault(subscription, { kind: 'respond', status: 403, body: { error: { code: 'AuthorizationFailed' } } });
  await expect(list('Microsoft.Resources/subscriptions', subscription)).rejects.toMatchObject({ status: 403 });
});

test('management groups are listed at the tenant, and what is below one with its parent', async () => {
  expect(await names('Microsoft.Management/managementGroups', '')).toEqual(['platform', 'root', 'sandbox']);
  const below = await list('Microsoft.Management/managementGroups/descendants', group('root'));
  const parents = below.map(({ id, properties }) => [id, (properties as { parent: { id: string } }).parent.id]);
  expect(parents.toSorted()).toEqual(
    [
      [group('platform'), group('root')],
      [group('sandbox'), group('root')],
      [subscription, group('platform')],
    ].toSorted(),
  );
  expect(await names('Microsoft.Management/managementGroups/descendants', group('sandbox'))).toEqual([]);
});

test('what is put on a workspace is listed at it', async () => {
  expect(await names('Microsoft.SecurityInsights/alertRules', workspaceId)).toEqual(['a']);
  expect(simulated.sent()).toMatchObject([
    { path: `${workspaceId}/providers/Microsoft.SecurityInsights/alertRules`, query: { 'api-version': '2025-09-01' } },
  ]);
});

test('of initiatives, those are listed that somebody made', async () => {
  expect(await names('Microsoft.Authorization/policySetDefinitions', subscription)).toEqual(['own']);
  expect(simulated.sent()).toHaveLength(1);
});

describe('a policy assignment', () => {
  const id = `${policies}/policyAssignments/steward-kubernetes-deny`;
  const body: Body = {
    properties: {
      displayName: 'What clusters refuse',
      policyDefinitionId: `${policies}/policySetDefinitions/own`,
      enforcementMode: 'DoNotEnforce',
      metadata: { steward: '1' },
    },
  };
  const action = { id, body, summary: 'assign it', permission: 'Microsoft.Authorization/policyAssignments/write' };

  test('is written as it was wanted, and removed', async () => {
    await armWriter(simulated.arm).write(action);
    expect(simulated.azure.get(id)).toMatchObject({ id, properties: { ...body.properties, scope: subscription } });
    expect(simulated.sent()).toMatchObject([{ method: 'PUT', path: id, requestBody: body }]);
    await armWriter(simulated.arm).remove(id);
    expect(simulated.azure.get(id)).toBeUndefined();
  });

  test('is not written when a field would be lost', async () => {
    const properties = { ...body.properties, unheardOf: true };
    await expect(armWriter(simulated.arm).write({ ...action, body: { properties } })).rejects.toMatchObject({
      code: 'UnknownField',
      message: expect.stringContaining('properties.unheardOf'),
    });
    expect(simulated.azure.get(id)).toBeUndefined();
  });

  test('that Azure refuses is an error with its code', async () => {
    const answer = {
      kind: 'respond',
      status: 403,
      body: { error: { code: 'AuthorizationFailed', message: 'No.' } },
    } as const;
    simulated.fault(id, answer);
    await expect(armWriter(simulated.arm).write(action)).rejects.toMatchObject({ code: 'AuthorizationFailed' });
  });
});
