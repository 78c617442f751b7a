import { changeIdFor, type LedgerChange, type LedgerEnd } from '../../shared/core/ledger';
import { lineAfter, root, type LedgerRecord } from '../../shared/store/ledger-chain';
import { logId } from '../controls/landing-zone';
import { subscriptionId } from '../given';

/** A change of a subscription, as it is known before it is sent; `number` keeps several apart and in order. */
export function changeIn(subscription: string, number: number, changed: Partial<LedgerChange> = {}): LedgerChange {
  const at = new Date(Date.parse('2026-03-01T08:00:00.000Z') + number).toISOString();
  const id = logId.replace(subscriptionId, subscription);
  return {
    changeId: changeIdFor(subscription, at, 'abcdefg234567'),
    at,
    resourceId: id,
    summary: `repair flow log number ${number}`,
    why: { controlId: 'flow-logs', findingId: 'f1', subjectId: id, cause: 'event' },
    lock: 'lock',
    differences: [{ path: 'properties.enabled', before: false, after: true }],
    body: { properties: { enabled: true, note: 'a «b»\n😀 \u0001' } },
    ...changed,
  };
}

export function endOf({ at }: LedgerChange, state: LedgerEnd['state'] = 'proved'): LedgerEnd {
  return { at: new Date(Date.parse(at) + 500).toISOString(), state, text: `it was ${state}` };
}

export function begun(change: LedgerChange): LedgerRecord {
  return { kind: 'begin', changeId: change.changeId, at: change.at, change };
}

export function ended(change: LedgerChange, state: LedgerEnd['state'] = 'proved'): LedgerRecord {
  const end = endOf(change, state);
  return { kind: 'end', changeId: change.changeId, at: end.at, end };
}

/** The lines of a chain, each with its end of line. */
export function linesOf(records: readonly LedgerRecord[]): readonly string[] {
  let last = root;
  return records.map((record) => {
    const { text, link } = lineAfter(last, record);
    last = link;
    return text;
  });
}
