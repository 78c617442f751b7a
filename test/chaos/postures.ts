import { flowLogs } from '../../shared/controls/flow-logs';
import { differences } from '../../shared/core/compare';
import type { Sweeps } from '../../shared/core/sweeps';
import { subscriptionId } from '../given';
import type { Sim } from './sim';
import type { Calls } from './tables';

/** The table of sweeps as instances reach it. */
export function sweepsOver(table: Sweeps, call: Calls): Sweeps {
  return {
    ended: async (subscriptionId, controlId, at) =>
      (await call('findings.write', controlId, () => ({ done: table.ended(subscriptionId, controlId, at) }))).done,
    of: async (subscriptionId) =>
      (await call('findings.read', 'sweeps', () => ({ answer: table.of(subscriptionId) }))).answer,
  };
}

/**
 * Sentinel has a posture of the control for every hour that was announced, and for every hour of these ticks, which nothing
 * disturbed. A row that came twice says the same.
 */
export function inspectPostures({ postures, tables, report }: Sim, ticks: readonly number[]): void {
  const distinct = new Map<string, object>();
  for (const row of postures) {
    const id = String(row['EventId']);
    const known = distinct.get(id);
    if (known !== undefined && differences(known, row).length > 0)
      report('a posture every hour', `${id} was told of twice, and differently`);
    distinct.set(id, row);
  }
  const announced = [...tables.turns.values()].flat();
  for (const hour of new Set([...announced, ...ticks.map((at) => new Date(at).toISOString().slice(0, 13))]))
    if (!distinct.has(`posture-${subscriptionId}-${flowLogs.id}-${hour}`))
      report('a posture every hour', `nothing was told of ${hour}`);
}
