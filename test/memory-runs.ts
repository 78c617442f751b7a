import type { RunStore } from '../shared/core/ports';
import { isOver, type Run, type RunItem, type RunPart } from '../shared/core/run';

export interface MemoryRuns {
  readonly store: RunStore;
  readonly runs: Map<string, Run>;
  readonly parts: Map<string, RunPart>;
  readonly items: Map<string, RunItem>;
}

/** As `shared/store/runs.ts`, in memory. */
export function memoryRuns(): MemoryRuns {
  const runs = new Map<string, Run>();
  const parts = new Map<string, RunPart>();
  const items = new Map<string, RunItem>();
  const rowOf = (id: string, subscription: string, number: number): string =>
    `${id}|${subscription}:${number < 0 ? '' : String(number).padStart(8, '0')}`;
  const sorted = <T>(rows: ReadonlyMap<string, T>, from: string, to: string): readonly T[] =>
    [...rows]
      .filter(([key]) => key > from && key < to)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value);
  const store: RunStore = {
    create: async (rest, some) => {
      const run = { id: `${rest.createdAt.replaceAll(/\D/g, '')}-${String(runs.size).padStart(8, '0')}`, ...rest };
      for (const part of some) parts.set(`${run.id}|${part.key}`, part);
      runs.set(run.id, run);
      return run;
    },
    get: async (id) => runs.get(id),
    update: async (id, decide) => {
      const found = runs.get(id);
      const next = found && decide(found);
      if (next !== undefined) runs.set(id, next);
      return next;
    },
    async *all() {
      yield* sorted(runs, '', '~');
    },
    part: async (id, key) => parts.get(`${id}|${key}`),
    async *parts(id, which) {
      for (const part of sorted(parts, `${id}|`, `${id}}`)) if (which === 'all' || !isOver(part)) yield part;
    },
    updatePart: async (id, key, decide) => {
      const found = parts.get(`${id}|${key}`);
      const next = found && decide(found);
      if (next !== undefined) parts.set(`${id}|${key}`, next);
      return next;
    },
    keep: async (id, some) => {
      for (const item of some) items.set(rowOf(id, item.subscriptionId, item.number), structuredClone(item));
    },
    async *items(id, after) {
      const from = after === undefined ? `${id}|` : rowOf(id, after.subscriptionId, after.number);
      yield* sorted(items, from, after?.only === true ? `${id}|${after.subscriptionId};` : `${id}}`);
    },
    remove: async (id) => {
      runs.delete(id);
      for (const rows of [parts, items]) for (const key of rows.keys()) if (key.startsWith(`${id}|`)) rows.delete(key);
    },
  };
  return { store, runs, parts, items };
}
