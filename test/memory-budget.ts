import { take, turn, unused, withBlock, type Usage, type Usages } from '../shared/core/budget';
import type { Budget } from '../shared/core/ports';

/** As `shared/store/budget.ts` over Azure Tables: rows that several instances may share, and their one clock (milliseconds). */
export function memoryBudget(rows: Map<string, Usage>, clock: () => number): Budget {
  const keep = (usages: Usages): void => {
    for (const [name, usage] of usages) rows.set(name, usage);
  };
  return {
    take: async (limits) => {
      const { answer, usages } = take(rows, limits, clock() / 1_000);
      keep(usages);
      return answer;
    },
    turn: async (limits, soon) => {
      const { answer, usages } = turn(rows, limits, { now: clock() / 1_000, soon });
      keep(usages);
      return answer;
    },
    block: async (names, until) => {
      for (const name of names) rows.set(name, withBlock(rows.get(name) ?? unused, Date.parse(until) / 1_000));
    },
  };
}
