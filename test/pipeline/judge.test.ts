import { assignedPolicies } from '../../shared/controls/assigned-policies';
import { flowLogs } from '../../shared/controls/flow-logs';
import { AzureError, InputError } from '../../shared/core/errors';
import type { Finding } from '../../shared/core/finding';
import { keyOfQuery } from '../../shared/core/inventory';
import type { Message } from '../../shared/core/message';
import { judge } from '../../shared/pipeline/judge';
import { having, idIn, resource, subscription } from '../given';
import {
  accountId,
  groupId,
  log,
  logId,
  network,
  networkId,
  watcherId,
  zone,
  zoneWith,
  zoneWithout,
} from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const message = (world: MemoryWorld, id: string, more: Partial<Message> = {}): Message => ({
  scope: { kind: 'resource', id },
  cause: 'event',
  receivedAt: world.now(),
  ...more,
});

function findingOn(world: MemoryWorld, id: string): Finding | undefined {
  return [...world.stored.values()].find(({ resourceId }) => resourceId === id);
}

const retries = (world: MemoryWorld): MemoryWorld['sent'] =>
  world.sent.filter(({ message: { cause } }) => cause === 'retry');

const refuseReads =
  (part: string, error: AzureError): MemoryWorld['azure']['refuse'] =>
  ({ query }) =>
    query !== undefined && keyOfQuery(query).includes(part.toLowerCase()) ? error : undefined;

const refuseWrites =
  (error: AzureError): MemoryWorld['azure']['refuse'] =>
  ({ action }) =>
    action === undefined ? undefined : error;

describe('what an event tells is judged', () => {
  test('once, however many events tell the same', async () => {
    const world = memoryWorld(zone);
    const events = Array.from({ length: 1_000 }, () => message(world, networkId));
    await Promise.all(events.map((event) => judge(world, event)));
    expect(world.azure.asked.filter((query) => query.kind === 'get' && query.id === networkId)).toHaveLength(1);
    expect(findingOn(world, networkId)?.state).toBe('compliant');
  });

  test('again when another event came after the last look', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, networkId));
    world.azure.resources = zoneWithout(logId);
    world.pass(61_000);
    await judge(world, message(world, networkId));
    expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
  });

  test('again when what came after the first look was cut off', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const event = message(world, networkId);
    world.pass(1_000);
    const { under } = world.locks;
    world.locks.under = () => Promise.reject(new Error('the process died'));
    await expect(judge(world, event)).rejects.toThrow('the process died');
    world.locks.under = under;
    await judge(world, event);
    expect(findingOn(world, networkId)?.state).toBe('resolved');
    expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
  });

  test('later, and not taken for a failure, when somebody else is writing there', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.locks.under = () => Promise.reject(refusal('LockNotHad', 0, 30));
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toMatchObject({ state: 'open' });
    expect(retries(world)).toHaveLength(1);
  });

  test('and closed when the resource is gone', async () => {
    const world = memoryWorld(zoneWithout(logId), { remediate: [] });
    await judge(world, message(world, networkId));
    world.azure.resources = [];
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toMatchObject({
      state: 'resolved',
      reason: 'the resource does not exist any more',
    });
    expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
  });

  test('and forgotten when the resource is gone and was right', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, networkId));
    world.azure.resources = [];
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toBeUndefined();
    expect(world.rows).toHaveLength(0);
  });

  test('later when the resource is still being written', async () => {
    const world = memoryWorld(zoneWith(having(network, { provisioningState: 'Updating' })));
    await judge(world, message(world, networkId));
    expect(world.stored.size).toBe(0);
    expect(world.sent).toMatchObject([{ message: { cause: 'retry', attempt: 1 }, delay: expect.any(Number) }]);
    expect(world.sent[0]?.delay).toBeGreaterThanOrEqual(2);
  });

  test('not at all when it lies in another subscription', async () => {
    const world = memoryWorld(zone);
    const foreign = networkId.replace(subscription, '/subscriptions/99999999-2222-4333-8444-555555555555');
    await expect(judge(world, message(world, foreign))).rejects.toThrow(InputError);
    expect(world.azure.asked).toHaveLength(0);
  });

  test('with the times of every hop, from which the time to compliance follows', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const eventAt = '2026-03-01T07:59:50.000Z';
    await judge(world, message(world, networkId, { eventAt }));
    const finding = findingOn(world, networkId);
    const { event, seen, decided, written = '', confirmed = '' } = finding?.hops ?? { seen: '', decided: '' };
    expect(event).toBe(eventAt);
    expect([seen, written, confirmed, decided].toSorted()).toEqual([seen, written, confirmed, decided]);
    expect(finding?.timeToCompliance).toBe(Date.parse(confirmed) - Date.parse(eventAt));
  });
});

describe('what cannot be read is unknown', () => {
  test.each([
    ['the network itself', networkId],
    ['the watchers', 'Microsoft.Network/networkWatchers'],
    ['the flow logs', `${watcherId}|`],
    ['the storage account', accountId],
  ])('%s', async (_, part) => {
    const world = memoryWorld(zone);
    world.azure.refuse = refuseReads(part, refusal('AuthorizationFailed'));
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/AuthorizationFailed .*grant the app the role/),
    });
    expect(world.azure.written).toHaveLength(0);
    expect(retries(world)).toHaveLength(0);
  });

  test('and comes back also when only the second look, just before a write, is refused', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const logs = keyOfQuery({ kind: 'list', type: 'Microsoft.Network/networkWatchers/flowLogs', scope: watcherId });
    let looks = 0;
    world.azure.refuse = ({ query }) => {
      if (query === undefined || keyOfQuery(query) !== logs) return undefined;
      looks += 1;
      return looks === 2 ? refusal('TooManyRequests', 429, 37) : undefined;
    };
    await judge(world, message(world, networkId));
    expect(world.azure.written).toHaveLength(0);
    expect(retries(world)[0]?.delay).toBeGreaterThanOrEqual(37);
  });

  test('and comes back after the delay that Azure asks for', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = refuseReads(accountId, refusal('TooManyRequests', 429, 37));
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)?.state).toBe('unknown');
    expect(retries(world)).toMatchObject([
      { message: { scope: { id: networkId }, attempt: 1, notBefore: expect.any(String) } },
    ]);
    expect(retries(world)[0]?.delay).toBeGreaterThanOrEqual(37);
    expect(retries(world)[0]?.delay).toBeLessThanOrEqual(45);
  });

  test('and is given up after ten tries, for the timer to look again', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = refuseReads(accountId, refusal('ServerError', 500));
    await judge(world, message(world, networkId, { attempt: 10 }));
    expect(retries(world)).toHaveLength(0);
    expect(world.lines.at(-1)).toMatchObject({ step: 'failed' });
  });

  test('and a bug is no verdict', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = () => {
      throw new TypeError('a bug');
    };
    await expect(judge(world, message(world, networkId))).rejects.toThrow(TypeError);
    expect(world.stored.size).toBe(0);
  });
});

describe('a write that Azure refuses ends in what happened and what a person has to do', () => {
  const cases: readonly [string, AzureError, RegExp, boolean][] = [
    ['403', refusal('AuthorizationFailed'), /AuthorizationFailed \(403\).*grant the app the role/, false],
    ['a policy', refusal('RequestDisallowedByPolicy'), /RequestDisallowedByPolicy.*owner of that policy/, false],
    [
      'a ReadOnly lock',
      new AzureError({ status: 409, code: 'ScopeLocked', message: 'locked', retryable: false }),
      /ScopeLocked \(409\).*remove the lock/,
      false,
    ],
    [
      '409',
      new AzureError({ status: 409, code: 'AnotherOperationInProgress', message: 'busy', retryable: true }),
      /another operation holds the resource/,
      true,
    ],
    ['429 for quota', refusal('TooManyRequests', 429, 20), /TooManyRequests \(429\).*tries again/, true],
    [
      '429 for a lock',
      refusal('RetryableErrorDueToAnotherOperation', 429, 5),
      /another operation holds the resource/,
      true,
    ],
    [
      'an operation that fails after its 202',
      new AzureError({ status: 200, code: 'OperationFailed', message: 'it failed', retryable: false }),
      /OperationFailed \(200\): it failed/,
      false,
    ],
  ];
  test.each(cases)('%s', async (_, error, text, comesBack) => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    world.azure.refuse = refuseWrites(error);
    await judge(world, message(world, networkId));
    const finding = findingOn(world, networkId);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringMatching(text) });
    expect(finding?.hops.confirmed).toBeUndefined();
    expect(retries(world)).toHaveLength(comesBack ? 1 : 0);
  });

  test('and what was written before it is not forgotten', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.azure.refuse = ({ action }) =>
      action?.id.includes('/flowLogs/') ? refusal('RequestDisallowedByPolicy') : undefined;
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)?.remedy).toMatch(/^create storage account .*; could not create flow log/);
  });
});

describe('a write counts only when it was read back', () => {
  test.each<[string, (properties: object) => object, RegExp]>([
    [
      'with a field that did not take',
      (properties) => ({ ...properties, enabled: false }),
      /properties\.enabled is false, not true/,
    ],
    [
      'with a state that did not settle',
      (properties) => ({ ...properties, provisioningState: 'Failed' }),
      /provisioning state is Failed/,
    ],
  ])('not %s', async (_, spoilt, text) => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    world.azure.land = ({ id, body }) => [{ ...log, id, properties: spoilt({ ...body.properties }) }];
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toMatchObject({ state: 'open', remedy: expect.stringMatching(text) });
    expect(retries(world)).toHaveLength(1);
  });

  test('which the write itself may have done', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const { write } = world.writer;
    world.writer.write = async (action) => {
      await write(action);
      return world.azure.resources.find(({ id }) => id === action.id);
    };
    await judge(world, message(world, networkId));
    const written = world.azure.written.find(({ id }) => id.includes('/flowLogs/'))?.id ?? '';
    expect(findingOn(world, networkId)?.state).toBe('resolved');
    expect(world.azure.asked.filter((query) => query.kind === 'get' && query.id === written)).toEqual([]);
  });

  test('and is read once more when what the write showed is not right', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const { write } = world.writer;
    world.writer.write = async (action) => {
      await write(action);
      return resource(action.id, { properties: { provisioningState: 'Updating' } });
    };
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)?.state).toBe('resolved');
  });

  test('not when it left nothing behind', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.azure.land = () => [];
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(/it is not there/),
    });
  });

  test('not with a filter that is still there', async () => {
    const filtered = having(log, { enabledFilteringCriteria: 'DstPort=443' });
    const world = memoryWorld(zoneWith(filtered));
    world.azure.land = () => [filtered];
    await judge(world, message(world, networkId));
    expect(findingOn(world, networkId)?.remedy).toMatch(/properties\.enabledFilteringCriteria is still there/);
  });
});

describe('what concerns others wakes them', () => {
  test('a judged network its security groups, with nothing older than the judgement', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, networkId));
    expect(world.sent).toMatchObject([
      { message: { scope: { id: groupId }, cause: 'ripple', notBefore: expect.any(String) } },
    ]);
  });

  test('a flow log that somebody wrote its network', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, logId));
    expect(world.sent).toMatchObject([{ message: { scope: { id: networkId } } }]);
  });

  test('a flow log that somebody deleted whoever was judged by the logs of its watcher', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, networkId));
    world.take();
    world.azure.resources = zoneWithout(logId);
    await judge(world, message(world, logId));
    expect(world.sent).toMatchObject([{ message: { scope: { id: networkId }, notBefore: expect.any(String) } }]);
  });

  test('a storage account those that were judged by it, and nobody else', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, networkId));
    await judge(world, message(world, groupId));
    world.take();
    await judge(world, message(world, accountId));
    expect(world.take().map(({ scope }) => scope.kind === 'resource' && scope.id)).toEqual([networkId, groupId]);
    await judge(world, message(world, idIn('rg-other', 'Microsoft.Storage/storageAccounts/unrelated')));
    expect(world.take()).toEqual([]);
  });

  test('a storage account those that log to it, although another control judges the account itself', async () => {
    const world = memoryWorld(zone, {}, [flowLogs, assignedPolicies]);
    await judge(world, message(world, networkId));
    world.take();
    await judge(world, message(world, accountId));
    expect(world.take()).toMatchObject([{ scope: { id: networkId }, controls: ['flow-logs'], cause: 'event' }]);
  });

  test('with one sweep when they are many', async () => {
    const networks = Array.from({ length: 60 }, (_, index) => ({
      ...network,
      id: `${networkId}-${index}`,
      name: `n${index}`,
    }));
    const world = memoryWorld([...zone, ...networks]);
    for (const { id } of networks) await judge(world, message(world, id));
    world.take();
    await judge(world, message(world, watcherId));
    expect(world.take()).toMatchObject([
      { scope: { kind: 'subscription' }, controls: ['flow-logs'], notBefore: expect.any(String) },
    ]);
  });

  test('and what they judge by is read anew, though it was read a moment ago', async () => {
    const world = memoryWorld(zone);
    await judge(world, message(world, groupId));
    world.azure.resources = zoneWithout(accountId);
    await judge(world, message(world, accountId));
    for (const next of world.take()) await judge(world, { ...next, controls: ['flow-logs'] });
    expect(world.rows.map(({ FindingState }) => FindingState)).toContain('open');
  });
});

test('a network and its security group that are judged at once cause one write of each thing', async () => {
  const world = memoryWorld(zoneWithout(watcherId, logId));
  await Promise.all([judge(world, message(world, networkId)), judge(world, message(world, groupId))]);
  for (let next = world.take(); next.length > 0; next = world.take()) for (const one of next) await judge(world, one);
  const ids = world.azure.written.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...world.stored.values()].map(({ state }) => state)).toEqual(['resolved', 'resolved']);
});

test('the journal holds no claims and no property of a resource', async () => {
  const world = memoryWorld(zoneWithout(logId));
  await judge(world, message(world, networkId));
  for (const line of world.lines)
    expect(Object.keys(line).toSorted()).toEqual(expect.arrayContaining(['step', 'text']));
  expect(JSON.stringify(world.lines)).not.toMatch(/7d0f0000|addressPrefix/);
});
