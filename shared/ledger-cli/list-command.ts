import type { LedgerChange, LedgerEnd, Why } from '../core/ledger';
import { lineOf } from '../core/what-if';
import type { LedgerRecord } from '../store/ledger-chain';
import { check } from './check';
import type { Source } from './source';
import type { Print } from './verify-command';

interface Listed {
  readonly at: string;
  readonly lines: readonly string[];
  end?: LedgerEnd;
}

/** `list`: changes with what they changed, newest last. Answers the number of faults, which go to `complain`. */
export async function listCommand(
  source: Source,
  since: string,
  out: { readonly print: Print; readonly complain: Print },
): Promise<number> {
  const changes = new Map<string, Listed>();
  let faults = 0;
  const fault = (text: string): void => {
    faults += 1;
    out.complain(text);
  };
  const record = (one: LedgerRecord): void => note(changes, one, since);
  for (const chain of source.chains) await check(source, chain, { fault, record });
  source.faults.forEach(fault);
  const sorted = [...changes.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1));
  for (const { at, lines, end } of sorted) {
    const [title = '', ...rest] = lines;
    out.print(`${at}  ${end?.state ?? 'no end'}  ${title}`);
    for (const line of rest) out.print(`  ${line}`);
    if (end !== undefined && end.state !== 'proved') out.print(`  ${end.state}: ${end.text}`);
  }
  return faults;
}

/** Kept as text, for a change holds whole resources. */
function note(changes: Map<string, Listed>, record: LedgerRecord, since: string): void {
  if (record.kind === 'begin') {
    if (record.at >= since) changes.set(record.changeId, { at: record.at, lines: linesOf(record.change) });
    return;
  }
  const listed = changes.get(record.changeId);
  if (listed !== undefined) listed.end = record.end;
}

function linesOf({ changeId, summary, resourceId, why, differences }: LedgerChange): readonly string[] {
  return [
    `${why.controlId}: ${summary}`,
    resourceId,
    `change ${changeId}, ${reasonOf(why)}`,
    ...differences.map((difference) => `  ${lineOf(difference)}`),
  ];
}

function reasonOf({ cause, findingId, runId, by, reverts }: Why): string {
  return [
    `for finding ${findingId} (${cause})`,
    ...(runId === undefined ? [] : [`in run ${runId}`]),
    ...(by === undefined ? [] : [`asked for by ${by}`]),
    ...(reverts === undefined ? [] : [`takes back change ${reverts}`]),
  ].join(', ');
}
