import type { Control } from '../core/control';
import { same, type Resource } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import type { Log } from '../flow-logging/coverage';
import { types } from '../flow-logging/types';
import { controlId, judgedLog, type Known } from './live-flow-logs/judged';
import { rearming } from './live-flow-logs/remedy';
import { watchedFor } from './live-flow-logs/watched';

export const liveFlowLogs = {
  id: controlId,
  title: 'Every flow log writes what it logs',
  judges: [
    'Each flow log that counts for the network has a blob in its storage account that is not older than FLOW_LOG_SILENCE_MINUTES: «applied» is not «logging».',
    'Blobs are listed by the hour, the newest hour first, never the whole container, and their content is not read. The app needs the role Storage Blob Data Reader and a way through the account’s firewall; without them the verdict is unknown.',
    'A log is silent only while its network carries traffic, which is derived: a network interface or gateway has an address in a subnet that the log records, and no narrower log of its own. Private endpoints do not count, for their traffic is recorded at its source. A machine that is stopped keeps its address and counts.',
    'A log that is new, moved to another account or just switched on has FLOW_LOG_SILENCE_MINUTES to write its first blob, from the first look on; until then nothing is said of it. One that was switched off and on again by Steward is unknown until its first blob is there.',
    'A log that is off, or that names no account that exists, is judged by flow-logs and not applicable here; one that Steward switched off and not on again is a violation.',
    'The finding keeps when the log was written, when that was confirmed, and the time of the blob by which it was first seen to flow.',
  ],
  severity: 'high',
  requirement: '3',
  subjects: [types.network],
  reads: [types.watcher, types.flowLog, types.account, types.lifecycle],
  remembers: [controlId, 'flow-logs'],
  evaluate: (subject, inventory, settings, past): Verdict | readonly Aspect[] =>
    judged(withoutNulls(subject), { inventory: inventoryWithoutNulls(inventory), settings, past }),
  concerns: (written) => {
    const target = same(written.type, types.flowLog) ? (written as Log).properties?.targetResourceId : undefined;
    const network = /^.+\/virtualNetworks\/[^/]+/i.exec(target ?? '')?.[0];
    return network === undefined ? [] : [network];
  },
  remedy: rearming,
} satisfies Control;

function judged(network: Resource, known: Known): Verdict | readonly Aspect[] {
  const watched = watchedFor(network, known.inventory);
  if (watched.state === 'unread') return { state: 'unknown', reason: watched.reason };
  return watched.value.map((one) => judgedLog(one, known).aspect);
}
