import { checkChain, type ChainReport, type ChainVisitor, type LedgerRecord } from '../store/ledger-chain';
import { linesIn, type StoredChain } from '../store/stored-chains';
import type { Source } from './source';

/** Checks one chain against itself and against the index; what the index holds was in the chain before. */
export async function check(source: Source, chain: StoredChain, visitor: ChainVisitor): Promise<ChainReport> {
  const { subscriptionId } = chain;
  const missing = new Map<string, LedgerRecord['kind']>();
  for await (const { change, end } of source.indexed(subscriptionId))
    missing.set(change.changeId, end === undefined ? 'begin' : 'end');
  const report = await checkChain(subscriptionId, linesIn(chain), {
    ...visitor,
    record: (record) => {
      if (missing.get(record.changeId) === record.kind) missing.delete(record.changeId);
      visitor.record?.(record);
    },
  });
  for (const [changeId, kind] of missing)
    visitor.fault(`${subscriptionId}: the ${kind} of change ${changeId} is in the index and not in the chain`);
  return report;
}
