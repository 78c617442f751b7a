import type { Receipts } from '../../shared/core/delivery';
import { nameOf, parseId } from '../../shared/core/resource';
import { subscriptionId } from '../given';
import type { Sim } from './sim';
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

/** As much as clocks may differ without a change counting as missed. */
const tolerance = 10_000;

/** Every change that the activity log tells of was announced by an event, also one about its parent, or counted as missed. */
export async function inspectReceipts({ receipts, logged, report }: Sim): Promise<void> {
  const { since = '', watermark = '' } = (await receipts.gaps(subscriptionId)) ?? {};
  for (const { resourceId, at } of logged) {
    if (at < since || at > watermark) continue;
    const { parent = resourceId } = parseId(resourceId);
    const heard = await Promise.all([resourceId, parent].map((id) => receipts.lastHeard(subscriptionId, id)));
    const least = new Date(Date.parse(at) - tolerance).toISOString();
    if (heard.every((one = '') => one < least))
      report('no change unheard', `${nameOf(resourceId)} changed at ${at} and was heard of ${heard[0] ?? 'never'}`);
  }
}
