import type { Announcement, Finding } from '../../../shared/core/finding';
import type { LedgerChange, LedgerEntry } from '../../../shared/core/ledger';
import type { FindingStore, Ledger, RunStore } from '../../../shared/core/ports';
import { isOver, type Run, type RunItem, type RunPart } from '../../../shared/core/run';
import { subscriptionOf } from '../../../shared/core/resource';
import type { FileMap } from './file-map';

/** A call of the app's tables: takes its time. */
export type Call = <T>(effect: () => T) => Promise<T>;

/** As `shared/store/findings.ts`; one that was written in between is decided on again. */
export function findingsIn(rows: FileMap, call: Call): FindingStore {
  const outbox = new Map<string, Announcement>();
  const textOf = (subscription: string, id: string): string | undefined => rows.get(`findings ${subscription}`, id);
  return {
    get: (subscription, id) => call(() => parsed<Finding>(textOf(subscription, id))),
    async *of(subscription) {
      const keys = await call(() => rows.keys(`findings ${subscription}`));
      for (const key of keys) {
        const finding = parsed<Finding>(textOf(subscription, key));
        if (finding !== undefined) yield finding;
      }
    },
    update: async ({ subscriptionId, findingId }, decide) => {
      for (;;) {
        const before = await call(() => textOf(subscriptionId, findingId));
        const change = decide(parsed<Finding>(before));
        if (change === undefined) return undefined;
        const isWritten = await call(() => {
          if (textOf(subscriptionId, findingId) !== before) return false;
          rows.set(`findings ${subscriptionId}`, findingId, JSON.stringify(change.finding));
          for (const one of change.announcements) outbox.set(one.key, one);
          return true;
        });
        if (isWritten) return change;
      }
    },
    remove: ({ subscriptionId, findingId }, decide) =>
      call(() => {
        const finding = parsed<Finding>(textOf(subscriptionId, findingId));
        if (finding !== undefined && decide(finding)) rows.delete(`findings ${subscriptionId}`, findingId);
      }),
    async *outbox() {
      yield* await call(() => [...outbox.values()]);
    },
    delivered: (announcements) => call(() => announcements.forEach(({ key }) => outbox.delete(key))),
    announce: async () => Promise.reject(new Error('the bench announces no turns')),
    lastTurn: async () => Promise.reject(new Error('the bench announces no turns')),
  };
}

/** As `shared/store/ledger.ts`. */
export function ledgerIn(rows: FileMap, call: Call): Ledger {
  const open = new Map<string, Map<string, LedgerChange>>();
  const subscription = ({ why }: LedgerChange): string => subscriptionOf(why.subjectId);
  return {
    begin: (change) =>
      call(() => {
        const changes = open.get(subscription(change)) ?? new Map<string, LedgerChange>();
        open.set(subscription(change), changes.set(change.changeId, change));
      }),
    end: (change, end) =>
      call(() => {
        rows.set(`ledger ${subscription(change)}`, change.changeId, JSON.stringify({ change, end }));
        if (end.state !== 'unproved') open.get(subscription(change))?.delete(change.changeId);
      }),
    unsettled: (id) => call(() => [...(open.get(id)?.values() ?? [])]),
    find: async () => Promise.reject(new Error('the bench looks no change up')),
    async *entries(id, since) {
      for (const key of await call(() => rows.keys(`ledger ${id}`))) {
        const entry = parsed<LedgerEntry>(rows.get(`ledger ${id}`, key));
        if (entry !== undefined && entry.change.at >= since) yield entry;
      }
    },
  };
}

/** As `shared/store/runs.ts`. */
export function runsIn(rows: FileMap, call: Call): RunStore {
  const runs = new Map<string, Run>();
  const parts = new Map<string, Map<string, RunPart>>();
  const partition = (id: string, subscription: string): string => `items ${id} ${subscription}`;
  return {
    create: (rest, some) =>
      call(() => {
        const run = { id: `run-${runs.size}`, ...rest };
        runs.set(run.id, run);
        parts.set(run.id, new Map(some.map((part) => [part.key, part])));
        return run;
      }),
    get: (id) => call(() => runs.get(id)),
    update: (id, decide) =>
      call(() => {
        const found = runs.get(id);
        const next = found && decide(found);
        if (next !== undefined) runs.set(id, next);
        return next;
      }),
    async *all() {
      yield* await call(() => [...runs.values()]);
    },
    part: (id, key) => call(() => parts.get(id)?.get(key)),
    async *parts(id, which) {
      const all = await call(() => [...(parts.get(id)?.values() ?? [])]);
      yield* all.filter((part) => which === 'all' || !isOver(part));
    },
    updatePart: (id, key, decide) =>
      call(() => {
        const found = parts.get(id)?.get(key);
        const next = found && decide(found);
        if (next !== undefined) parts.get(id)?.set(key, next);
        return next;
      }),
    keep: (id, items) =>
      call(() => {
        for (const item of items)
          rows.set(partition(id, item.subscriptionId), String(item.number).padStart(8, '0'), JSON.stringify(item));
      }),
    async *items(id, after) {
      if (after?.only !== true) throw new Error('the bench reads the items of one subscription at a time');
      const name = partition(id, after.subscriptionId);
      for (const key of await call(() => rows.keys(name))) {
        const item = Number(key) > after.number ? parsed<RunItem>(rows.get(name, key)) : undefined;
        if (item !== undefined) yield item;
      }
    },
    remove: (id) => call(() => void runs.delete(id)),
  };
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
