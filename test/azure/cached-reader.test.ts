import { setImmediate as turn } from 'node:timers/promises';
import { cachedReader } from '../../shared/azure/cached-reader';
import { AzureError } from '../../shared/core/errors';
import type { Query } from '../../shared/core/inventory';
import type { Found, Freshness, Lock, Read, Reader } from '../../shared/core/ports';
import type { Resource } from '../../shared/core/resource';
import { accountId, log, logId, logOn, network, networkId, watcher, watcherId } from '../controls/landing-zone';
import { having, resource, subscription } from '../given';

const maxAge = 60_000;
const epoch = new Date(0).toISOString();
const theNetwork: Query = { kind: 'get', id: networkId };
const networks: Query = { kind: 'list', type: 'Microsoft.Network/virtualNetworks', scope: subscription };
const logs: Query = { kind: 'list', type: 'Microsoft.Network/networkWatchers/flowLogs', scope: watcherId };
const provider: Query = { kind: 'provider', namespace: 'Microsoft.Network', scope: subscription };
const ageOf = ({ kind }: Query): number => (kind === 'provider' ? 100 * maxAge : maxAge);
const region: Lock = { name: 'westeurope', lastWrite: epoch };

interface Question {
  readonly query: Query;
  readonly answer: (value: Found) => void;
  readonly refuse: (error: Error) => void;
}

interface Desk {
  readonly reader: Reader;
  /** What was put to Azure and how to answer it. */
  readonly asked: Question[];
  readonly now: () => string;
  pass(ms: number): void;
  /** Reads, and has Azure answer with the value if it is asked. */
  read(query: Query, value: Found, freshness?: Freshness): Promise<Found>;
}

/** A cached reader over an Azure that answers when it is told to. */
function desk(): Desk {
  let clock = Date.parse('2026-03-01T08:00:00.000Z');
  const now = (): string => new Date(clock).toISOString();
  const asked: Question[] = [];
  const ask = async (query: Query): Promise<Read> => {
    const readAt = now();
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    asked.push({ query, answer: resolve, refuse: reject });
    return { query, readAt, result: { state: 'read', value: await promise } };
  };
  const reader = cachedReader({ read: ask }, { now, maxAge: ageOf });
  return {
    reader,
    asked,
    now,
    pass: (ms) => void (clock += ms),
    read: async (query, value, freshness) => {
      const before = asked.length;
      const reading = reader.read(query, freshness);
      asked.slice(before).forEach(({ answer }) => answer(value));
      return valueOf(await reading);
    },
  };
}

function valueOf({ result }: Read): Found {
  if (result.state === 'unread') throw new Error(`unread: ${result.reason}`);
  return result.value;
}

const refused = (code: string): AzureError => new AzureError({ status: 429, code, message: code, retryable: true });

describe('Azure is asked once', () => {
  test('by many that ask the same at the same time', async () => {
    const { reader, asked } = desk();
    const all = Array.from({ length: 100 }, () => reader.read(theNetwork));
    expect(asked).toHaveLength(1);
    asked[0]?.answer(network);
    expect((await Promise.all(all)).map(valueOf)).toEqual(all.map(() => network));
  });

  test('by those that ask a moment later, in any case', async () => {
    const { read, asked, pass } = desk();
    await read(theNetwork, network);
    await read(networks, [network]);
    pass(maxAge);
    expect(await read({ kind: 'get', id: networkId.toUpperCase() }, undefined)).toBe(network);
    expect(await read({ ...networks, type: 'microsoft.network/VIRTUALNETWORKS' }, [])).toEqual([network]);
    expect(asked).toHaveLength(2);
  });

  test('about what does not exist', async () => {
    const { read, asked } = desk();
    expect(await read(theNetwork, undefined)).toBeUndefined();
    expect(await read(theNetwork, network)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});

describe('Azure is asked again', () => {
  test('about something else', async () => {
    const { read, asked } = desk();
    await read(theNetwork, network);
    await read({ kind: 'get', id: `${networkId}2` }, undefined);
    await read(networks, []);
    await read({ ...networks, scope: watcherId }, []);
    await read({ ...networks, type: 'Microsoft.Network/networkWatchers' }, []);
    await read(provider, undefined);
    await read({ ...provider, namespace: 'Microsoft.Storage' }, undefined);
    expect(asked).toHaveLength(7);
  });

  test('when the answer is older than it may be', async () => {
    const { read, asked, pass } = desk();
    await read(theNetwork, network);
    pass(maxAge + 1);
    expect(await read(theNetwork, undefined)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test('sooner or later, as the question has it', async () => {
    const { read, asked, pass } = desk();
    await read(provider, undefined);
    pass(100 * maxAge);
    await read(provider, undefined);
    expect(asked).toHaveLength(1);
    pass(1);
    await read(provider, undefined);
    expect(asked).toHaveLength(2);
  });

  test('when the question was put before the time that is asked for', async () => {
    const { read, asked, pass, now } = desk();
    await read(theNetwork, network);
    expect(await read(theNetwork, undefined, { notBefore: now() })).toBe(network);
    pass(1);
    expect(await read(theNetwork, undefined, { notBefore: now() })).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test('when the question was put before and has not been answered yet', async () => {
    const { reader, read, asked, pass, now } = desk();
    const early = reader.read(theNetwork);
    pass(10);
    expect(await read(theNetwork, network, { notBefore: now() })).toBe(network);
    asked[0]?.answer(undefined);
    expect(valueOf(await early)).toBeUndefined();
    expect(await read(theNetwork, undefined)).toBe(network);
    expect(asked).toHaveLength(2);
  });

  test('when it has refused: no refusal is remembered', async () => {
    const { reader, read, asked } = desk();
    const both = [reader.read(theNetwork), reader.read(theNetwork)];
    asked[0]?.refuse(refused('TooManyRequests'));
    for (const one of both) await expect(one).rejects.toThrow('TooManyRequests');
    expect(await read(theNetwork, network)).toBe(network);
    expect(asked).toHaveLength(2);
  });

  test('when a later question was refused, even though an older answer was there', async () => {
    const { reader, read, asked, pass, now } = desk();
    await read(theNetwork, network);
    pass(1);
    const late = reader.read(theNetwork, { notBefore: now() });
    asked[1]?.refuse(refused('TooManyRequests'));
    await expect(late).rejects.toThrow('TooManyRequests');
    expect(await read(theNetwork, undefined)).toBeUndefined();
    expect(asked).toHaveLength(3);
  });

  test('when an older question is refused after a later one was answered, the answer stays', async () => {
    const { reader, read, asked, pass, now } = desk();
    const early = reader.read(theNetwork);
    pass(1);
    await read(theNetwork, network, { notBefore: now() });
    asked[0]?.refuse(refused('TooManyRequests'));
    await expect(early).rejects.toThrow('TooManyRequests');
    expect(await read(theNetwork, undefined)).toBe(network);
    expect(asked).toHaveLength(2);
  });

  test('when so much else was asked that the answer had to go', async () => {
    const { read, asked } = desk();
    await read(theNetwork, network);
    for (let index = 0; index < 2_000; index += 1) await read({ kind: 'get', id: `${networkId}-${index}` }, undefined);
    expect(await read({ kind: 'get', id: `${networkId}-1` }, network)).toBeUndefined();
    expect(asked).toHaveLength(2_001);
    await read(theNetwork, undefined);
    expect(asked).toHaveLength(2_002);
  });

  test('when lists that were read since are so long that the answer had to go', async () => {
    const { read, asked } = desk();
    const long = Array.from({ length: 10_000 }, (_, index) => resource(`${networkId}-${index}`, {}));
    const listIn = (group: string): Query => ({ ...networks, scope: `${subscription}/resourceGroups/${group}` });
    await read(theNetwork, network);
    await read(listIn('one'), long);
    expect(await read(theNetwork, undefined)).toBe(network);
    await read(listIn('two'), long);
    expect(await read(listIn('two'), [])).toBe(long);
    expect(asked).toHaveLength(3);
    expect(await read(theNetwork, undefined)).toBeUndefined();
    expect(asked).toHaveLength(4);
  });
});

describe('under a lock', () => {
  test('what was read before another instance wrote under it is read again', async () => {
    const { read, asked, pass, now } = desk();
    await read(logs, []);
    pass(1);
    const lastWrite = now();
    expect(await read(logs, [log], { under: { ...region, lastWrite } })).toEqual([log]);
    expect(asked).toHaveLength(2);
  });

  test('what was read after the last write serves', async () => {
    const { read, asked, now, pass } = desk();
    const lastWrite = now();
    pass(1);
    await read(logs, [log]);
    expect(await read(logs, [], { under: { ...region, lastWrite } })).toEqual([log]);
    expect(asked).toHaveLength(1);
  });

  test('what this instance wrote is in what was read before', async () => {
    const { reader, read, asked, now, pass } = desk();
    await read(logs, []);
    pass(1);
    reader.wrote(log, region, now());
    expect(await read(logs, [], { under: { ...region, lastWrite: now() } })).toEqual([log]);
    expect(asked).toHaveLength(1);
  });

  test('what was written under another lock is not taken for seen', async () => {
    const { reader, read, asked, now, pass } = desk();
    await read(logs, []);
    pass(1);
    reader.wrote(log, region, now());
    await read(logs, [log], { under: { name: 'northeurope', lastWrite: now() } });
    expect(asked).toHaveLength(2);
  });

  test('an answer that lacks what another instance wrote does not become complete by a write of this one', async () => {
    const { reader, read, asked, now, pass } = desk();
    await read(logs, []);
    pass(1);
    const theirs = now();
    pass(1);
    reader.wrote(log, { ...region, lastWrite: theirs }, now());
    const other = logOn(`${networkId}2`, 'other');
    expect(await read(logs, [other, log], { under: { ...region, lastWrite: now() } })).toEqual([other, log]);
    expect(asked).toHaveLength(2);
  });

  test('all that this instance wrote in a row is in what was read before', async () => {
    const { reader, read, asked, now, pass } = desk();
    const other = logOn(`${networkId}2`, 'other');
    await read(logs, []);
    pass(1);
    const first = now();
    reader.wrote(log, region, first);
    pass(1);
    reader.wrote(other, { ...region, lastWrite: first }, now());
    expect(await read(logs, [], { under: { ...region, lastWrite: now() } })).toEqual([log, other]);
    expect(asked).toHaveLength(1);
  });

  test('what was read before another instance wrote between two writes of this one is read again', async () => {
    const { reader, read, asked, now, pass } = desk();
    await read(logs, []);
    await read(networks, []);
    pass(1);
    reader.wrote(log, region, now());
    pass(1);
    const theirs = now();
    await read(networks, [network], { notBefore: theirs });
    pass(1);
    reader.wrote(log, { ...region, lastWrite: theirs }, now());
    const under = { ...region, lastWrite: now() };
    const other = logOn(`${networkId}2`, 'other');
    expect(await read(logs, [other, log], { under })).toEqual([other, log]);
    expect(await read(networks, [], { under })).toEqual([network]);
    expect(asked).toHaveLength(4);
  });

  test('a write does not make an answer younger', async () => {
    const { reader, read, asked, now, pass } = desk();
    await read(logs, []);
    pass(maxAge);
    reader.wrote(log, region, now());
    pass(1);
    await read(logs, [log]);
    expect(asked).toHaveLength(2);
  });
});

describe('a resource that was written', () => {
  const written = async (query: Query, before: Found, one: Resource): Promise<Found> => {
    const { reader, read, now } = desk();
    await read(query, before);
    reader.wrote(one, region, now());
    return read(query, undefined);
  };

  test('is in the list that it belongs to', async () => {
    const other = logOn(`${networkId}2`, 'other');
    expect(await written(logs, [other], log)).toEqual([other, log]);
    expect(await written(networks, [], network)).toEqual([network]);
  });

  test('takes the place of what it was, whatever the case of its id', async () => {
    const before = having({ ...log, id: logId.toUpperCase() }, { enabled: false });
    expect(await written(logs, [before], log)).toEqual([log]);
  });

  test('is there by its own id, also when it was not', async () => {
    expect(await written({ kind: 'get', id: logId.toUpperCase() }, undefined, log)).toBe(log);
  });

  test('is no provider', async () => {
    expect(await written(provider, undefined, network)).toBeUndefined();
  });

  test('is not there by the id of another', async () => {
    expect(await written(theNetwork, network, log)).toBe(network);
  });

  test.each<[string, Query, Resource]>([
    ['of another type', networks, log],
    ['of another parent', { ...logs, scope: `${watcherId}2` }, log],
    ['of another subscription', { ...networks, scope: '/subscriptions/99999999-2222-4333-8444-555555555555' }, network],
    ['of another resource group', { ...networks, scope: `${subscription}/resourceGroups/rg-other` }, network],
  ])('is not in a list %s', async (_, query, one) => {
    expect(await written(query, [], one)).toEqual([]);
  });

  test('is in the answer to a question that was put before and answered after', async () => {
    const { reader, asked, now } = desk();
    const early = reader.read(logs);
    reader.wrote(log, region, now());
    const late = reader.read(logs);
    asked[0]?.answer([]);
    expect(valueOf(await early)).toEqual([]);
    expect(valueOf(await late)).toEqual([log]);
    expect(asked).toHaveLength(1);
  });

  test('does not make a refusal remembered that was on its way', async () => {
    const { reader, read, asked, now } = desk();
    const early = reader.read(logs);
    reader.wrote(log, region, now());
    asked[0]?.refuse(refused('TooManyRequests'));
    await expect(early).rejects.toThrow('TooManyRequests');
    await turn();
    expect(await read(logs, [log])).toEqual([log]);
    expect(asked).toHaveLength(2);
  });

  test('does not change what others hold already', async () => {
    const { reader, read, now } = desk();
    const value = [resource(accountId, {})];
    await read({ kind: 'list', type: 'Microsoft.Storage/storageAccounts', scope: subscription }, value);
    reader.wrote(resource(`${accountId}2`, {}), region, now());
    expect(value).toHaveLength(1);
  });

  test('of a type that nobody asked for is no trouble', () => {
    const { reader, now } = desk();
    expect(() => reader.wrote(watcher, region, now())).not.toThrow();
  });
});

test('what was read before the clock was put back is asked for again', async () => {
  const { read, asked, pass } = desk();
  await read(theNetwork, network);
  pass(-10_000);
  await read(theNetwork, network);
  expect(asked).toHaveLength(2);
});
