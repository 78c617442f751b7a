import { assignedPolicies } from '../../shared/controls/assigned-policies';
import { flowLogs } from '../../shared/controls/flow-logs';
import type { Control } from '../../shared/core/control';
import type { Message } from '../../shared/core/message';
import { typeOf } from '../../shared/core/resource';
import { judge } from '../../shared/pipeline/judge';
import { having, idIn, resource, subscription, subscriptionId } from '../given';
import {
  accountId,
  interfaceId,
  log,
  logId,
  logOn,
  network,
  networkId,
  subnetId,
  zone,
  zoneWith,
  zoneWithout,
} from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const event = (world: MemoryWorld, id: string): Message => ({
  scope: { kind: 'resource', id },
  cause: 'event',
  receivedAt: world.now(),
});
const sweep = (world: MemoryWorld): Message => ({
  scope: { kind: 'subscription', subscriptionId },
  cause: 'timer',
  receivedAt: world.now(),
});
const woken = (world: MemoryWorld): readonly unknown[] =>
  world.take().map(({ scope }) => scope.kind === 'resource' && scope.id);
const stateOf = (world: MemoryWorld, id: string): string | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === id)?.state;

test('the row that resolves is younger than the row that opened', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await judge(world, event(world, networkId));
  const [opened, resolved] = world.rows.map(({ TimeGenerated }) => String(TimeGenerated));
  expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
  expect(resolved! > opened!).toBe(true);
});

describe('no time to compliance is told', () => {
  test('of a resource that was deleted', async () => {
    const world = memoryWorld(zoneWithout(logId), { remediate: [] });
    await judge(world, event(world, networkId));
    world.azure.resources = [];
    await judge(world, event(world, networkId));
    expect([...world.stored.values()]).toMatchObject([{ state: 'resolved', gone: true }]);
    expect([...world.stored.values()][0]).not.toHaveProperty('timeToCompliance');
  });

  test('of a resource that could not be read for a while and was never seen to be wrong', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = () => refusal('AuthorizationFailed');
    await judge(world, event(world, networkId));
    world.azure.refuse = () => undefined;
    world.pass(3_600_000);
    await judge(world, event(world, networkId));
    expect([...world.stored.values()][0]).not.toHaveProperty('timeToCompliance');
  });
});

describe('a change wakes whom it concerns', () => {
  test('a log on a subnet its network', async () => {
    const world = memoryWorld(zoneWith(logOn(subnetId, 'weak')));
    await judge(world, event(world, logOn(subnetId, 'weak').id));
    expect(woken(world)).toEqual([networkId]);
  });

  test('a log on an interface whoever was judged by the logs of its watcher', async () => {
    const world = memoryWorld(zoneWith(logOn(interfaceId, 'weak')));
    await judge(world, event(world, networkId));
    world.take();
    await judge(world, event(world, logOn(interfaceId, 'weak').id));
    expect(woken(world)).toEqual([networkId]);
  });

  test('an account those that log to it, also when it was judged itself a moment ago', async () => {
    const world = memoryWorld(zone, {}, [flowLogs, assignedPolicies]);
    await judge(world, event(world, networkId));
    const told = event(world, accountId);
    await judge(world, event(world, accountId));
    world.take();
    await judge(world, told);
    expect(woken(world)).toEqual([networkId]);
  });

  test('of two controls that look up what the other one judges the other one, and not back again', async () => {
    const looking = (id: string, subject: string, other: string): Control => ({
      ...flowLogs,
      id,
      subjects: [subject],
      reads: [other],
      concerns: () => [],
      evaluate: (_, inventory) => {
        const found = inventory.list(other, subscription);
        return { state: found.state === 'read' ? 'compliant' : 'unknown', reason: 'looked' };
      },
    });
    const world = memoryWorld(zone, {}, [
      looking('of-networks', typeOf(networkId), typeOf(accountId)),
      looking('of-accounts', typeOf(accountId), typeOf(networkId)),
    ]);
    await judge(world, event(world, networkId));
    await judge(world, event(world, accountId));
    world.take();
    await judge(world, event(world, networkId));
    const judged: string[] = [];
    for (let round = world.take(); round.length > 0 && judged.length < 20; round = world.take()) {
      for (const sent of round) {
        judged.push(sent.scope.kind === 'resource' ? sent.scope.id : '');
        await judge(world, sent);
      }
    }
    expect(judged).toEqual([accountId]);
  });

  test('an account in another subscription that is kept', async () => {
    const second = '99999999-2222-4333-8444-555555555555';
    const away = accountId.replace(subscription, `/subscriptions/${second}`);
    const moved = zone
      .map((one) => (one.id === accountId ? { ...one, id: away } : one))
      .map((one) => (one.id === logId ? having(log, { storageId: away }) : one));
    const world = memoryWorld(moved, { subscriptionIds: [subscriptionId, second] });
    await judge(world, event(world, networkId));
    world.take();
    await judge(world, event(world, away));
    expect(woken(world)).toEqual([networkId]);
  });
});

describe('a sweep', () => {
  test('leaves what is just being created for later', async () => {
    const world = memoryWorld(zoneWith(having(network, { provisioningState: 'Creating' })));
    await judge(world, sweep(world));
    expect(stateOf(world, networkId)).toBeUndefined();
    expect(woken(world)).toContain(networkId);
  });

  test('judges all others when one resource brings a bug to light, and tells of it', async () => {
    const broken = resource(idIn('rg-network', 'Microsoft.Network/virtualNetworks/broken'), {
      location: 'westeurope',
      properties: { subnets: 'none' },
    });
    const world = memoryWorld([broken, ...zone]);
    await expect(judge(world, sweep(world))).rejects.toThrow(TypeError);
    expect(stateOf(world, networkId)).toBe('compliant');
  });
});

test('when assignments cannot be read, what was open is unknown and not forgotten', async () => {
  const definitionId = '/providers/Microsoft.Authorization/policyDefinitions/d';
  const rule = { if: { field: 'type', equals: 'Microsoft.Network/virtualNetworks' }, then: { effect: 'audit' } };
  const assigned = [
    resource(definitionId, { properties: { displayName: 'D', mode: 'All', policyRule: rule } }),
    resource(`${subscription}/providers/Microsoft.Authorization/policyAssignments/a`, {
      properties: { displayName: 'A', scope: subscription, policyDefinitionId: definitionId },
    }),
  ];
  const world = memoryWorld([...zone, ...assigned], {}, [assignedPolicies]);
  await judge(world, event(world, networkId));
  world.pass(61_000);
  world.azure.refuse = ({ query }) =>
    query?.kind === 'list' && query.type.endsWith('policyAssignments') ? refusal('AuthorizationFailed') : undefined;
  await judge(world, event(world, networkId));
  expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'unknown']);
});
