import { armReader } from '../../shared/azure/arm-reader';
import { armWriter } from '../../shared/azure/writer';
import type { Action } from '../../shared/core/control';
import { AzureError } from '../../shared/core/errors';
import type { Resource } from '../../shared/core/resource';
import { closed, vault, vaultId } from '../controls/vault-zone';
import { resource, subscription } from '../given';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

let simulated: SimulatedAzure;

beforeAll(async () => {
  simulated = await simulatedAzure();
});
afterAll(() => simulated.close());
beforeEach(() => {
  simulated.seed([resource(`${subscription}/resourceGroups/rg-shop`, { location: 'westeurope' }), vault]);
  simulated.forget();
});

const { networkAcls } = closed.properties as { networkAcls: { defaultAction: string } };
const closing: Action = {
  id: vaultId,
  body: { properties: { networkAcls } },
  before: vault,
  summary: 'close it',
  permission: 'Microsoft.KeyVault/vaults/write',
};

async function found(): Promise<Resource> {
  const { result } = await armReader(simulated.arm, () => '').read({ kind: 'get', id: vaultId });
  return (result as { value: Resource }).value;
}

test('a vault is changed where the write says so, and nowhere else', async () => {
  expect(await armWriter(simulated.arm).write(closing)).toBeUndefined();
  expect(simulated.sent().map(({ method, requestBody }) => [method, requestBody])).toEqual([
    ['PATCH', { properties: { networkAcls } }],
  ]);
  expect((await found()).properties).toEqual({ ...(vault.properties as object), networkAcls });
  expect((await found()).tags).toEqual(vault.tags);
});

test.each([
  [403, 'RequestDisallowedByPolicy', false],
  [429, 'TooManyRequests', true],
])('what Azure refuses with %d is an AzureError', async (status, code, retryable) => {
  simulated.fault(vaultId, { kind: 'respond', status, body: { error: { code, message: 'no' } } });
  const error = await armWriter(simulated.arm)
    .write(closing)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AzureError);
  expect(error).toMatchObject({ status, code, retryable });
  expect((await found()).properties).toEqual(vault.properties);
});

test('a connection that breaks is one that may be tried again', async () => {
  simulated.fault(vaultId, { kind: 'disconnect' });
  const error = await armWriter(simulated.arm)
    .write(closing)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ retryable: true });
});
