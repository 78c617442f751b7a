import { InputError } from '../core/errors';
import type { LedgerEntry } from '../core/ledger';
import { ledgerStore } from '../store/ledger';
import { chainsIn, type StoredChains } from '../store/stored-chains';
import { hasStatus, type Account } from '../store/tables';
import { chainsBelow } from './folder';
import type { Options } from './options';

/** Where a ledger is read from. */
export interface Source extends StoredChains {
  /** What the index of the ledger says; nothing where there is no index. */
  readonly indexed: (subscriptionId: string) => AsyncIterable<LedgerEntry> | Iterable<LedgerEntry>;
}

/** The chains that are asked for. Throws InputError when there are none, SettingsError, and what the storage throws. */
export async function sourceFor({ folder, subscriptionId }: Options, own: () => Account): Promise<Source> {
  const source = folder === undefined ? await storageSource(own()) : await folderSource(folder);
  if (subscriptionId === undefined) return source;
  const chains = source.chains.filter((chain) => chain.subscriptionId === subscriptionId);
  if (chains.length === 0) throw new InputError(`there is no chain of subscription ${subscriptionId}`);
  return { ...source, chains, faults: source.faults.filter((fault) => fault.startsWith(`${subscriptionId}/`)) };
}

async function folderSource(folder: string): Promise<Source> {
  const found = await chainsBelow(folder);
  if (found.chains.length === 0 && found.faults.length === 0)
    throw new InputError(`${folder}: there is no chain in it; files <subscription>/000001.jsonl are wanted`);
  return { ...found, indexed: () => [] };
}

async function storageSource(account: Account): Promise<Source> {
  try {
    return {
      ...(await chainsIn(account)),
      indexed: (subscriptionId) => ledgerStore(account).entries(subscriptionId, ''),
    };
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    throw new InputError('the app’s storage has no ledger: nothing was ever written, or its container was deleted');
  }
}
