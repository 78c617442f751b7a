import { armReader } from '../../shared/azure/arm-reader';
import { policyReader } from '../../shared/azure/policy-reader';
import { AzureError } from '../../shared/core/errors';
import type { Query } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import type { Resource } from '../../shared/core/resource';
import { idIn, resource, subscription } from '../given';
import { refusals } from '../sandbox/subscription/index';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

const builtIn = '/providers/Microsoft.Authorization/policyDefinitions';
const group = '/providers/Microsoft.Management/managementGroups/platform';
const assignments = 'Microsoft.Authorization/policyAssignments';
const rule = {
  if: { field: 'type', equals: 'A.B/c' },
  then: { effect: 'audit', details: { somethingNew: { deep: [1, 2] } } },
};

function definition(id: string, more: object = {}): Resource {
  return resource(id, {
    properties: { displayName: id, policyType: 'Custom', mode: 'All', policyRule: rule, ...more },
  });
}

function assignment(scope: string, name: string): Resource {
  return resource(`${scope}/providers/${assignments}/${name}`, {
    properties: { scope, policyDefinitionId: `${builtIn}/one`, unheardOf: true },
  });
}

let simulated: SimulatedAzure;
let ask: (query: Query) => Promise<Found>;

beforeAll(async () => {
  simulated = await simulatedAzure({ limits: false, pageSize: 3 });
  const now = (): string => new Date().toISOString();
  const { read } = policyReader(simulated.arm, now, armReader(simulated.arm, now));
  ask = async (query) => {
    const { result } = await read(query);
    return result.state === 'read' ? result.value : undefined;
  };
  simulated.seed([
    resource(group, { properties: { displayName: 'platform' } }),
    resource(`${subscription}/resourceGroups/rg`, { location: 'westeurope' }),
    definition(`${builtIn}/one`, { policyType: 'BuiltIn', version: '2.0.0' }),
    definition(`${builtIn}/one/versions/1.0.0`, { policyType: 'BuiltIn', version: '1.0.0' }),
    definition(`${subscription}${builtIn}/own`),
    definition(`${group}${builtIn}/shared`),
    resource('/providers/Microsoft.Authorization/policySetDefinitions/set', {
      properties: { policyType: 'BuiltIn', policyDefinitions: [] },
    }),
    ...Array.from({ length: 7 }, (_, index) => assignment(subscription, `a${index}`)),
    assignment(`${subscription}/resourceGroups/rg`, 'in-group'),
    assignment(group, 'from-above'),
  ]);
});
afterAll(() => simulated.close());
afterEach(() => simulated.forget());

test('every page of the assignments is read, those of management groups and of what is inside included', async () => {
  const found = (await ask({ kind: 'list', type: assignments, scope: subscription })) as readonly Resource[];
  expect(found.map(({ name }) => name).toSorted()).toEqual([
    'a0',
    'a1',
    'a2',
    'a3',
    'a4',
    'a5',
    'a6',
    'from-above',
    'in-group',
  ]);
});

test.each([
  ['built in', `${builtIn}/one`],
  ['in its version', `${builtIn}/one/versions/1.0.0`],
  ['of the subscription', `${subscription}${builtIn}/own`],
  ['of a management group', `${group}${builtIn}/shared`],
])('a definition that is %s is read whole, with what the SDK does not know', async (_, id) => {
  expect(await ask({ kind: 'get', id })).toMatchObject({ id, properties: { policyRule: rule } });
});

test('an assignment is read whole, too', async () => {
  const found = (await ask({ kind: 'list', type: assignments, scope: subscription })) as readonly Resource<{
    unheardOf?: boolean;
  }>[];
  expect(found.every(({ properties }) => properties?.unheardOf)).toBe(true);
});

test('an initiative is read', async () => {
  expect(await ask({ kind: 'get', id: '/providers/Microsoft.Authorization/policySetDefinitions/set' })).toMatchObject({
    name: 'set',
  });
});

test('a definition that does not exist is absent', async () => {
  expect(await ask({ kind: 'get', id: `${builtIn}/none` })).toBeUndefined();
});

test('a refusal is an AzureError, and no list is taken for complete', async () => {
  simulated.fault(assignments, refusals.authorizationFailed('read', subscription), Infinity);
  await expect(ask({ kind: 'list', type: assignments, scope: subscription })).rejects.toMatchObject({
    name: 'AzureError',
    code: 'AuthorizationFailed',
  });
});

test('a page that fails in the middle fails the list', async () => {
  let pages = 0;
  simulated.azure.faults.add({
    match: ({ path }) => path.endsWith(assignments) && (pages += 1) === 2,
    times: 1,
    answer: refusals.authorizationFailed('read', subscription),
  });
  await expect(ask({ kind: 'list', type: assignments, scope: subscription })).rejects.toThrow(AzureError);
});

test('a question is put again when Azure fails for a moment', async () => {
  simulated.fault(assignments, { kind: 'respond', status: 503 });
  expect(await ask({ kind: 'list', type: assignments, scope: subscription })).toHaveLength(9);
});

test('throttling is handed on at once', async () => {
  simulated.fault(assignments, refusals.throttled(30));
  await expect(ask({ kind: 'list', type: assignments, scope: subscription })).rejects.toMatchObject({ retryAfter: 30 });
});

test('whatever else is asked goes to Resource Manager as it is', async () => {
  expect(await ask({ kind: 'get', id: idIn('rg', 'Microsoft.Network/virtualNetworks/none') })).toBeUndefined();
  expect(await ask({ kind: 'get', id: `${subscription}/resourceGroups/rg` })).toMatchObject({ name: 'rg' });
});
