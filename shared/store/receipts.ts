import { createHash } from 'node:crypto';
import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { CanaryState, Gaps, Receipts } from '../core/delivery';
import { keyOf, subscriptionOf } from '../core/resource';
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
  return (await stateOf<Gaps>(tableClient(account, tableName), subscriptionId, 'gaps')).value;
}

/**
 * When an event about each resource last came in, in one partition per subscription with what is known of those that did
 * not come, so that a missed change is counted and known from then on, or neither.
 */
export function receipts(account: Account): Receipts {
  const table = tableIn(account, tableName);
  const state = async <T>(subscriptionId: string, rowKey: string): Promise<T | undefined> =>
    (await stateOf<T>(await table(), subscriptionId, rowKey)).value;
  return {
    heard: async (resourceId, at) => {
      await (await table()).upsertEntity(receiptOf(subscriptionOf(resourceId), resourceId, at), 'Replace');
    },
    lastHeard: async (subscriptionId, resourceId) => {
      const client = await table();
      const found = await client
        .getEntity<ReceiptEntity>(subscriptionId, rowKeyOf(resourceId))
        .catch(undefinedWhen(404));
      return found?.heardAt;
    },
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

interface Stored<T> {
  readonly value?: T;
  readonly etag?: string;
}

async function stateOf<T>(client: TableClient, partitionKey: string, rowKey: string): Promise<Stored<T>> {
  const found = await client.getEntity<StateEntity>(partitionKey, rowKey).catch(undefinedWhen(404));
  return found === undefined ? {} : { value: JSON.parse(found.json) as T, etag: found.etag };
}

interface Update<T> {
  readonly value: T;
  readonly rows: readonly ReceiptEntity[];
}

const mostTries = 20;

async function update<T>(
  client: TableClient,
  partitionKey: string,
  rowKey: string,
  decide: (previous: T | undefined) => Promise<Update<T> | undefined>,
): Promise<void> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const { value: previous, etag } = await stateOf<T>(client, partitionKey, rowKey);
    const change = await decide(previous);
    if (change === undefined) return;
    const entity = { partitionKey, rowKey, json: JSON.stringify(change.value) };
    const written = client.submitTransaction([
      etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }],
      ...change.rows.map((row): TransactionAction => ['upsert', { ...row }, 'Replace']),
    ]);
    const isWritten = await written.then(() => true).catch(undefinedWhen(404, 409, 412));
    if (isWritten === true) return;
  }
  throw new Error(`row ${rowKey} of ${partitionKey} was written by somebody else ${mostTries} times in a row`);
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
