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
  if (!text.endsWith('\n')) return undefined;
  const line = parsed(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
  return line && { sequence: line.sequence, hash: line.hash };
}

/** A line as it lies in its segment, with its end of line where it has one. */
export interface PlacedLine {
  /** As `000001.jsonl, line 7`. */
  readonly place: string;
  readonly bytes: Buffer;
}

export interface ChainVisitor {
  /** Is told what is wrong, as `000001.jsonl, line 7: …`. */
  readonly fault: (text: string) => void;
  /** Is given what each line says, whether it is as it was written or not. */
  readonly record?: (record: LedgerRecord) => void;
}

export interface ChainReport {
  readonly lines: number;
  /** Changes that were begun, by id, with the state of their last end. */
  readonly changes: ReadonlyMap<string, LedgerEnd['state'] | 'no end'>;
}

/**
 * Checks the chain of a subscription from its first line on, byte by byte: each line's hash, its link to the line before
 * it, and what it says. No fault: every line is what was written, and none is missing but at the end.
 */
export async function checkChain(
  subscriptionId: string,
  lines: AsyncIterable<PlacedLine> | Iterable<PlacedLine>,
  visitor: ChainVisitor,
): Promise<ChainReport> {
  const changes = new Map<string, LedgerEnd['state'] | 'no end'>();
  let before = root;
  let count = 0;
  for await (const { place, bytes } of lines) {
    count += 1;
    const line = parsed(bytes.toString('utf8'));
    const fault =
      line === undefined ? unreadable(bytes) : faultOf({ line, bytes, before }, { subscriptionId, changes });
    if (fault !== undefined) visitor.fault(`${place}: ${fault}`);
    if (line === undefined) continue;
    before = { sequence: line.sequence, hash: line.hash };
    const { record } = line;
    changes.set(record.changeId, record.kind === 'begin' ? 'no end' : record.end.state);
    visitor.record?.(record);
  }
  return { lines: count, changes };
}

interface Found {
  readonly line: Line;
  readonly bytes: Buffer;
  readonly before: Link;
}

interface Chain {
  readonly subscriptionId: string;
  readonly changes: ReadonlyMap<string, unknown>;
}

function unreadable(bytes: Buffer): string {
  return bytes.at(-1) === endOfLine ? 'it cannot be read' : 'it is cut off';
}

function faultOf({ line, bytes, before }: Found, { subscriptionId, changes }: Chain): string | undefined {
  const { changeId, kind } = line.record;
  if (bytes.at(-1) !== endOfLine) return 'it is cut off';
  if (hashIn(bytes) !== line.hash) return 'its hash is not that of its content';
  if (line.sequence !== before.sequence + 1)
    return `it is number ${line.sequence} after number ${before.sequence}: lines are missing or out of order`;
  if (line.previous !== before.hash) return 'it does not follow from the line before it';
  if (!changeId.startsWith(`${subscriptionId}-`)) return `it tells of change ${changeId}, of another subscription`;
  return kind === 'end' && !changes.has(changeId) ? `it ends change ${changeId}, which never began` : undefined;
}

/** The hash of what stands before a line's own hash; undefined when the line does not end with one. */
function hashIn(bytes: Buffer): string | undefined {
  const start = bytes.length - hashLength;
  const isWhole = start > 0 && /^,"hash":"[0-9a-f]{64}"\}\n$/.test(bytes.toString('latin1', start));
  return isWhole ? createHash('sha256').update(bytes.subarray(0, start)).update('}').digest('hex') : undefined;
}

const endOfLine = 0x0a;
/** Bytes of `,"hash":"…"}` with the end of the line. */
const hashLength = 76;

function parsed(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    return isLine(line) ? line : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isLine(line: Partial<Line> | null): line is Line {
  const record = line?.record as Partial<LedgerRecord> | undefined | null;
  const says = record?.kind === 'begin' ? record.change : record?.kind === 'end' && record.end?.state;
  return (
    typeof line?.sequence === 'number' &&
    typeof line.hash === 'string' &&
    typeof record?.changeId === 'string' &&
    Boolean(says)
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
