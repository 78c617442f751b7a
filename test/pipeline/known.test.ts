import type { Reading, Query } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import {
  nothingKnown,
  viewOf,
  withReads,
  withResource,
  withoutResource,
  type Known,
} from '../../shared/pipeline/known';
import { log, logId, watcherId } from '../controls/landing-zone';
import { having } from '../given';

const now = '2026-03-01T08:00:00.000Z';
const logs = {
  kind: 'list',
  type: 'Microsoft.Network/networkWatchers/flowLogs',
  scope: watcherId,
} as const satisfies Query;

function knowing(result: Reading<Found>): Known {
  return withReads(nothingKnown(now), [{ query: logs, readAt: now, result }]);
}

function asked(known: Known, id: string): { readonly found: Reading<Found>; readonly isMissing: boolean } {
  const { inventory, missing } = viewOf(known, now);
  const found = inventory.get(id);
  return { found, isMissing: missing.size > 0 };
}

const listed = knowing({ state: 'read', value: [log] });

describe('a resource is answered from the list that it belongs to', () => {
  test('in any case of its id, and Azure is not asked', () => {
    expect(asked(listed, logId.toUpperCase())).toEqual({ found: { state: 'read', value: log }, isMissing: false });
  });

  test('as one that does not exist where the list does not show it', () => {
    const answer = { found: { state: 'read', value: undefined }, isMissing: false };
    expect(asked(listed, `${logId}2`)).toEqual(answer);
    expect(asked(knowing({ state: 'read', value: [] }), logId)).toEqual(answer);
  });

  test('never from a list that could not be read, nor from that of another parent', () => {
    expect(asked(knowing({ state: 'unread', reason: 'refused' }), logId).isMissing).toBe(true);
    expect(asked(listed, logId.replace(watcherId, `${watcherId}2`)).isMissing).toBe(true);
  });

  test('as it is after a write, and not at all once it is gone', () => {
    const off = having(log, { enabled: false });
    expect(asked(withResource(listed, off), logId).found).toEqual({ state: 'read', value: off });
    expect(asked(withoutResource(listed, logId), logId).found).toEqual({ state: 'read', value: undefined });
    expect(viewOf(withResource(listed, off), now).inventory.list(logs.type, watcherId)).toMatchObject({ value: [off] });
    expect(viewOf(withoutResource(listed, logId), now).inventory.list(logs.type, watcherId)).toMatchObject({
      value: [],
    });
  });
});
