import type { Finding } from '../../shared/core/finding';
import type { Resource } from '../../shared/core/resource';
import { judge } from '../../shared/pipeline/judge';
import { having, idIn, resource, stewardGroup, subscription } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import {
  accountId,
  deletionRule,
  lifecycleOf,
  log,
  logId,
  logOn,
  network,
  networkId,
  securityGroup,
  subnetId,
  watcherId,
  zone,
  zoneWith,
  zoneWithout,
} from './landing-zone';

async function judgeIn(world: MemoryWorld, id = networkId): Promise<Finding | undefined> {
  await judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() });
  return [...world.stored.values()].find(({ resourceId }) => resourceId === id);
}

const other = { ...network, id: `${networkId}-2`, name: 'vnet-spoke-2' };

/** The account of Steward's own, as the first remedy made it. */
async function ownAccount(): Promise<readonly Resource[]> {
  const world = memoryWorld(zoneWithout(logId));
  await judgeIn(world);
  return world.azure.resources.filter(({ id }) => id.startsWith(`${stewardGroup}/providers/Microsoft.Storage`));
}

describe('what an owner did a moment ago stays', () => {
  test('the settings of a log that is repaired', async () => {
    const off = having(log, { enabled: false });
    const world = memoryWorld([...zoneWith(off), other, logOn(other.id, 'other')]);
    await judgeIn(world, other.id);
    const changed = { ...having(off, { retentionPolicy: { days: 365, enabled: true } }), tags: { owner: 'audit' } };
    world.azure.resources = world.azure.resources.map((one) => (one.id === logId ? changed : one));
    await judgeIn(world);
    expect(world.azure.written.at(-1)).toMatchObject({
      id: logId,
      body: { tags: { owner: 'audit' }, properties: { retentionPolicy: { days: 365 } } },
    });
  });

  test('a log that somebody else made in the meantime', async () => {
    const world = memoryWorld([...zoneWithout(logId), other, logOn(other.id, 'other')]);
    await judgeIn(world, other.id);
    world.azure.resources = [...world.azure.resources, log];
    const finding = await judgeIn(world);
    expect(world.azure.written).toHaveLength(0);
    expect(finding?.state).toBe('resolved');
  });

  test.each<[string, object]>([
    ['longer', deletionRule('steward-flow-logs', 730)],
    ['for ever, by switching the rule off', { ...deletionRule('steward-flow-logs', 30), enabled: false }],
  ])('a rule of ours that was changed to keep %s', async (_, rule) => {
    const own = (await ownAccount()).filter(({ id }) => !id.endsWith('/managementPolicies/default'));
    const world = memoryWorld([...zoneWithout(logId), ...own, lifecycleOf(own[0]?.id ?? '', [rule])]);
    await judgeIn(world);
    expect(world.azure.written.map(({ id }) => id).filter((id) => id.endsWith('/managementPolicies/default'))).toEqual(
      [],
    );
  });

  test('but a rule of ours that keeps too short is raised', async () => {
    const own = (await ownAccount()).filter(({ id }) => !id.endsWith('/managementPolicies/default'));
    const world = memoryWorld([
      ...zoneWithout(logId),
      ...own,
      lifecycleOf(own[0]?.id ?? '', [deletionRule('steward-flow-logs', 30)]),
    ]);
    await judgeIn(world);
    expect(world.azure.written[0]?.body.properties).toMatchObject({
      policy: {
        rules: [{ definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } } } }],
      },
    });
  });
});

describe('nothing is written', () => {
  test('by moving a log to where a rule of somebody deletes early, too', async () => {
    const own = (await ownAccount()).filter(({ id }) => !id.includes('/managementPolicies/'));
    const elsewhere = lifecycleOf(own[0]?.id ?? '', [deletionRule('cleanup', 20)]);
    const world = memoryWorld([...zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 60)])), ...own, elsewhere]);
    expect(await judgeIn(world)).toMatchObject({
      remedy: expect.stringMatching(/rule "tidy".*has to raise or remove/),
    });
    expect(world.azure.written.filter(({ id }) => id === logId)).toEqual([]);
  });

  test('on a log whose account’s rules cannot be read, for Azure may overwrite them', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    world.azure.refuse = ({ query }) =>
      query?.kind === 'get' && query.id === `${accountId}/managementPolicies/default`
        ? refusal('AuthorizationFailed')
        : undefined;
    expect(await judgeIn(world)).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(/lifecycle rules of its account: AuthorizationFailed/),
    });
    expect(world.azure.written).toHaveLength(0);
  });

  test('for a watcher in a group that does not exist', async () => {
    const world = memoryWorld(zoneWithout(watcherId, logId, stewardGroup));
    expect(await judgeIn(world)).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(/does not exist to make one in/),
    });
    expect(world.azure.written).toHaveLength(0);
  });

  test('on a security group that AKS manages, also where new logs may be tried', async () => {
    const id = idIn('MC_rg_aks_westeurope', 'Microsoft.Network/networkSecurityGroups/aks-agentpool-nsg');
    const managed = { ...securityGroup, id, name: 'aks-agentpool-nsg' };
    const groups = [
      resource(`${subscription}/resourceGroups/MC_rg_aks_westeurope`, {}),
      resource(`${subscription}/resourceGroups/rg-network`, {}),
    ];
    const world = memoryWorld([...zoneWithout(logId), managed, ...groups], { nsgFlowLogs: 'create' });
    expect(await judgeIn(world, id)).toMatchObject({ state: 'open', remedy: expect.stringMatching(/AKS manages/) });
    expect(world.azure.written).toHaveLength(0);
  });
});

test('two things that are wrong about retention are put right by one write', async () => {
  const short = having(log, { retentionPolicy: { days: 30, enabled: true } });
  const world = memoryWorld(zoneWith(short, lifecycleOf(accountId, [deletionRule('tidy', 60)])));
  const finding = await judgeIn(world);
  expect(finding?.state).toBe('resolved');
  expect(world.azure.written.filter(({ id }) => id === logId)).toHaveLength(1);
});

test('the zone is right from the start, so that nothing here is for another reason', async () => {
  const world = memoryWorld(zone);
  expect((await judgeIn(world))?.state).toBe('compliant');
  expect(subnetId.startsWith(networkId)).toBe(true);
});
