import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { subscriptionOfChange, type LedgerChange, type LedgerEnd, type LedgerEntry } from '../core/ledger';
import type { Ledger } from '../core/ports';
import { appendChain } from './append-chain';
import { containerIn } from './blobs';
import type { LedgerRecord } from './ledger-chain';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { hasStatus, tableIn, type Account } from './tables';

export const ledgerContainer = 'steward-ledger';

interface Row extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/**
 * The chain in append blobs is the evidence; the table is its index: `c:` every change with its end, `u:` those that
 * nobody has settled. The chain is always written first, so that nothing is in the index that it does not hold.
 */
export function ledgerStore(account: Account): Ledger {
  const table = tableIn(account, 'StewardChanges');
  const chainOf = chains(account);
  const note = (subscriptionId: string, record: LedgerRecord): Promise<void> => chainOf(subscriptionId)(record);
  return {
    begin: async (change) => {
      const { changeId, at } = change;
      const subscriptionId = subscriptionIn(changeId);
      await note(subscriptionId, { kind: 'begin', changeId, at, change });
      const rows = ['c', 'u'].map((kind): TransactionAction => [
        'upsert',
        rowFor(kind, changeId, { change }),
        'Replace',
      ]);
      await (await table()).submitTransaction(rows);
    },
    end: async (change, end) => {
      const { changeId } = change;
      await note(subscriptionIn(changeId), { kind: 'end', changeId, at: end.at, end });
      await index(await table(), change, end);
    },
    unsettled: async (subscriptionId) => {
      const entries = await Array.fromAsync(listed(table, subscriptionId, 'u:', 'u;'));
      return entries.map(({ change }) => change);
    },
    find: async (changeId) => {
      const subscriptionId = subscriptionOfChange(changeId);
      return subscriptionId === undefined ? undefined : found(await table(), subscriptionId, changeId);
    },
    entries: (subscriptionId, since) =>
      listed(table, subscriptionId, `c:${subscriptionId}-${since.replaceAll(/[-:.]/g, '')}`, 'c;'),
  };
}

/** One chain per subscription on this instance. */
function chains(account: Account): (subscriptionId: string) => (record: LedgerRecord) => Promise<void> {
  const all = new Map<string, (record: LedgerRecord) => Promise<void>>();
  const client = containerIn(account, ledgerContainer);
  let ready: Promise<unknown> | undefined;
  const container = async (): Promise<typeof client> => {
    ready ??= client.createIfNotExists();
    ready.catch(() => (ready = undefined));
    await ready;
    return client;
  };
  return (subscriptionId) => {
    const chain = all.get(subscriptionId) ?? appendChain(container, subscriptionId);
    all.set(subscriptionId, chain);
    return chain;
  };
}

/** A request whose answer was lost is sent again by the client, and finds its own deletion done. */
async function index(client: TableClient, change: LedgerChange, end: LedgerEnd): Promise<void> {
  await submitEnd(client, change, end).catch(async (error: unknown) => {
    if (!hasStatus(error, 404)) throw error;
    await submitEnd(client, change, end);
  });
}

async function submitEnd(client: TableClient, change: LedgerChange, end: LedgerEnd): Promise<void> {
  const { changeId, why } = change;
  const actions: TransactionAction[] = [['upsert', rowFor('c', changeId, { change, end }), 'Replace']];
  if (end.state !== 'unproved' && (await isUnsettled(client, changeId))) {
    actions.push(['delete', { partitionKey: subscriptionIn(changeId), rowKey: `u:${changeId}` }]);
  }
  const reverted = why.reverts !== undefined && end.state === 'proved' ? why.reverts : undefined;
  const entry = reverted === undefined ? undefined : await found(client, subscriptionIn(reverted), reverted);
  if (reverted !== undefined && entry !== undefined)
    actions.push(['upsert', rowFor('c', reverted, { ...entry, revertedBy: changeId }), 'Replace']);
  await client.submitTransaction(actions);
}

async function isUnsettled(client: TableClient, changeId: string): Promise<boolean> {
  return (await rowOf(client, subscriptionIn(changeId), `u:${changeId}`)) !== undefined;
}

async function found(client: TableClient, subscriptionId: string, changeId: string): Promise<LedgerEntry | undefined> {
  const row = await rowOf(client, subscriptionId, `c:${changeId}`);
  return row && (fromColumns(row) as LedgerEntry);
}

async function rowOf(client: TableClient, partitionKey: string, rowKey: string): Promise<Row | undefined> {
  try {
    return await client.getEntity<Row>(partitionKey, rowKey);
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

function rowFor(kind: string, changeId: string, entry: LedgerEntry): Row & Record<string, string> {
  return { partitionKey: subscriptionIn(changeId), rowKey: `${kind}:${changeId}`, ...toColumns(entry) };
}

async function* listed(
  table: () => Promise<TableClient>,
  subscriptionId: string,
  from: string,
  to: string,
): AsyncGenerator<LedgerEntry> {
  const client = await table();
  const filter = odata`PartitionKey eq ${subscriptionId} and RowKey ge ${from} and RowKey lt ${to}`;
  for await (const row of client.listEntities<Row>({ queryOptions: { filter } }))
    yield fromColumns(row as unknown as JsonColumns) as LedgerEntry;
}

function subscriptionIn(changeId: string): string {
  const subscriptionId = subscriptionOfChange(changeId);
  if (subscriptionId === undefined) throw new Error(`"${changeId}" is no change id`);
  return subscriptionId;
}
