import type { LedgerChange, LedgerEnd, LedgerEntry } from '../../shared/core/ledger';
import type { Ledger } from '../../shared/core/ports';
import { nameOf, subscriptionOf } from '../../shared/core/resource';
import type { LedgerRecord } from '../../shared/store/ledger-chain';
import type { Sim } from './sim';
import type { Calls } from './tables';

/** The app's ledger: lines that are only ever added, and their index. */
export interface Ledgers {
  readonly records: LedgerRecord[];
  readonly entries: Map<string, LedgerEntry>;
  readonly unsettled: Map<string, LedgerChange>;
}

export function emptyLedgers(): Ledgers {
  return { records: [], entries: new Map(), unsettled: new Map() };
}

/** As `shared/store/ledger.ts`: first the line, then the index. */
export function ledgerOver({ records, entries, unsettled }: Ledgers, call: Calls): Ledger {
  /** A line that is sent again after its answer was lost is found where it was put. */
  const append = (record: LedgerRecord): void => {
    const isThere = records.some(
      (one) => one.changeId === record.changeId && one.kind === record.kind && one.at === record.at,
    );
    if (!isThere) records.push(record);
  };
  return {
    begin: async (change) => {
      const { changeId, at } = change;
      await call('ledger.append', changeId, () => {
        append({ kind: 'begin', changeId, at, change });
      });
      await call('ledger.index', changeId, () => {
        entries.set(changeId, { change });
        unsettled.set(changeId, change);
      });
    },
    end: async (change, end) => {
      const { changeId } = change;
      await call('ledger.append', changeId, () => {
        append({ kind: 'end', changeId, at: end.at, end });
      });
      await call('ledger.index', changeId, () => {
        entries.set(changeId, { change, end });
        if (end.state !== 'unproved') unsettled.delete(changeId);
      });
    },
    unsettled: (subscriptionId) =>
      call('ledger.read', subscriptionId, () =>
        [...unsettled.values()].filter(({ why }) => subscriptionOf(why.subjectId) === subscriptionId),
      ),
    find: (changeId) => call('ledger.read', changeId, () => entries.get(changeId)),
    async *entries(_, since) {
      const found = await call('ledger.read', since, () => [...entries.values()]);
      for (const entry of found) if (entry.change.at >= since) yield entry;
    },
  };
}

/** Every write that Azure accepted was in the ledger before, and what the ledger calls proved was accepted. */
export function inspectLedger(sim: Sim): void {
  const { records, unsettled } = sim.ledger;
  const begun = records.flatMap((record) => (record.kind === 'begin' ? [record.change] : []));
  const accepted = countBy(sim.written.map(({ id, body }) => keyOf(id, body)));
  const entered = countBy(begun.map(({ resourceId, body }) => keyOf(resourceId, body)));
  for (const [key, count] of accepted)
    if (count > (entered.get(key) ?? 0))
      sim.report('the ledger is complete', `${count} writes of ${told(key)}, ${entered.get(key) ?? 0} entered`);
  const ends = new Map<string, LedgerEnd>();
  for (const record of records) if (record.kind === 'end') ends.set(record.changeId, record.end);
  const proved = countBy(
    begun
      .filter(({ changeId }) => ends.get(changeId)?.state === 'proved')
      .map(({ resourceId, body }) => keyOf(resourceId, body)),
  );
  for (const [key, count] of proved)
    if (count > (accepted.get(key) ?? 0))
      sim.report(
        'the ledger is complete',
        `${count} proved writes of ${told(key)}, ${accepted.get(key) ?? 0} accepted`,
      );
  for (const change of unsettled.values())
    sim.report('the ledger is complete', `${change.summary} (${nameOf(change.resourceId)}) was never settled`);
}

function keyOf(id: string, body: unknown): string {
  return `${id.toLowerCase()}|${JSON.stringify(body)}`;
}

function told(key: string): string {
  return nameOf(key.split('|')[0] ?? '');
}

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
