import fc from 'fast-check';
import type { World } from '../../shared/core/ports';
import { postureTable } from '../../shared/core/tables';
import { schedules } from './arbitraries';
import { isKnown } from './known-defects';
import { play, type Story } from './run';
import { scheduleOf, type Schedule } from './schedule';
import type { Broken } from './sim';

/** Readable in fast-check's report: what broke and how it came to it. */
function complaints(schedule: Schedule, { broken, notes }: Story): string {
  const unknown = broken.filter((one) => !isKnown(schedule, one));
  if (unknown.length === 0) return '';
  const trace = notes.map(({ at, who, text }) => `${(at / 1_000).toFixed(3)} ${who}: ${text}`);
  return [...unknown.map(({ invariant, text }) => `${invariant}: ${text}`), ...trace].join('\n');
}

test('whatever fails and whatever others do: everything ends right, nothing is lost, nothing is changed that nobody allowed', async () => {
  const property = fc.asyncProperty(schedules, async (schedule) => {
    expect(complaints(schedule, await play(schedule))).toBe('');
  });
  await fc.assert(property, { numRuns: 50, seed: 4 });
}, 60_000);

test('a seed tells the same story again', async () => {
  const schedule = scheduleOf(11, 12);
  expect((await play(schedule)).notes).toEqual((await play(schedule)).notes);
});

test('without consent nothing is written, whatever happens', async () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { figures, broken } = await play({ ...scheduleOf(seed, 12), remediate: false });
    expect(figures.writes).toBe(0);
    expect(broken.filter(({ invariant }) => invariant === 'no write without consent')).toEqual([]);
  }
});

/** A story without faults, in which the app has something to do. */
const plain: Schedule = { ...scheduleOf(7, 0), instances: 1, remediate: true, timer: true, pause: false, faults: [] };

describe('a change whose event is lost', () => {
  const lost: Schedule = {
    ...plain,
    deeds: [{ at: 60_000, kind: 'touch network', which: 0, how: 0, told: { copies: 0, afterMs: 0 } }],
  };

  test('is found in the activity log, judged and counted', async () => {
    const { broken, notes } = await play(lost);
    expect(broken).toEqual([]);
    expect(notes.filter(({ text }) => /1 changes that no event announced/.test(text))).toHaveLength(1);
  });

  test('is noticed here when the log is not read', async () => {
    const activityLog: World['activityLog'] = { changes: () => nothing() };
    const { broken } = await play(lost, { tamper: () => ({ activityLog }) });
    expect(broken.map(({ invariant }) => invariant)).toEqual(['no change unheard']);
  });
});

const sabotages: readonly [string, Broken['invariant'], (world: World) => Partial<World>][] = [
  [
    'a row that is lost',
    'transitions complete',
    ({ sentinel }) => ({
      sentinel: { ingest: async (rows) => (await sentinel.ingest(rows.slice(1)), rows) },
    }),
  ],
  [
    'a posture that is lost',
    'a posture every hour',
    ({ sentinel }) => ({
      sentinel: {
        ingest: async (rows) => (await sentinel.ingest(rows.filter(({ table }) => table !== postureTable.name)), rows),
      },
    }),
  ],
  [
    'an hour that is told of twice',
    'a posture every hour',
    ({ findings }) => ({ findings: { ...findings, lastTurn: async () => undefined, announce: async () => true } }),
  ],
  ['a message that is lost', 'everything right', () => ({ queue: nowhere })],
  [
    'a log that is written switched off',
    'only what was allowed',
    ({ writer }) => ({
      writer: {
        ...writer,
        write: ({ body, ...action }) =>
          writer.write({ ...action, body: { ...body, properties: { ...body.properties, enabled: false } } }),
      },
    }),
  ],
  [
    'an account of somebody else that is written',
    'only what was allowed',
    ({ writer }) => ({
      writer: { ...writer, write: (action) => writer.write({ ...action, id: foreign(action.id) }) },
    }),
  ],
  [
    'a finding that is never stored',
    'findings as they are',
    ({ findings }) => ({ findings: { ...findings, update: async () => undefined } }),
  ],
  [
    'a write that nobody entered',
    'the ledger is complete',
    ({ ledger }) => ({ ledger: { ...ledger, begin: async () => undefined } }),
  ],
];

async function* nothing(): AsyncGenerator<never> {
  yield* [];
}

const nowhere: World['queue'] = {
  send: async () => undefined,
  poison: async () => undefined,
  poisoned: async () => 0,
  listPoisoned: async () => [],
  putBack: async () => ({ putBack: 0, refused: [] }),
  keepPoisoned: async () => 0,
};

function foreign(id: string): string {
  return id.replace(/storageAccounts\/stflow[^/]+$/, 'storageAccounts/stelse');
}

test.each(sabotages)('the harness notices %s', async (_, invariant, tamper) => {
  const { broken } = await play(plain, { tamper });
  expect(broken.map((one) => one.invariant)).toContain(invariant);
});

test('and has nothing to say of that story as it is', async () => {
  expect((await play(plain)).broken).toEqual([]);
});
