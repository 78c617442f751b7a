import {
  account,
  accountId,
  flowLog,
  flowLogId,
  group,
  having,
  network,
  networkId,
  startWorld,
  until,
} from './small-subscription';
import type { World } from './small-subscription';

const putLog = { method: 'PUT', path: flowLogId };
const isPutOfLog = ({ method, path }: { method: string; path: string }): boolean =>
  method === putLog.method && path === putLog.path;

describe('long-running operations', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld({ latency: { operationMs: 60 } });
  });
  afterEach(() => world.close());

  const stateOf = (id: string) => world.azure.get(id)?.properties?.['provisioningState'];

  test('a flow log is Updating until its operation has succeeded', async () => {
    const created = await world.send('PUT', flowLogId, { body: flowLog });
    const link = created.headers['azure-asyncoperation'] ?? '';
    expect(created.status).toBe(201);
    expect(created.headers['retry-after']).toBe('1');
    expect(created.body.properties?.['provisioningState']).toBe('Updating');
    expect((await world.send('GET', link)).body).toEqual({ status: 'InProgress' });
    expect(world.azure.idle()).toBe(false);

    await until('the operation ends', async () => (await world.send('GET', link)).body['status'] === 'Succeeded');

    expect(stateOf(flowLogId)).toBe('Succeeded');
    await until('nothing runs', () => world.azure.idle());
    expect((await world.send('PUT', flowLogId, { body: flowLog })).status).toBe(200);
  });

  test('an operation that a fault fails says why and leaves a failed resource', async () => {
    const fault = { kind: 'operationFails', code: 'InternalServerError', message: 'An error occurred.' } as const;
    world.azure.faults.add({ match: isPutOfLog, answer: fault });
    const created = await world.send('PUT', flowLogId, { body: flowLog });
    const link = created.headers['azure-asyncoperation'] ?? '';
    expect(created.status).toBe(201);
    await until('the operation ends', async () => (await world.send('GET', link)).body['status'] === 'Failed');
    expect((await world.send('GET', link)).body.error).toEqual({
      code: 'InternalServerError',
      message: 'An error occurred.',
      details: [],
    });
    expect(stateOf(flowLogId)).toBe('Failed');
  });

  test('an operation that a fault hangs never ends, and nothing waits for it', async () => {
    world.azure.faults.add({ match: isPutOfLog, answer: { kind: 'operationHangs' } });
    const created = await world.send('PUT', flowLogId, { body: flowLog });
    await world.azure.put(having(account, {}));
    const poll = await world.send('GET', created.headers['azure-asyncoperation'] ?? '');
    expect(poll.body['status']).toBe('InProgress');
    expect(stateOf(flowLogId)).toBe('Updating');
    expect(world.azure.idle()).toBe(true);
  });

  test('a new storage account is 202 with a location that answers 200 with the account', async () => {
    const id = `${accountId}2`;
    const created = await world.send('PUT', id, { body: account });
    const location = created.headers['location'] ?? '';
    expect(created.status).toBe(202);
    expect((await world.send('GET', location)).status).toBe(202);
    expect(stateOf(id)).toBe('Creating');
    await until('the account is there', async () => (await world.send('GET', location)).status === 200);
    expect((await world.send('GET', location)).body).toMatchObject({
      id,
      properties: { provisioningState: 'Succeeded' },
    });
    expect((await world.send('PUT', id, { body: account })).status).toBe(200);
  });

  test('a storage account whose creation fails is not there', async () => {
    const id = `${accountId}2`;
    const answer = { kind: 'operationFails', code: 'StorageInternalError', message: 'Sorry.' } as const;
    world.azure.faults.add({ match: ({ method }) => method === 'PUT', answer });
    await expect(world.azure.put({ ...account, id })).rejects.toThrow('StorageInternalError');
    expect(world.azure.get(id)).toBeUndefined();
  });

  test('deleting a resource group ends with everything in it gone', async () => {
    const deleted = await world.send('DELETE', group);
    expect(deleted.status).toBe(202);
    await until(
      'the group is gone',
      async () => (await world.send('GET', deleted.headers['location'] ?? '')).status === 200,
    );
    expect(world.azure.get(group)).toBeUndefined();
    expect(world.azure.list('Microsoft.Network/virtualNetworks')).toEqual([]);
  });

  test('deleting a flow log is 202, then gone', async () => {
    world.azure.seed([flowLog]);
    const deleted = await world.send('DELETE', flowLogId);
    expect(deleted.status).toBe(202);
    expect(stateOf(flowLogId)).toBe('Deleting');
    const link = deleted.headers['azure-asyncoperation'] ?? '';
    await until('the operation ends', async () => (await world.send('GET', link)).body['status'] === 'Succeeded');
    expect((await world.send('GET', deleted.headers['location'] ?? '')).status).toBe(204);
    expect(world.azure.get(flowLogId)).toBeUndefined();
  });

  test('a network that is being written refuses another write and a flow log for it', async () => {
    await world.send('PUT', networkId, { body: network });
    const again = await world.send('PUT', networkId, { body: network });
    const log = await world.send('PUT', flowLogId, { body: flowLog });
    expect([again.status, again.body.error.details[0]?.code]).toEqual([429, 'RetryableErrorDueToAnotherOperation']);
    expect([log.status, log.body.error.details[0]?.code]).toEqual([429, 'ReferencedResourceNotProvisioned']);
    expect(log.headers['retry-after']).toBe('1');
  });

  test('put resolves only when the operation has ended', async () => {
    await world.azure.put(flowLog);
    expect(stateOf(flowLogId)).toBe('Succeeded');
  });
});

describe('without a delay', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  test('an operation is over at its first poll', async () => {
    const created = await world.send('PUT', flowLogId, { body: flowLog });
    expect(created.body.properties?.['provisioningState']).toBe('Updating');
    const poll = await world.send('GET', created.headers['azure-asyncoperation'] ?? '');
    expect(poll.body).toEqual({ status: 'Succeeded' });
  });
});
