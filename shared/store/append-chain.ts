import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob';
import { lastLinkIn, lineAfter, root, type LedgerRecord, type Link } from './ledger-chain';
import { hasStatus } from './tables';

/** Where the next line of a chain goes. */
interface Tail {
  readonly segment: number;
  readonly length: number;
  readonly blocks: number;
  readonly link: Link;
}

/** An append blob takes 50,000 blocks (Azure Storage: append blobs); a segment ends well before. */
const mostBlocks = 45_000;
/** Other instances append, too; each try finds the chain longer. */
const mostTries = 50;

/** The container, made when it is not there yet. */
export type Container = () => Promise<ContainerClient>;

/**
 * Appends to the chain of one subscription, in append blobs `<subscription>/000001.jsonl`, `000002` …: each line only at
 * the place that it was made for, so that instances that append at the same moment never break the chain. Nothing is
 * ever overwritten, so that the container may be immutable with protected appends.
 */
export function appendChain(container: Container, name: string): (record: LedgerRecord) => Promise<void> {
  let known: Tail | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const append = async (record: LedgerRecord): Promise<void> => {
    const client = await container();
    for (let tries = 1; tries <= mostTries; tries += 1) {
      known ??= await tailOf(client, name);
      const tail = known.blocks < mostBlocks ? known : { ...known, segment: known.segment + 1, length: 0, blocks: 0 };
      known = await appended(client.getAppendBlobClient(blobName(name, tail.segment)), tail, record);
      if (known !== undefined) return;
    }
    throw new Error(`the ledger ${name} was written by others ${mostTries} times in a row`);
  };

  return (record) => {
    const mine = last.then(() => append(record));
    last = mine.catch(() => (known = undefined));
    return mine;
  };
}

export function blobName(name: string, segment: number): string {
  return `${name}/${String(segment).padStart(6, '0')}.jsonl`;
}

/** The new tail; undefined when somebody else was there first. */
async function appended(blob: AppendBlobClient, tail: Tail, record: LedgerRecord): Promise<Tail | undefined> {
  const { text, link } = lineAfter(tail.link, record);
  const bytes = Buffer.from(text, 'utf8');
  const next = { segment: tail.segment, length: tail.length + bytes.length, blocks: tail.blocks + 1, link };
  if (tail.length === 0) await blob.createIfNotExists();
  try {
    await blob.appendBlock(bytes, bytes.length, { conditions: { appendPosition: tail.length } });
    return next;
  } catch (error) {
    if (!hasStatus(error, 412)) throw error;
    // A request whose answer was lost is sent again by the client and finds its own line there.
    return (await holds(blob, tail.length, bytes)) ? next : undefined;
  }
}

async function holds(blob: AppendBlobClient, offset: number, bytes: Buffer): Promise<boolean> {
  const { contentLength = 0 } = await blob.getProperties();
  if (contentLength < offset + bytes.length) return false;
  return (await blob.downloadToBuffer(offset, bytes.length)).equals(bytes);
}

async function tailOf(container: ContainerClient, name: string): Promise<Tail> {
  const segments = await segmentsOf(container, name);
  for (const segment of segments.toReversed()) {
    const blob = container.getAppendBlobClient(blobName(name, segment));
    const { contentLength: length = 0, blobCommittedBlockCount: blocks = 0 } = await blob.getProperties();
    const link = length === 0 ? undefined : await lastLink(blob, length);
    // A segment that is empty yet goes on from the one before it.
    if (link !== undefined) return { segment, length, blocks, link };
    if (segment === 1) return { segment, length, blocks, link: root };
  }
  return { segment: 1, length: 0, blocks: 0, link: root };
}

const firstBite = 65_536;

/** Reads from the end until a whole line is there. Throws when the blob does not end with a line of a ledger. */
async function lastLink(blob: AppendBlobClient, length: number): Promise<Link> {
  for (let bite = firstBite; ; bite *= 8) {
    const offset = Math.max(0, length - bite);
    const link = lastLinkIn((await blob.downloadToBuffer(offset, length - offset)).toString('utf8'));
    if (link !== undefined) return link;
    if (offset === 0)
      throw new Error(`${blob.name} does not end with a line of the ledger; nothing is written until it does`);
  }
}

/** The numbers of a chain's segments, in order. */
export async function segmentsOf(container: ContainerClient, name: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { name: blob } of container.listBlobsFlat({ prefix: `${name}/` })) {
    const number = /\/(\d{6})\.jsonl$/.exec(blob)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers.toSorted((a, b) => a - b);
}
