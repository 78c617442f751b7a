import { armWriter } from '../../shared/azure/writer';
import type { Action, Body } from '../../shared/core/control';
import { AzureError, InputError } from '../../shared/core/errors';
import type { Json } from '../../shared/core/resource';
import { accountId, log, logId, network, networkId, subnetId, watcherId, zone } from '../controls/landing-zone';
import { idIn, resource, stewardGroup, subscription, workspaceId } from '../given';
import { refusals, type FaultAnswer, type RecordedRequest } from '../sandbox/subscription/index';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

let simulated: SimulatedAzure;

beforeAll(async () => {
  simulated = await simulatedAzure({ latency: { operationMs: 50 } });
  const groups = ['NetworkWatcherRG', 'rg-logs', 'rg-steward'].map((name) =>
    resource(`${subscription}/resourceGroups/${name}`, { location: 'westeurope' }),
  );
  const targets = Array.from({ length: 5 }, (_, index) => ({ ...network, id: `${networkId}-${index}` }));
  simulated.seed([...groups, ...zone, ...targets]);
});
afterAll(() => simulated.close());
beforeEach(() => simulated.forget());

const action = (id: string, body: Body): Action => ({ id, body, summary: 'write it', permission: 'x/write' });
const write = (id: string, body: Body): Promise<unknown> => armWriter(simulated.arm).write(action(id, body));
const puts = (): readonly RecordedRequest[] => simulated.sent().filter(({ method }) => method === 'PUT');

type Properties = Readonly<Record<string, Json>>;
const readOnly = ['provisioningState', 'targetResourceGuid'];
const writable: Properties = Object.fromEntries(
  Object.entries(log.properties as Properties).filter(([property]) => !readOnly.includes(property)),
);
const logBody = (changed: Properties = {}): Body => ({
  location: 'westeurope',
  properties: { ...writable, ...changed },
});

async function refusalOf(writing: Promise<unknown>): Promise<AzureError> {
  const error = await writing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`that was no AzureError but ${String(error)}`);
}

describe('what was written is answered as it was read after the operation', () => {
  test('when the client read it', async () => {
    const id = `${watcherId}/flowLogs/shown`;
    const shown = await write(id, logBody({ targetResourceId: `${networkId}-4` }));
    expect(shown).toMatchObject({
      id,
      properties: { ...logBody().properties, targetResourceId: `${networkId}-4`, provisioningState: 'Succeeded' },
    });
    expect(simulated.sent().filter(({ method, path }) => method === 'GET' && path === id)).toHaveLength(1);
  });

  test('and is not when nobody read it', async () => {
    const properties = { minimumTlsVersion: 'TLS1_2' };
    const body = { properties };
    const before = resource(accountId, {});
    expect(await armWriter(simulated.arm).write({ ...action(accountId, body), before })).toBeUndefined();
  });
});

describe('a write', () => {
  const identity = idIn('rg-logs', 'Microsoft.ManagedIdentity/userAssignedIdentities/id-logs');
  const rule = (name: string, actions: Json, filters: Json = { blobTypes: ['blockBlob'] }): Json => ({
    name,
    enabled: true,
    type: 'Lifecycle',
    definition: { filters, actions },
  });
  const rules = [
    rule('owner', {
      baseBlob: {
        tierToCool: { daysAfterModificationGreaterThan: 30 },
        tierToArchive: { daysAfterModificationGreaterThan: 90, daysAfterLastTierChangeGreaterThan: 7 },
        delete: { daysAfterCreationGreaterThan: 400.5 },
        enableAutoTierToHotFromCool: true,
      },
      snapshot: { delete: { daysAfterCreationGreaterThan: 30 } },
      version: { delete: { daysAfterCreationGreaterThan: 30 } },
    }),
    rule(
      'tagged',
      { baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } },
      {
        blobTypes: ['blockBlob', 'appendBlob'],
        prefixMatch: ['insights-logs-x/'],
        blobIndexMatch: [{ name: 'class', op: '==', value: 'temporary' }],
      },
    ),
  ];
  const secured: Body = {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    tags: { owner: 'network team' },
    properties: {
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      networkAcls: {
        bypass: 'Logging, AzureServices',
        defaultAction: 'Deny',
        ipRules: [{ value: '203.0.113.0/24', action: 'Allow' }, { value: '198.51.100.7' }],
        virtualNetworkRules: [{ id: subnetId, action: 'Allow', state: 'Succeeded' }],
        resourceAccessRules: [{ tenantId: '7e4a0000-0000-4000-8000-000000000000', resourceId: workspaceId }],
      },
    },
  };

  test.each<[string, string, Body]>([
    ['of a watcher', `${watcherId}-new`, { location: 'northeurope', tags: { owner: 'Steward' } }],
    ['of an account, with the rules of its firewall', accountId, secured],
    ['of lifecycle rules', `${accountId}/managementPolicies/default`, { properties: { policy: { rules } } }],
  ])('%s reaches Azure as it was planned, and nothing more', async (_, id, body) => {
    await write(id, body);
    const [put] = puts();
    expect(puts()).toHaveLength(1);
    expect(put?.path).toBe(id);
    expect(put?.requestBody).toEqual(body);
  });

  test('of a flow log keeps everything that an owner may have set, and has ended when it is reported', async () => {
    const id = `${watcherId}/flowLogs/full`;
    const body: Body = {
      location: 'westeurope',
      tags: { owner: 'network team', 'cost center': '7' },
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
      properties: {
        ...writable,
        targetResourceId: `${networkId}-1`,
        enabledFilteringCriteria: 'srcPort=80',
        recordTypes: 'B,E',
        retentionPolicy: { days: 30, enabled: true },
      },
    };
    await write(id, body);
    expect(puts().map(({ requestBody }) => requestBody)).toEqual([body]);
    expect(simulated.azure.get(id)).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    expect(simulated.sent().some(({ path }) => path.includes('/operations/'))).toBe(true);
  });

  test('of an account that Azure only accepts has ended when it is reported', async () => {
    const id = idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stnew');
    await write(id, secured);
    expect(simulated.azure.get(id)).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
  });
});

describe('what this version of the SDK does not know is not written, for it would be lost:', () => {
  const acls = { defaultAction: 'Deny', bypass: 'AzureServices' };
  const accountBody = (properties: Properties): Body => ({
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    properties: { networkAcls: acls, ...properties },
  });
  const ruleWith = (more: Properties): Body => ({
    properties: {
      policy: { rules: [{ name: 'r', enabled: true, type: 'Lifecycle', definition: { actions: {}, ...more } }] },
    },
  });

  test.each<[string, string, Body, string]>([
    ['a property of a flow log', logId, logBody({ futureMode: 'on' }), 'properties.futureMode'],
    [
      'a property deep in a flow log',
      logId,
      logBody({ retentionPolicy: { days: 90, enabled: true, unit: 'days' } }),
      'properties.retentionPolicy.unit',
    ],
    ['a property of a watcher', watcherId, { location: 'westeurope', properties: { mode: 1 } }, 'properties.mode'],
    ['a property of an account', accountId, accountBody({ futureTier: 'x' }), 'properties.futureTier'],
    [
      'a part of a firewall',
      accountId,
      accountBody({ networkAcls: { ...acls, perimeter: 'x' } }),
      'properties.networkAcls.perimeter',
    ],
    [
      'a part of a rule of a firewall',
      accountId,
      accountBody({ networkAcls: { ...acls, ipRules: [{ value: '203.0.113.1', note: 'office' }] } }),
      'properties.networkAcls.ipRules[0].note',
    ],
    [
      'a part of a lifecycle rule',
      `${accountId}/managementPolicies/default`,
      ruleWith({ filters: { blobTypes: ['blockBlob'], size: 1 } }),
      'properties.policy.rules[r].definition.filters.size',
    ],
    ['a part of a resource', logId, { ...logBody(), zones: ['1'] } as Body, 'zones[0]'],
  ])('%s', async (_, id, body, path) => {
    const refusal = await refusalOf(write(id, body));
    expect(refusal).toMatchObject({ status: 0, code: 'UnknownField', retryable: false });
    expect(refusal.message).toMatch(/has fields that this version of the app does not know and would lose: /);
    expect(refusal.message).toContain(path);
    expect(simulated.sent()).toEqual([]);
  });
});

describe('a refusal is handed on at once, with its code', () => {
  test.each<[string, FaultAnswer, object]>([
    [
      'a policy',
      refusals.requestDisallowedByPolicy('deny-all'),
      { status: 403, code: 'RequestDisallowedByPolicy', retryable: false },
    ],
    [
      'a missing role',
      refusals.authorizationFailed('a/write', logId),
      { status: 403, code: 'AuthorizationFailed', retryable: false },
    ],
    ['a lock', refusals.scopeLocked(), { status: 409, code: 'ScopeLocked', retryable: false }],
    ['a conflict', refusals.conflict(), { status: 409, code: 'Conflict', retryable: true }],
    ['throttling', refusals.throttled(17), { status: 429, code: 'TooManyRequests', retryable: true, retryAfter: 17 }],
    [
      'another operation',
      refusals.lockedByAnotherOperation(),
      { status: 429, code: 'RetryableError', retryable: true, retryAfter: 1 },
    ],
    ['an error of the server', { kind: 'respond', status: 500 }, { status: 500, retryable: true }],
    [
      'a server that says when it is back',
      { kind: 'respond', status: 503, headers: { 'retry-after': '30' }, body: {} },
      { status: 503, retryable: true, retryAfter: 30 },
    ],
    ['a connection that is cut', { kind: 'disconnect' }, { status: 0, code: 'ECONNRESET', retryable: true }],
  ])('%s', async (_, answer, expected) => {
    simulated.fault(logId, answer, Infinity);
    expect(await refusalOf(write(logId, logBody()))).toMatchObject(expected);
    expect(simulated.sent()).toHaveLength(1);
  });

  test('a flow log of a security group, which Azure does not make any more', async () => {
    const group = idIn('rg-network', 'Microsoft.Network/networkSecurityGroups/nsg-nodes');
    const refusal = await refusalOf(write(`${watcherId}/flowLogs/nsg`, logBody({ targetResourceId: group })));
    expect(refusal).toMatchObject({ code: 'NsgFlowLogCreationBlocked', retryable: false });
  });

  test.each<[string, string, Body]>([
    ['a watcher', `${watcherId}-refused`, { location: 'westeurope' }],
    [
      'an account',
      `${stewardGroup}/providers/Microsoft.Storage/storageAccounts/strefused`,
      {
        location: 'westeurope',
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        properties: { networkAcls: { defaultAction: 'Deny' } },
      },
    ],
    [
      'lifecycle rules',
      `${accountId}/managementPolicies/default`,
      { properties: { policy: { rules: [{ name: 'r', type: 'Lifecycle', definition: { actions: {} } }] } } },
    ],
  ])('of %s, too', async (_, id, body) => {
    simulated.fault(id, refusals.requestDisallowedByPolicy('deny-all'));
    expect(await refusalOf(write(id, body))).toMatchObject({ status: 403, code: 'RequestDisallowedByPolicy' });
  });
});

describe('a long-running operation is a refusal', () => {
  test('when it fails after it was accepted', async () => {
    const id = `${watcherId}/flowLogs/failing`;
    simulated.fault(id, { kind: 'operationFails', code: 'StorageAccountNotFound', message: 'Gone.\nReally.' });
    expect(await refusalOf(write(id, logBody({ targetResourceId: `${networkId}-2` })))).toMatchObject({
      code: 'StorageAccountNotFound',
      message: 'Gone.\nReally.',
      retryable: false,
    });
    expect(simulated.sent()[0]).toMatchObject({ method: 'PUT', status: 201 });
  });

  test('when it cannot be looked at any more', async () => {
    const id = `${watcherId}/flowLogs/unseen`;
    simulated.fault('/operations/', refusals.throttled(9), Infinity);
    const refusal = await refusalOf(write(id, logBody({ targetResourceId: `${networkId}-3` })));
    expect(refusal).toMatchObject({ status: 429, code: 'TooManyRequests', retryable: true, retryAfter: 9 });
  });
});

test('without a token nothing is sent, and it is tried again later', async () => {
  const failing = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' });
  const arm = { ...simulated.arm, credential: { getToken: () => Promise.reject(failing) } };
  const refusal = await refusalOf(armWriter(arm).write(action(logId, logBody())));
  expect(refusal).toMatchObject({ status: 0, retryable: true, message: 'no token: no identity' });
  expect(simulated.sent()).toEqual([]);
});

test('what nobody here can write is a bug, and says what', async () => {
  await expect(write(networkId, { properties: {} })).rejects.toThrow(
    'nothing here writes Microsoft.Network/virtualNetworks',
  );
});

test('what is no id is not written', async () => {
  await expect(write(`${logId}/..`, logBody())).rejects.toThrow(InputError);
  expect(simulated.sent()).toEqual([]);
});
