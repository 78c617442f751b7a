import type { LedgerEntry } from '../shared/core/ledger';
import type { Ledger } from '../shared/core/ports';
import { subscriptionOf } from '../shared/core/resource';

/** A ledger in a list, oldest first. */
export function memoryLedger(entries: LedgerEntry[]): Ledger {
  const placeOf = (changeId: string): number => entries.findIndex(({ change }) => change.changeId === changeId);
  const replace = (changeId: string, next: (entry: LedgerEntry) => LedgerEntry): void => {
    const place = placeOf(changeId);
    const entry = entries[place];
    if (entry !== undefined) entries[place] = next(entry);
  };
  return {
    begin: async (change) => void entries.push({ change }),
    end: async (change, end) => {
      replace(change.changeId, (entry) => ({ ...entry, end }));
      const { reverts } = change.why;
      if (reverts !== undefined && end.state === 'proved')
        replace(reverts, (entry) => ({ ...entry, revertedBy: change.changeId }));
    },
    unsettled: async (subscriptionId) =>
      entries
        .filter(({ end }) => end === undefined || end.state === 'unproved')
        .map(({ change }) => change)
        .filter(({ why }) => subscriptionOf(why.subjectId) === subscriptionId),
    find: async (changeId) => entries[placeOf(changeId)],
    async *entries(subscriptionId, since) {
      for (const entry of entries)
        if (entry.change.at >= since && subscriptionOf(entry.change.why.subjectId) === subscriptionId) yield entry;
    },
  };
}
