import { createHash } from 'node:crypto';
import type { LedgerChange, LedgerEnd } from '../core/ledger';

/** What a line of the ledger says. */
export type LedgerRecord =
  | { readonly kind: 'begin'; readonly changeId: string; readonly at: string; readonly change: LedgerChange }
  | { readonly kind: 'end'; readonly changeId: string; readonly at: string; readonly end: LedgerEnd };

/** The place of a line in its chain. */
export interface Link {
  /** Counts from 1. */
  readonly sequence: number;
  /** SHA-256 of the line without its hash, as hex digits. */
  readonly hash: string;
}

/** Where a chain begins. */
export const root: Link = { sequence: 0, hash: '0'.repeat(64) };

interface Line {
  readonly sequence: number;
  readonly previous: string;
  readonly record: LedgerRecord;
  readonly hash: string;
}

/** The next line of a chain: JSON that names the hash of the line before it, and its own as the last field. */
export function lineAfter(before: Link, record: LedgerRecord): { readonly text: string; readonly link: Link } {
  const content = { sequence: before.sequence + 1, previous: before.hash, record };
  const hash = hashOf(JSON.stringify(content));
  return { text: `${JSON.stringify({ ...content, hash })}\n`, link: { sequence: content.sequence, hash } };
}

/** The place of the last line of a text; undefined when the text holds no whole line. */
export function lastLinkIn(text: string): Link | undefined {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const line = parsed(last);
  return line && { sequence: line.sequence, hash: line.hash };
}

export interface ChainReport {
  readonly lines: number;
  /** Changes that were begun, by id, with the state of their last end. */
  readonly changes: ReadonlyMap<string, LedgerEnd['state'] | 'no end'>;
  /** What is wrong, as `line 7: …`; empty when every line is what was written, and none is missing but at the end. */
  readonly faults: readonly string[];
}

/** Checks a chain from its first line on: each line's hash, its link to the line before it, and what it says. */
export function checkChain(texts: Iterable<string>): ChainReport {
  const changes = new Map<string, LedgerEnd['state'] | 'no end'>();
  const faults: string[] = [];
  let before = root;
  let count = 0;
  for (const text of linesOf(texts)) {
    count += 1;
    const line = parsed(text);
    const fault = line === undefined ? 'it cannot be read' : faultOf(line, before, changes);
    if (fault !== undefined) faults.push(`line ${count}: ${fault}`);
    if (line === undefined) continue;
    before = { sequence: line.sequence, hash: line.hash };
    const { record } = line;
    changes.set(record.changeId, record.kind === 'begin' ? 'no end' : record.end.state);
  }
  return { lines: count, changes, faults };
}

function* linesOf(texts: Iterable<string>): Generator<string> {
  for (const text of texts) yield* text.split('\n').filter((line) => line !== '');
}

function faultOf(line: Line, before: Link, changes: ReadonlyMap<string, unknown>): string | undefined {
  const { hash, ...content } = line;
  if (hashOf(JSON.stringify(content)) !== hash) return 'its hash is not that of its content';
  if (line.sequence !== before.sequence + 1)
    return `it is number ${line.sequence} after number ${before.sequence}: lines are missing or out of order`;
  if (line.previous !== before.hash) return 'it does not follow from the line before it';
  const isKnown = changes.has(line.record.changeId);
  return line.record.kind === 'end' && !isKnown
    ? `it ends change ${line.record.changeId}, which never began`
    : undefined;
}

function parsed(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    const isLine = typeof line?.sequence === 'number' && typeof line.hash === 'string' && line.record !== undefined;
    return isLine ? (line as Line) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
