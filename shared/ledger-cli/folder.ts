import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../core/errors';
import { chainsOf, type Segment, type StoredChains } from '../store/stored-chains';

/** The segments of the ledger that lie in a folder. Throws InputError when it cannot be read. */
export async function chainsBelow(folder: string): Promise<StoredChains> {
  const files = await filesBelow(folder);
  const segments = files.map((file): Segment => ({
    name: file.split(sep).join('/'),
    open: () => createReadStream(join(folder, file)) as AsyncIterable<Buffer>,
  }));
  return chainsOf(segments);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    const reason = reasons.get((error as { readonly code?: unknown }).code);
    if (reason === undefined) throw error;
    throw new InputError(`${folder}: ${reason}`);
  }
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such folder'],
  ['ENOTDIR', 'is a file; a folder is wanted'],
  ['EACCES', 'may not be read'],
]);
