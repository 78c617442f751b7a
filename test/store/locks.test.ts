import { TableClient } from '@azure/data-tables';
import { AzureError } from '../../shared/core/errors';
import type { Lock, Locks } from '../../shared/core/ports';
import { tableLocks } from '../../shared/store/locks';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { gateTo, type Gate } from './gate';

const epoch = new Date(0).toISOString();
const impatient = { lease: 60_000, patience: 300 };
const isWrite = ({ method }: { readonly method: string }): boolean => method === 'PUT';

let azurite: Azurite;
const gates: Gate[] = [];
const holdings: Holding[] = [];
let other: Locks;
let serial = 0;
let name = '';

beforeAll(async () => {
  azurite = await startAzurite();
  other = tableLocks(azurite, impatient);
});
afterAll(() => azurite.stop());
beforeEach(() => {
  serial += 1;
  name = `/subscriptions/s/locations/region-${serial}`;
});
afterEach(async () => {
  await Promise.all(holdings.splice(0).map((holding) => holding.end()));
  await Promise.all(gates.splice(0).map((gate) => gate.close()));
});

/** An instance of its own, whose way to the tables can be closed. */
async function instance(options = impatient): Promise<{ readonly gate: Gate; readonly locks: Locks }> {
  const gate = await gateTo(azurite);
  gates.push(gate);
  return { gate, locks: tableLocks(gate, options) };
}

interface Holding {
  readonly lock: Lock;
  /** Ends the work and waits until the lock is free again. */
  end(wroteAt?: string): Promise<void>;
}

/** Takes the lock and keeps it until it is told to end. */
async function hold(locks: Locks, lockName = name): Promise<Holding> {
  const inside = Promise.withResolvers<Lock>();
  const ending = Promise.withResolvers<string | undefined>();
  const done = locks.under(lockName, async (lock) => {
    inside.resolve(lock);
    const wroteAt = await ending.promise;
    return { result: undefined, ...(wroteAt !== undefined && { wroteAt }) };
  });
  done.catch(inside.reject);
  const holding: Holding = {
    lock: await inside.promise,
    end: (wroteAt) => {
      ending.resolve(wroteAt);
      return done;
    },
  };
  holdings.push(holding);
  return holding;
}

const lastWriteOf = (locks: Locks, lockName = name): Promise<string> =>
  locks.under(lockName, async ({ lastWrite }) => ({ result: lastWrite }));

async function refusalOf(locking: Promise<unknown>): Promise<AzureError> {
  const error = await locking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AzureError) return error;
  throw new Error(`that was no AzureError but ${String(error)}`);
}

/** The row of the lock, as it is in the table. */
function row(): { readonly until: () => Promise<string>; readonly expire: () => Promise<unknown> } {
  const rowKey = name.toLowerCase().replaceAll('/', '|');
  const table = TableClient.fromConnectionString(azurite.connectionString, 'StewardLocks', {
    allowInsecureConnection: true,
  });
  return {
    until: async () => (await table.getEntity<{ until: string }>('lock', rowKey)).until,
    expire: () => table.updateEntity({ partitionKey: 'lock', rowKey, until: epoch }, 'Merge'),
  };
}

describe('under one name', () => {
  test('two instances never work at the same time, and all have their turn', async () => {
    const { locks } = await instance({ lease: 60_000, patience: 10_000 });
    const patient = tableLocks(azurite, { lease: 60_000, patience: 10_000 });
    let working = 0;
    const seen: number[] = [];
    const turns = [locks, patient, locks, patient].map((one, index) =>
      one.under(name, async () => {
        working += 1;
        await row().until();
        seen.push(working);
        working -= 1;
        return { result: index };
      }),
    );
    expect(await Promise.all(turns)).toEqual([0, 1, 2, 3]);
    expect(seen).toEqual([1, 1, 1, 1]);
  });

  test('case makes no difference', async () => {
    const holding = await hold(other);
    expect(await refusalOf(other.under(name.toUpperCase(), fail))).toMatchObject({ code: 'LockNotHad' });
    await holding.end();
  });

  test('who waits longer than its patience is refused, and may come back', async () => {
    const { locks } = await instance();
    const holding = await hold(locks);
    const started = performance.now();
    expect(await refusalOf(other.under(name, fail))).toMatchObject({
      status: 0,
      code: 'LockNotHad',
      retryable: true,
      message: expect.stringContaining(`another instance has been writing under ${name} for 0 seconds`),
    });
    expect(performance.now() - started).toBeGreaterThan(impatient.patience - 1);
    await holding.end();
    expect(await lastWriteOf(other)).toBe(epoch);
  });

  test('work that fails frees the lock, and its error is told', async () => {
    const failing = other.under(name, () => Promise.reject(new Error('a bug')));
    await expect(failing).rejects.toThrow('a bug');
  });

  test('work that fails may have written: the next one is told so', async () => {
    const before = new Date().toISOString();
    await other.under(name, () => Promise.reject(new Error('a bug'))).catch(() => undefined);
    expect((await lastWriteOf(other)) >= before).toBe(true);
  });
});

test('under another name others work meanwhile', async () => {
  const holding = await hold(other);
  expect(await lastWriteOf(other, `${name}-2`)).toBe(epoch);
  await holding.end();
});

describe('the last write', () => {
  const written = '2026-03-01T08:00:00.000Z';

  test('is handed to whoever comes next, on every instance', async () => {
    const { locks } = await instance();
    expect((await hold(locks)).lock).toEqual({ name, lastWrite: epoch });
    await row().expire();
    await (await hold(locks)).end(written);
    expect(await lastWriteOf(other)).toBe(written);
  });

  test('stays when somebody comes who writes nothing', async () => {
    await (await hold(other)).end(written);
    await lastWriteOf(other);
    expect(await lastWriteOf(other)).toBe(written);
  });

  test('is known under its own name alone', async () => {
    await (await hold(other)).end(written);
    expect(await lastWriteOf(other, `${name}-2`)).toBe(epoch);
  });

  test('of an owner that lost the lock meanwhile is told to whoever comes after the next', async () => {
    const slow = await hold(other);
    await row().expire();
    await lastWriteOf((await instance()).locks);
    await slow.end(written);
    expect(await lastWriteOf(other)).toBe(written);
  });

  test('does not go back when an owner that lost the lock wrote nothing', async () => {
    const slow = await hold(other);
    await row().expire();
    await (await hold((await instance()).locks)).end(written);
    await slow.end();
    expect(await lastWriteOf(other)).toBe(written);
  });

  test('does not go back when an owner that lost the lock wrote earlier', async () => {
    const slow = await hold(other);
    await row().expire();
    await (await hold((await instance()).locks)).end(written);
    await slow.end('2026-03-01T07:00:00.000Z');
    expect(await lastWriteOf(other)).toBe(written);
  });

  test('of an owner that lost the lock is not forgotten by whoever has it now, and it frees the lock', async () => {
    const slow = await hold(other);
    await row().expire();
    const next = await hold((await instance()).locks);
    await slow.end(written);
    await next.end();
    expect(await lastWriteOf(other)).toBe(written);
  });
});

describe('a lease', () => {
  /** The next renewal (or other write) of the instance behind the gate has had its effect. */
  const renewal = async (gate: Gate): Promise<void> => (await gate.holdAnswer(isWrite)).go();

  test('is renewed as long as the work goes on', async () => {
    const { gate, locks } = await instance({ lease: 900, patience: 0 });
    const holding = await hold(locks);
    const ends = [await row().until()];
    for (let count = 0; count < 2; count += 1) {
      await renewal(gate);
      ends.push(await row().until());
      const impatientOne = tableLocks(azurite, { lease: 900, patience: 0 });
      expect(await refusalOf(impatientOne.under(name, fail))).toMatchObject({ code: 'LockNotHad' });
    }
    expect(ends).toEqual([...new Set(ends)].toSorted());
    await holding.end();
    expect(await lastWriteOf(other)).toBe(epoch);
  });

  test('is not renewed any more when the work is done', async () => {
    const { gate, locks } = await instance({ lease: 300, patience: 0 });
    const next = await instance({ lease: 300, patience: 0 });
    await (await hold(locks)).end();
    const before = gate.passed(isWrite);
    await hold(next.locks, `${name}-2`);
    for (let count = 0; count < 3; count += 1) await renewal(next.gate);
    expect(gate.passed(isWrite)).toBe(before);
  });

  test('of an owner that nobody hears of any more runs out, and the next one takes over', async () => {
    const { gate, locks } = await instance({ lease: 900, patience: 0 });
    await hold(locks);
    const silence = gate.stall();
    const impatientOne = tableLocks(azurite, { lease: 60_000, patience: 0 });
    expect(await refusalOf(impatientOne.under(name, fail))).toMatchObject({ code: 'LockNotHad' });
    expect(await lastWriteOf(tableLocks(azurite, { lease: 60_000, patience: 5_000 }))).toBe(epoch);
    silence.go();
  });

  test('ends with the work, also in the middle of a renewal', async () => {
    const { gate, locks } = await instance({ lease: 1_500, patience: 0 });
    const holding = await hold(locks);
    const held = await gate.holdAnswer(isWrite);
    const ended = holding.end();
    held.go();
    await ended;
    expect(await lastWriteOf(tableLocks(azurite, { lease: 60_000, patience: 0 }))).toBe(epoch);
  });
});

async function fail(): Promise<never> {
  throw new Error('two work at the same time');
}
