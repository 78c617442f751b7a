import type { Receipts } from '../../shared/core/ports';
import type { Calls } from './tables';

/** The table of receipts as instances reach it: every call may fail, and every answer may be lost. */
export function receiptsOver(table: Receipts, call: Calls): Receipts {
  const read = async <T>(subject: string, work: () => Promise<T>): Promise<T> =>
    (await call('findings.read', subject, () => ({ answer: work() }))).answer;
  const write = async (subject: string, work: () => Promise<void>): Promise<void> =>
    (await call('findings.write', subject, () => ({ done: work() }))).done;
  return {
    heard: (id, at) => write(id, () => table.heard(id, at)),
    lastHeard: (subscriptionId, id) => read(id, () => table.lastHeard(subscriptionId, id)),
    forget: (subscriptionId, before) => write('receipts', () => table.forget(subscriptionId, before)),
    gaps: (subscriptionId) => read('gaps', () => table.gaps(subscriptionId)),
    updateGaps: (subscriptionId, decide) => write('gaps', () => table.updateGaps(subscriptionId, decide)),
    canary: (subscriptionId) => read('canary', () => table.canary(subscriptionId)),
    updateCanary: (subscriptionId, decide) => write('canary', () => table.updateCanary(subscriptionId, decide)),
  };
}
