import { createHash } from 'node:crypto';
import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { CanaryState, Gaps, Receipts } from '../core/delivery';
import { keyOf, subscriptionOf } from '../core/resource';
import { asOne, putting, rowAt } from './rows';
import { hasStatus, tableClient, tableIn, type Account } from './tables';

interface ReceiptEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly heardAt: string;
}

interface StateEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly json: string;
}

const tableName = 'StewardReceipts';

/** What is known of the events of a subscription, for whoever may only look: no table is made. */
export async function gapsKept(account: Account, subscriptionId: string): Promise<Gaps | undefined> {
  return valueOf<Gaps>(await rowAt<StateEntity>(tableClient(account, tableName), subscriptionId, 'gaps'));
}

/**
 * When an event about each resource last came in, in one partition per subscription with what is known of those that did
 * not come, so that a missed change is counted and known from then on, or neither.
 */
export function receipts(account: Account): Receipts {
  const table = tableIn(account, tableName);
  const state = async <T>(subscriptionId: string, rowKey: string): Promise<T | undefined> =>
    valueOf<T>(await rowAt<StateEntity>(await table(), subscriptionId, rowKey));
  return {
    heard: async (resourceId, at) => {
      await (await table()).upsertEntity(receiptOf(subscriptionOf(resourceId), resourceId, at), 'Replace');
    },
    lastHeard: async (subscriptionId, resourceId) =>
      (await rowAt<ReceiptEntity>(await table(), subscriptionId, rowKeyOf(resourceId)))?.heardAt,
    forget: async (subscriptionId, before) => forget(await table(), subscriptionId, before),
    gaps: (subscriptionId) => state<Gaps>(subscriptionId, 'gaps'),
    updateGaps: async (subscriptionId, decide) =>
      update<Gaps>(await table(), subscriptionId, 'gaps', async (previous) => {
        const change = await decide(previous);
        const rows = change?.heard.map(({ resourceId, at }) => receiptOf(subscriptionId, resourceId, at)) ?? [];
        return change && { value: change.gaps, rows };
      }),
    canary: (subscriptionId) => state<CanaryState>(subscriptionId, 'canary'),
    updateCanary: async (subscriptionId, decide) =>
      update<CanaryState>(await table(), subscriptionId, 'canary', (previous) => {
        const value = decide(previous);
        return Promise.resolve(value && { value, rows: [] });
      }),
  };
}

function receiptOf(partitionKey: string, resourceId: string, heardAt: string): ReceiptEntity {
  return { partitionKey, rowKey: rowKeyOf(resourceId), heardAt };
}

/** A key holds no slash, and an id may be longer than one. */
function rowKeyOf(resourceId: string): string {
  return `r:${createHash('sha256').update(keyOf(resourceId)).digest('hex').slice(0, 40)}`;
}

interface Update<T> {
  readonly value: T;
  readonly rows: readonly ReceiptEntity[];
}

function update<T>(
  client: TableClient,
  partitionKey: string,
  rowKey: string,
  decide: (previous: T | undefined) => Promise<Update<T> | undefined>,
): Promise<void> {
  return asOne(`row ${rowKey} of ${partitionKey}`, async () => {
    const found = await rowAt<StateEntity>(client, partitionKey, rowKey);
    const change = await decide(valueOf<T>(found));
    if (change === undefined) return { answer: undefined };
    const first = putting({ partitionKey, rowKey, json: JSON.stringify(change.value) }, found?.etag);
    const rest = change.rows.map((row): TransactionAction => ['upsert', { ...row }, 'Replace']);
    return { answer: undefined, write: () => client.submitTransaction([first, ...rest]) };
  });
}

function valueOf<T>(found: StateEntity | undefined): T | undefined {
  return found && (JSON.parse(found.json) as T);
}

/** How many are deleted at the same time, and in one run: the next one goes on. */
const [side, mostDeleted] = [16, 5_000];

async function forget(client: TableClient, partitionKey: string, before: string): Promise<void> {
  const filter = odata`PartitionKey eq ${partitionKey} and RowKey ge 'r:' and RowKey lt 'r;' and heardAt lt ${before}`;
  let deleted = 0;
  let some: Promise<unknown>[] = [];
  for await (const { rowKey, etag } of client.listEntities<ReceiptEntity>({ queryOptions: { filter } })) {
    // Another event about it may have come since: then it stays.
    some.push(client.deleteEntity(partitionKey, rowKey ?? '', { etag }).catch(undefinedWhen(404, 412)));
    deleted += 1;
    if (some.length < side && deleted < mostDeleted) continue;
    await Promise.all(some);
    some = [];
    if (deleted >= mostDeleted) return;
  }
  await Promise.all(some);
}

function undefinedWhen(...statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (!hasStatus(error, ...statuses)) throw error;
    return undefined;
  };
}
