import { AzureError } from '../../shared/core/errors';
import type { Finding } from '../../shared/core/finding';
import type { Message } from '../../shared/core/message';
import { judge } from '../../shared/pipeline/judge';
import { accountId, deletionRule, lifecycleOf, log, logId, networkId, zoneWith } from '../controls/landing-zone';
import { having, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const policyId = `${accountId}/managementPolicies/default`;
const short = having(log, { retentionPolicy: { days: 30, enabled: true } });
const foreign = deletionRule('backups', 400, { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] });

const message = (world: MemoryWorld, more: Partial<Message> = {}): Message => ({
  scope: { kind: 'resource', id: networkId },
  cause: 'event',
  receivedAt: world.now(),
  ...more,
});

const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });

const findingOf = (world: MemoryWorld): Finding | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === networkId);

function rulesIn(world: MemoryWorld): readonly string[] {
  const policy = world.azure.resources.find(({ id }) => id === policyId);
  const { rules } = (policy?.properties as { policy: { rules: { name: string }[] } }).policy;
  return rules.map(({ name }) => name);
}

/** How each change of the ledger ended, oldest first. */
const ends = (world: MemoryWorld): readonly (readonly [string, string | undefined])[] =>
  world.ledgered.map(({ change, end }) => [change.resourceId, end?.state]);

/** A flow log whose repair takes a rule of the platform team from the account's lifecycle policy, as Azure does. */
function losingWorld(): MemoryWorld {
  const world = memoryWorld(zoneWith(short, lifecycleOf(accountId, [foreign])));
  const plain = world.azure.land;
  world.azure.land = (action) =>
    action.id === logId
      ? [...plain(action), lifecycleOf(accountId, [deletionRule('made-by-azure', 90)])]
      : plain(action);
  return world;
}

/** The process dies at the next write, before or after Azure has taken it; afterwards another one is there. */
async function die(world: MemoryWorld, when: 'before' | 'after', event: Message): Promise<void> {
  const { write } = world.writer;
  const dead = new Error('the process died');
  world.writer.write = async (action) => {
    if (when === 'after') await write(action);
    world.azure.refuse = () => {
      throw dead;
    };
    throw dead;
  };
  await expect(judge(world, event)).rejects.toThrow('the process died');
  world.writer.write = write;
  world.azure.refuse = () => undefined;
}

const redeliver = (world: MemoryWorld, event: Message): Promise<void> => {
  world.pass(61_000);
  return judge(world, event);
};

describe('a process that died at a write', () => {
  test('after Azure took it: the next one puts back what others lost, and settles it', async () => {
    const world = losingWorld();
    const event = message(world);
    await die(world, 'after', event);
    expect([rulesIn(world), ends(world)]).toEqual([['made-by-azure'], [[logId, undefined]]]);
    await redeliver(world, event);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(world.ledgered).toMatchObject([
      { change: { resourceId: logId }, end: { state: 'interrupted', text: 'found as it was wanted' } },
      { change: { resourceId: policyId, why: { cause: 'recovery' } }, end: { state: 'proved' } },
    ]);
    expect(findingOf(world)?.state).toBe('resolved');
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
  });

  test('before Azure took it: the next one finds that out, and writes it', async () => {
    const world = losingWorld();
    const event = message(world);
    await die(world, 'before', event);
    await redeliver(world, event);
    expect(world.ledgered[0]?.end).toMatchObject({
      state: 'interrupted',
      text: 'found otherwise: it was not written, or was changed again since',
    });
    expect(ends(world).slice(1)).toEqual([
      [logId, 'proved'],
      [policyId, 'proved'],
    ]);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(findingOf(world)?.state).toBe('resolved');
  });

  test('and at the put-back, too: the one after the next puts back', async () => {
    const world = losingWorld();
    const event = message(world);
    await die(world, 'after', event);
    await die(world, 'before', event);
    await redeliver(world, event);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
    expect(findingOf(world)?.state).toBe('resolved');
  });

  test('is found by the timer, too, when no message comes again', async () => {
    const world = losingWorld();
    await die(world, 'after', message(world));
    world.pass(61_000);
    await sweep(world);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
  });

  test('and a resource that Azure still writes is waited for', async () => {
    const world = losingWorld();
    const event = message(world);
    const { land } = world.azure;
    world.azure.land = (action) =>
      land(action).map((one) =>
        one.id === logId ? having(one, { ...action.body.properties, provisioningState: 'Updating' }) : one,
      );
    await die(world, 'after', event);
    await redeliver(world, event);
    expect(ends(world)).toEqual([[logId, undefined]]);
    const [again] = world.sent.filter(({ message: { cause } }) => cause === 'retry');
    expect(again?.message.scope).toEqual({ kind: 'resource', id: networkId });
    const found = world.azure.resources.find(({ id }) => id === logId)!;
    world.azure.resources = [
      ...world.azure.resources.filter(({ id }) => id !== logId),
      having(found, { provisioningState: 'Succeeded' }),
    ];
    await redeliver(world, again!.message);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(findingOf(world)?.state).toBe('resolved');
  });

  test('and an account that is gone by now holds nothing up', async () => {
    const world = losingWorld();
    const event = message(world);
    await die(world, 'after', event);
    world.azure.resources = world.azure.resources.filter(({ id }) => id !== policyId && id !== accountId);
    world.azure.refuse = ({ action }) => (action?.id === policyId ? refusal('ParentResourceNotFound', 404) : undefined);
    await redeliver(world, event);
    expect(world.ledgered[0]?.end).toMatchObject({
      state: 'interrupted',
      text: expect.stringMatching(
        /^found as it was wanted; what others had in default could not be put back: ParentResourceNotFound \(404\)/,
      ) as string,
    });
    expect(ends(world)[1]).toEqual([policyId, 'refused']);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
    expect(findingOf(world)?.state).toBe('resolved');
  });

  test('a put-back that Azure refuses for now is tried again', async () => {
    const world = losingWorld();
    const event = message(world);
    await die(world, 'after', event);
    world.azure.refuse = ({ action }) => (action?.id === policyId ? refusal('TooManyRequests', 429, 20) : undefined);
    await redeliver(world, event);
    expect(await world.ledger.unsettled(subscriptionId)).toHaveLength(1);
    const [again] = world.sent.filter(({ message: { cause } }) => cause === 'retry');
    expect(again?.delay).toBeGreaterThanOrEqual(20);
    world.azure.refuse = () => undefined;
    await redeliver(world, again!.message);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
  });
});

test('a write that only takes a field away is not taken for done while the field is there', async () => {
  const filtered = having(log, { enabledFilteringCriteria: 'DstPort=443' });
  const world = memoryWorld(zoneWith(filtered));
  const event = message(world);
  await die(world, 'before', event);
  await redeliver(world, event);
  expect(world.ledgered[0]).toMatchObject({
    change: { without: ['properties.enabledFilteringCriteria'] },
    end: { state: 'interrupted', text: expect.stringMatching(/^found otherwise/) as string },
  });
});

describe('Azure took a write', () => {
  const gone = (): AzureError =>
    new AzureError({ status: 504, code: 'GatewayTimeout', message: 'no answer', retryable: true });

  test('and did not say so: what others lost is put back at the next try', async () => {
    const world = losingWorld();
    const { write } = world.writer;
    world.writer.write = async (action) => {
      await write(action);
      throw gone();
    };
    await judge(world, message(world));
    expect(ends(world)).toEqual([[logId, 'unproved']]);
    world.writer.write = write;
    const [again] = world.sent.filter(({ message: { cause } }) => cause === 'retry');
    await redeliver(world, again!.message);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(ends(world)).toEqual([
      [logId, 'interrupted'],
      [policyId, 'proved'],
    ]);
  });

  test('and refuses to show it: the ledger does not call it refused', async () => {
    const world = losingWorld();
    const { write } = world.writer;
    world.writer.write = async (action) => {
      await write(action);
      world.azure.refuse = ({ query }) =>
        query?.kind === 'get' && query.id === logId ? refusal('AuthorizationFailed') : undefined;
    };
    await judge(world, message(world));
    expect(ends(world)).toEqual([[logId, 'unproved']]);
    world.writer.write = write;
    world.azure.refuse = () => undefined;
    world.pass(61_000);
    await sweep(world);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
  });

  test('and refuses to put back what others lost by it: the write is not called refused', async () => {
    const world = losingWorld();
    world.azure.refuse = ({ action }) => (action?.id === policyId ? refusal('ScopeLocked', 409) : undefined);
    await judge(world, message(world));
    expect(ends(world)).toEqual([
      [logId, 'unproved'],
      [policyId, 'refused'],
    ]);
    expect(findingOf(world)?.remedy).toMatch(/ScopeLocked \(409\)/);
    world.azure.refuse = () => undefined;
    world.pass(61_000);
    await sweep(world);
    expect(rulesIn(world)).toEqual(['made-by-azure', 'backups']);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
  });

  test('that it refuses, and nothing is looked after', async () => {
    const world = losingWorld();
    world.azure.refuse = ({ action }) => (action?.id === logId ? refusal('RequestDisallowedByPolicy') : undefined);
    await judge(world, message(world));
    expect(ends(world)).toEqual([[logId, 'refused']]);
    expect(await world.ledger.unsettled(subscriptionId)).toEqual([]);
    expect(rulesIn(world)).toEqual(['backups']);
  });
});
