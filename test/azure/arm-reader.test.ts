import { ManagedIdentityCredential } from '@azure/identity';
import { armReader } from '../../shared/azure/arm-reader';
import { AzureError, InputError } from '../../shared/core/errors';
import type { Query } from '../../shared/core/inventory';
import type { Found, Read } from '../../shared/core/ports';
import {
  account,
  accountId,
  deletionRule,
  lifecycleOf,
  log,
  logOn,
  network,
  networkId,
  resourceGroup,
  watcherId,
  zone,
} from '../controls/landing-zone';
import { idIn, resource, subscription, stewardGroup } from '../given';
import { refusals, type FaultAnswer } from '../sandbox/subscription/index';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

let simulated: SimulatedAzure;
const readAt = '2026-03-01T08:00:00.000Z';

beforeAll(async () => {
  simulated = await simulatedAzure({ pageSize: 3, limits: false });
  simulated.seed([...zone, lifecycleOf(accountId, [deletionRule('all', 400)])]);
});
afterAll(() => simulated.close());
beforeEach(() => simulated.forget());

const ask = (query: Query): Promise<Read> => armReader(simulated.arm, () => readAt).read(query);

async function read(query: Query): Promise<Found> {
  const { result } = await ask(query);
  if (result.state === 'unread') throw new Error(result.reason);
  return result.value;
}

const get = (id: string): Promise<Found> => read({ kind: 'get', id });
const list = (type: string, scope = subscription): Promise<Found> => read({ kind: 'list', type, scope });

async function refusalOf(reading: Promise<unknown>): Promise<AzureError> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`that was no AzureError but ${String(error)}`);
}

const responding = (status: number, body?: unknown, headers: Record<string, string> = {}): FaultAnswer => ({
  kind: 'respond',
  status,
  headers,
  body,
});
const refusing = (status: number, code: string): FaultAnswer => responding(status, { error: { code, message: 'No.' } });

describe('a resource is read', () => {
  test.each([
    ['a network', networkId, '2025-05-01'],
    ['a flow log', log.id, '2025-05-01'],
    ['an account', accountId, '2025-06-01'],
    ['the rules of an account', `${accountId}/managementPolicies/default`, '2025-06-01'],
    ['a resource group', resourceGroup.id, '2025-04-01'],
    ['an id in another case', networkId.toLowerCase(), '2025-05-01'],
  ])('exactly as ARM sends it, in one request of the pinned version: %s', async (_, id, version) => {
    expect(await get(id)).toEqual(simulated.azure.get(id));
    expect(simulated.sent()).toMatchObject([{ method: 'GET', path: id, query: { 'api-version': version } }]);
  });

  test('with what was asked and when', async () => {
    const query: Query = { kind: 'get', id: networkId };
    expect(await ask(query)).toMatchObject({ query, readAt, result: { state: 'read' } });
  });

  test('when it is what a provider tells of its types, aliases included', async () => {
    const found = await read({ kind: 'provider', namespace: 'Microsoft.Network', scope: subscription });
    expect(found).toMatchObject({ namespace: 'Microsoft.Network', resourceTypes: expect.any(Array) });
    expect(simulated.sent()).toMatchObject([
      { path: `${subscription}/providers/Microsoft.Network`, query: { $expand: 'resourceTypes/aliases' } },
    ]);
  });

  test('when it is a feature of the subscription, whose id ends with another namespace', async () => {
    const id = `${subscription}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`;
    simulated.seed([{ id, name: 'Microsoft.Compute/EncryptionAtHost', type: 'Microsoft.Features/providers/features' }]);
    expect(await get(id)).toMatchObject({ id });
    expect(simulated.sent()).toMatchObject([{ path: id, query: { 'api-version': '2021-07-01' } }]);
  });

  test('also when its name has to be encoded', async () => {
    const id = idIn('rg-Größe (1)', 'Microsoft.Network/virtualNetworks/vnet x');
    simulated.seed([resource(id, { location: 'westeurope' })]);
    expect(await get(id)).toMatchObject({ id });
  });
});

describe('a resource is absent', () => {
  test.each([
    ['when it is gone', idIn('rg-network', 'Microsoft.Network/virtualNetworks/gone')],
    ['when its resource group is gone', idIn('gone', 'Microsoft.Network/virtualNetworks/vnet')],
    ['when its parent is gone', `${watcherId}-gone/flowLogs/log`],
    ['when an account has no rules', `${accountId}-gone/managementPolicies/default`],
    ['when it is a resource group that is gone', `${subscription}/resourceGroups/gone`],
  ])('%s', async (_, id) => {
    expect(await get(id)).toBeUndefined();
    expect(simulated.sent()).toMatchObject([{ status: 404 }]);
  });
});

describe('a 404 is no proof of absence', () => {
  test('when the subscription cannot be seen', async () => {
    const foreign = networkId.replace(subscription, '/subscriptions/99999999-2222-4333-8444-555555555555');
    expect(await refusalOf(get(foreign))).toMatchObject({ status: 404, code: 'SubscriptionNotFound' });
  });

  test.each<[string, FaultAnswer, string]>([
    ['when the type is not known', refusing(404, 'InvalidResourceType'), 'InvalidResourceType'],
    ['when the namespace is not known', refusing(404, 'InvalidResourceNamespace'), 'InvalidResourceNamespace'],
    [
      'when the provider is not registered',
      refusing(409, 'MissingSubscriptionRegistration'),
      'MissingSubscriptionRegistration',
    ],
    ['when it comes without a body', responding(404), 'Http404'],
    ['when it comes from something that is not ARM', responding(404, 'nothing here'), 'Http404'],
    ['when it says nothing', responding(404, {}), 'Http404'],
  ])('%s', async (_, answer, code) => {
    simulated.fault(networkId, answer);
    expect(await refusalOf(get(networkId))).toMatchObject({ status: answer.kind === 'respond' && answer.status, code });
  });

  test('when a list was asked for', async () => {
    const missing = list('Microsoft.Network/networkWatchers/flowLogs', `${watcherId}-gone`);
    expect(await refusalOf(missing)).toMatchObject({ status: 404, code: 'ParentResourceNotFound' });
  });
});

describe('a list is read', () => {
  const ids = (found: Found): readonly string[] => (found as readonly { readonly id: string }[]).map(({ id }) => id);

  test('with every page', async () => {
    const others = Array.from({ length: 7 }, (_, index) => logOn(`${networkId}-${index}`, `log-${index}`));
    simulated.seed(others);
    const found = await list('Microsoft.Network/networkWatchers/flowLogs', watcherId);
    expect(ids(found).toSorted()).toEqual([...others, log].map(({ id }) => id).toSorted());
    const sent = simulated.sent();
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set([`${watcherId}/flowLogs`]));
    expect(new Set(sent.map(({ apiVersion }) => apiVersion))).toEqual(new Set(['2025-05-01']));
  });

  test.each([
    ['the diagnostic settings of a resource', 'Microsoft.Insights/diagnosticSettings', '2021-05-01-preview'],
    ['its data collection rules', 'Microsoft.Insights/dataCollectionRuleAssociations', '2024-03-11'],
  ])('of what is on a resource: %s', async (_, type, version) => {
    const on = resource(`${networkId}/providers/${type}/one`, { properties: {} });
    const elsewhere = resource(`${accountId}/providers/${type}/two`, { properties: {} });
    simulated.seed([on, elsewhere]);
    expect(ids(await list(type, networkId))).toEqual([on.id]);
    const path = `${networkId}/providers/${type}`;
    expect(simulated.sent()).toMatchObject([{ method: 'GET', path, query: { 'api-version': version } }]);
  });

  test('of the tables of a workspace', async () => {
    const workspace = idIn('rg-logs', 'Microsoft.OperationalInsights/workspaces/log-tables');
    const table = resource(`${workspace}/tables/ContainerLogV2`, { properties: { retentionInDays: 30 } });
    simulated.seed([resource(workspace, { location: 'westeurope', properties: {} }), table]);
    expect(ids(await list('Microsoft.OperationalInsights/workspaces/tables', workspace))).toEqual([table.id]);
    expect(simulated.sent()).toMatchObject([{ path: `${workspace}/tables`, query: { 'api-version': '2025-07-01' } }]);
  });

  test('of a subscription', async () => {
    expect(ids(await list('Microsoft.Network/virtualNetworks'))).toContain(network.id);
    expect(simulated.sent()[0]?.path).toBe(`${subscription}/providers/Microsoft.Network/virtualNetworks`);
  });

  test('of resource groups', async () => {
    expect(ids(await list('Microsoft.Resources/resourceGroups')).toSorted()).toEqual(
      [resourceGroup.id, stewardGroup].toSorted(),
    );
  });

  test('of the VM sizes of one region, not of all', async () => {
    const id = `${subscription}/providers/Microsoft.Compute/skus`;
    const size = (name: string, region: string) =>
      resource(`${id}/${name}`, { resourceType: 'virtualMachines', locations: [region] });
    simulated.seed([size('here', 'westeurope'), size('there', 'eastus2')]);
    const type = 'Microsoft.Compute/skus';
    expect(ids(await list(type, `${subscription}/locations/westeurope`))).toEqual([`${id}/here`]);
    expect(simulated.sent()).toMatchObject([{ path: id, query: { $filter: "location eq 'westeurope'" } }]);
    expect(ids(await list(type))).toHaveLength(2);
  });

  test('that is empty', async () => {
    expect(await list('Microsoft.Network/networkInterfaces')).toEqual([]);
  });

  test('and a page that is refused makes all of it unknown', async () => {
    const onSecondPage = { path: `${watcherId}/flowLogs`, seen: 0 };
    simulated.azure.faults.add({
      match: ({ path }) => path === onSecondPage.path && (onSecondPage.seen += 1) === 2,
      answer: refusing(403, 'AuthorizationFailed'),
    });
    const reading = list('Microsoft.Network/networkWatchers/flowLogs', watcherId);
    expect(await refusalOf(reading)).toMatchObject({ status: 403 });
    expect(simulated.sent().map(({ status }) => status)).toEqual([200, 403]);
  });
});

describe('a refusal is handed on at once', () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  test.each<[string, FaultAnswer, object]>([
    [
      'a missing role',
      refusals.authorizationFailed('Microsoft.Network/virtualNetworks/read', networkId),
      { status: 403, code: 'AuthorizationFailed', retryable: false, retryAfter: undefined },
    ],
    ['throttling', refusals.throttled(17), { status: 429, code: 'TooManyRequests', retryable: true, retryAfter: 17 }],
    [
      'throttling until a date',
      responding(429, { error: { code: 'TooManyRequests' } }, { 'retry-after': inAMinute }),
      { status: 429, retryable: true, retryAfter: expect.any(Number) },
    ],
    [
      'a service that says when it is back',
      responding(503, { error: { code: 'ServiceUnavailable' } }, { 'retry-after': '30' }),
      { status: 503, retryable: true, retryAfter: 30 },
    ],
    ['a malformed request', refusing(400, 'InvalidApiVersionParameter'), { status: 400, retryable: false }],
    [
      'a redirection',
      responding(302, undefined, { location: 'https://example.com' }),
      { status: 302, code: 'Http302' },
    ],
    ['an answer without content', responding(204), { status: 204, code: 'Http204', retryable: false }],
  ])('%s', async (_, answer, expected) => {
    simulated.fault(networkId, answer, Infinity);
    expect(await refusalOf(get(networkId))).toMatchObject(expected);
    expect(simulated.sent()).toHaveLength(1);
  });
});

describe('what passes within a moment', () => {
  test.each<[string, FaultAnswer]>([
    ['an error of the server', refusing(500, 'InternalServerError')],
    ['a connection that is cut', { kind: 'disconnect' }],
  ])('is tried again: %s', async (_, answer) => {
    simulated.fault(networkId, answer, 2);
    expect(await get(networkId)).toEqual(simulated.azure.get(networkId));
    expect(simulated.sent()).toHaveLength(3);
  });

  test.each<[string, FaultAnswer, object]>([
    ['a gateway', responding(502, '<html>bad gateway</html>'), { status: 502, code: 'Http502' }],
    ['a connection that is cut', { kind: 'disconnect' }, { status: 0, code: 'ECONNRESET' }],
  ])('and does not pass is a refusal that comes back later: %s', async (_, answer, expected) => {
    simulated.fault(networkId, answer, Infinity);
    expect(await refusalOf(get(networkId))).toMatchObject({ ...expected, retryable: true });
    expect(simulated.sent()).toHaveLength(3);
  });

  test('nobody listens at all', async () => {
    const reader = armReader({ ...simulated.arm, endpoint: 'https://localhost:1' }, () => readAt);
    const refusal = await refusalOf(reader.read({ kind: 'get', id: networkId }));
    expect(refusal).toMatchObject({ status: 0, code: 'ECONNREFUSED', retryable: true });
  });
});

test('without a token nothing is sent, and it is tried again later', async () => {
  const credential = new ManagedIdentityCredential({ clientId: '00000000-0000-4000-8000-000000000000' });
  const reader = armReader({ ...simulated.arm, credential }, () => readAt);
  const refusal = await refusalOf(reader.read({ kind: 'get', id: networkId }));
  expect(refusal).toMatchObject({ status: 0, retryable: true, message: expect.stringMatching(/^no token: /) });
  expect(simulated.sent()).toEqual([]);
});

test.each([
  ['climbs up', `${networkId}/../x`],
  ['has a query', `${networkId}?x=1`],
  ['is no id', account.name],
])('an id that %s is not sent', async (_, id) => {
  await expect(get(id)).rejects.toThrow(InputError);
  expect(simulated.sent()).toEqual([]);
});

test('a type that no control names is read with the newest version that its provider tells', async () => {
  simulated.fault('/providers/Microsoft.Web', {
    kind: 'respond',
    status: 200,
    body: {
      namespace: 'Microsoft.Web',
      resourceTypes: [{ resourceType: 'sites', apiVersions: ['2023-12-01', '2026-01-01-preview', '2024-11-01'] }],
    },
  });
  await get(idIn('rg', 'Microsoft.Web/sites/shop'));
  expect(simulated.sent().at(-1)).toMatchObject({
    path: expect.stringMatching(/sites\/shop$/),
    apiVersion: '2024-11-01',
  });
});

test('a type of which Azure tells no version is not read', async () => {
  simulated.fault('/providers/Microsoft.Web', {
    kind: 'respond',
    status: 200,
    body: { namespace: 'Microsoft.Web', resourceTypes: [] },
  });
  await expect(list('Microsoft.Web/sites')).rejects.toMatchObject({ code: 'NoApiVersion', retryable: false });
});
