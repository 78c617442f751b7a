import {
  account,
  accountId,
  flowLog,
  flowLogId,
  group,
  having,
  network,
  networkId,
  scope,
  securityGroupId,
  startWorld,
  subscriptionId,
  watcherId,
} from './small-subscription';
import type { World } from './small-subscription';
import type { WireResource } from './index';
import { fieldsOf } from './wire';

const workspaceId = `${group}/providers/Microsoft.OperationalInsights/workspaces/law`;
const workspace = { id: workspaceId, location: 'northeurope', properties: { customerId: 'workspace-guid' } };
const analytics = (changes: Readonly<Record<string, unknown>>) => ({
  flowAnalyticsConfiguration: {
    networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: workspaceId, ...changes },
  },
});

describe('flow logs', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
    world.azure.seed([
      { ...network, id: `${networkId}-north`, location: 'northeurope' },
      { ...account, id: `${accountId}v1`, kind: 'Storage' },
      { ...account, id: `${accountId}north`, location: 'northeurope' },
      workspace,
    ]);
  });
  afterEach(() => world.close());

  const write = (log: WireResource, id = flowLogId) => world.send('PUT', id, { body: log });

  test('a flow log that says little gets the defaults of the service', async () => {
    await world.azure.put(having(flowLog, { enabled: undefined }));
    expect(world.azure.get(flowLogId)).toMatchObject({
      name: 'log-app',
      type: 'Microsoft.Network/networkWatchers/flowLogs',
      location: 'westeurope',
      properties: {
        enabled: false,
        retentionPolicy: { days: 0, enabled: false },
        format: { type: 'JSON', version: 1 },
        provisioningState: 'Succeeded',
      },
    });
  });

  test('traffic analytics gets what the service knows about the workspace', async () => {
    await world.azure.put(having(flowLog, analytics({})));
    const configuration = world.azure.get(flowLogId)?.properties?.['flowAnalyticsConfiguration'];
    expect(fieldsOf(configuration, 'networkWatcherFlowAnalyticsConfiguration')).toEqual({
      enabled: true,
      workspaceResourceId: workspaceId,
      workspaceId: 'workspace-guid',
      workspaceRegion: 'northeurope',
      trafficAnalyticsInterval: 60,
    });
  });

  const elsewhere = `/subscriptions/44444444-4444-4444-8444-444444444444${networkId.slice(scope.length)}`;
  const retaining = { retentionPolicy: { days: 30, enabled: true } };
  test.each<[string, Readonly<Record<string, unknown>>, number, string]>([
    ['names no target', { targetResourceId: undefined }, 400, 'InvalidRequestFormat'],
    ['names no storage account', { storageId: undefined }, 400, 'InvalidRequestFormat'],
    ['is for something that has no flow logs', { targetResourceId: accountId }, 400, 'InvalidFlowLogTarget'],
    ['is for no resource at all', { targetResourceId: 'vnet-app' }, 400, 'InvalidFlowLogTarget'],
    ['is for a network that does not exist', { targetResourceId: `${networkId}-none` }, 404, 'ResourceNotFound'],
    ['is for a subnet that does not exist', { targetResourceId: `${networkId}/subnets/x` }, 404, 'ResourceNotFound'],
    ['is for a network in an unknown subscription', { targetResourceId: elsewhere }, 404, 'ResourceNotFound'],
    [
      'is for a network in another region',
      { targetResourceId: `${networkId}-north` },
      400,
      'FlowLogTargetLocationMismatch',
    ],
    ['is for a network security group', { targetResourceId: securityGroupId }, 400, 'NsgFlowLogCreationBlocked'],
    ['names a storage account that does not exist', { storageId: `${accountId}none` }, 400, 'StorageAccountNotFound'],
    [
      'names a storage account in another region',
      { storageId: `${accountId}north` },
      400,
      'FlowLogStorageLocationMismatch',
    ],
    [
      'wants retention in an account that is not StorageV2',
      { storageId: `${accountId}v1`, ...retaining },
      400,
      'FlowLogRetentionNotSupported',
    ],
    ['wants another interval', analytics({ trafficAnalyticsInterval: 30 }), 400, 'InvalidTrafficAnalyticsInterval'],
    ['names a wrong workspace region', analytics({ workspaceRegion: 'westeurope' }), 400, 'InvalidTAWorkspaceRegion'],
    [
      'names a workspace that does not exist',
      analytics({ workspaceResourceId: `${workspaceId}-none` }),
      400,
      'WorkspaceNotFound',
    ],
  ])('a flow log that %s is refused', async (_, changes, status, code) => {
    const reply = await write(having(flowLog, changes));
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    expect(reply.body.error.details).toBeInstanceOf(Array);
    expect(world.azure.get(flowLogId)).toBeUndefined();
  });

  test('a flow log in an account that is not StorageV2 is taken when it retains nothing', async () => {
    expect((await write(having(flowLog, { storageId: `${accountId}v1` }))).status).toBe(201);
  });

  test('the refusal of a new flow log on a security group has the documented text', async () => {
    const reply = await write(having(flowLog, { targetResourceId: securityGroupId }));
    expect(reply.body.error.message).toContain('creation of new NSG flow logs is blocked starting June 30, 2025');
  });

  test('a flow log that a security group already has can be changed', async () => {
    const existing = having(flowLog, { targetResourceId: securityGroupId });
    world.azure.seed([existing]);
    expect((await write(having(existing, { enabled: false }))).status).toBe(200);
  });

  test('a flow log cannot be turned from a network to a security group', async () => {
    world.azure.seed([flowLog]);
    const reply = await write(having(flowLog, { targetResourceId: securityGroupId }));
    expect(reply.body.error.code).toBe('NsgFlowLogCreationBlocked');
  });

  test('a flow log for a network in another subscription is refused', async () => {
    const other = '44444444-4444-4444-8444-444444444444';
    await world.close();
    world = await startWorld({ subscriptionIds: [subscriptionId, other] });
    const target = networkId.replace(subscriptionId, other);
    world.azure.seed([{ ...network, id: target }]);
    const reply = await write(having(flowLog, { targetResourceId: target }));
    expect([reply.status, reply.body.error.code]).toEqual([400, 'FlowLogTargetSubscriptionMismatch']);
  });

  test('a watcher that does not exist is 404', async () => {
    const reply = await write(flowLog, `${watcherId}-none/flowLogs/x`);
    expect([reply.status, reply.body.error.code]).toEqual([404, 'ParentResourceNotFound']);
  });

  test('a second flow log for a target is refused, whatever the case of its id', async () => {
    world.azure.seed([flowLog]);
    const reply = await write(having(flowLog, { targetResourceId: networkId.toUpperCase() }), `${flowLogId}-2`);
    expect([reply.status, reply.body.error.code]).toEqual([409, 'FlowLogTargetConflict']);
  });

  test('a subnet can have a flow log beside that of its network', async () => {
    world.azure.seed([flowLog]);
    const log = having(flowLog, { targetResourceId: `${networkId}/subnets/snet-one` });
    expect((await write(log, `${flowLogId}-2`)).status).toBe(201);
  });

  test('a second write under one watcher waits for the first', async () => {
    const match = ({ method }: { method: string }): boolean => method === 'PUT';
    world.azure.faults.add({ match, answer: { kind: 'operationHangs' } });
    await write(flowLog);
    const log = having(flowLog, { targetResourceId: `${networkId}/subnets/snet-one` });
    const second = await write(log, `${flowLogId}-2`);
    expect([second.status, second.body.error.code]).toEqual([429, 'RetryableError']);
    expect(second.body.error.details[0]?.code).toBe('RetryableErrorDueToAnotherOperation');
    expect(second.headers['retry-after']).toBe('1');
    expect((await world.send('DELETE', flowLogId)).status).toBe(429);
  });

  test('a write waits for a deletion under the same watcher', async () => {
    world.azure.seed([flowLog]);
    const match = ({ method }: { method: string }): boolean => method === 'DELETE';
    world.azure.faults.add({ match, answer: { kind: 'operationHangs' } });
    expect((await world.send('DELETE', flowLogId)).status).toBe(202);
    const log = having(flowLog, { targetResourceId: `${networkId}/subnets/snet-one` });
    expect((await write(log, `${flowLogId}-2`)).status).toBe(429);
  });

  test('a PATCH changes tags and nothing else', async () => {
    world.azure.seed([{ ...flowLog, tags: { kept: 'yes' } }]);
    const reply = await world.send('PATCH', flowLogId, {
      body: { tags: { added: 'yes' }, properties: { enabled: false } },
    });
    expect(reply.body.tags).toEqual({ kept: 'yes', added: 'yes' });
    expect(reply.body.properties?.['enabled']).toBe(true);
  });

  test('a ReadOnly lock on the target forbids its flow log, CanNotDelete does not', async () => {
    const lockId = `${networkId}/providers/Microsoft.Authorization/locks/keep`;
    world.azure.seed([{ id: lockId, properties: { level: 'ReadOnly' } }]);
    const reply = await write(flowLog);
    expect([reply.status, reply.body.error.code]).toEqual([409, 'ScopeLocked']);
    world.azure.seed([{ id: lockId, properties: { level: 'CanNotDelete' } }]);
    expect((await write(flowLog)).status).toBe(201);
  });
});
