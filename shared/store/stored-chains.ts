import type { BlobClient } from '@azure/storage-blob';
import { blobName } from './append-chain';
import { containerIn } from './blobs';
import { ledgerContainer } from './ledger';
import type { PlacedLine } from './ledger-chain';
import type { Account } from './tables';

/** A file or blob of the ledger. */
export interface Segment {
  /** `<subscription>/000001.jsonl`. */
  readonly name: string;
  readonly open: () => AsyncIterable<Buffer>;
}

/** The chain of one subscription, as it lies in storage or in a folder. */
export interface StoredChain {
  readonly subscriptionId: string;
  /** In their order. */
  readonly segments: readonly Segment[];
}

export interface StoredChains {
  readonly chains: readonly StoredChain[];
  /** What is wrong with what is there and not there, as `….jsonl is missing`. */
  readonly faults: readonly string[];
}

/** The segments of the ledger in the app's own storage. Throws the storage's error, 404 when there is no container. */
export async function chainsIn(account: Account): Promise<StoredChains> {
  const container = containerIn(account, ledgerContainer);
  const segments: Segment[] = [];
  for await (const { name } of container.listBlobsFlat())
    segments.push({ name, open: () => download(container.getBlobClient(name)) });
  return chainsOf(segments);
}

async function* download(blob: BlobClient): AsyncGenerator<Buffer> {
  const { readableStreamBody = [] } = await blob.download();
  for await (const chunk of readableStreamBody) yield Buffer.from(chunk);
}

const segmentName = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(\d{6})\.jsonl$/;

/** Sorts segments into chains; `.jsonl` files that are none, and numbers that are left out, are faults. */
export function chainsOf(found: readonly Segment[]): StoredChains {
  const strange = found.filter(({ name }) => name.endsWith('.jsonl') && !segmentName.test(name));
  const numbers = new Map<string, Map<number, Segment>>();
  for (const segment of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const [, subscriptionId, number] = segmentName.exec(segment.name) ?? [];
    if (subscriptionId === undefined) continue;
    const chain = numbers.get(subscriptionId) ?? new Map<number, Segment>();
    numbers.set(subscriptionId, chain.set(Number(number), segment));
  }
  const gaps = [...numbers].flatMap(([subscriptionId, chain]) => missing(subscriptionId, [...chain.keys()]));
  return {
    chains: [...numbers].map(([subscriptionId, chain]) => ({ subscriptionId, segments: [...chain.values()] })),
    faults: [...strange.map(({ name }) => `${name} is not the name of a segment`), ...gaps],
  };
}

/** Segments are numbered from 1 on, without a gap. `numbers` are in order. */
function missing(subscriptionId: string, numbers: readonly number[]): readonly string[] {
  const nameOf = (number: number): string => blobName(subscriptionId, number);
  return numbers.flatMap((number, index) => {
    const wanted = index === 0 ? 1 : (numbers[index - 1] ?? 0) + 1;
    if (number === 0) return [`${nameOf(0)} is not the name of a segment`];
    if (number === wanted) return [];
    return number - 1 === wanted
      ? [`${nameOf(wanted)} is missing`]
      : [`${nameOf(wanted)} to ${nameOf(number - 1)} are missing`];
  });
}

/** Bytes. A line that is longer is none of the ledger's; the rest of it is not kept. */
const longestLine = 16_777_216;
const endOfLine = 0x0a;

/** The lines of a chain, one after the other. */
export async function* linesIn({ segments }: StoredChain): AsyncGenerator<PlacedLine> {
  for (const { name, open } of segments) {
    let number = 0;
    for await (const bytes of splitLines(open())) {
      number += 1;
      yield { place: `${name}, line ${number}`, bytes };
    }
  }
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    if (part.length === 0 || length > longestLine) return;
    parts.push(part);
    length += part.length;
  };
  const taken = (): Buffer => {
    const line = Buffer.concat(parts);
    [parts, length] = [[], 0];
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(endOfLine); end !== -1; end = chunk.indexOf(endOfLine, start)) {
      keep(chunk.subarray(start, end + 1));
      start = end + 1;
      yield taken();
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) yield taken();
}
