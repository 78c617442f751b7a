import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { Announcement, Turn } from '../core/finding';
import { findingsTable, type TableName } from '../core/tables';
import { asOne, putting, rowAt } from './rows';
import { hasStatus } from './tables';

interface OutboxEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Absent in rows of versions that knew one table only. */
  readonly table?: TableName;
  readonly row: string;
}

interface TurnEntity {
  readonly at: string;
}

/** What puts rows in the outbox, for the transaction that they are a part of. */
export function puttingOut(partitionKey: string, announcements: readonly Announcement[]): TransactionAction[] {
  return announcements.map(({ table, key, row }) => [
    'upsert',
    { partitionKey, rowKey: `o:${key}`, table, row: JSON.stringify(row) },
  ]);
}

/** Rows that wait, oldest first. */
export async function* waiting(client: TableClient, subscriptionId: string): AsyncGenerator<Announcement> {
  const filter = odata`PartitionKey eq ${subscriptionId} and RowKey ge 'o:' and RowKey lt 'o;'`;
  for await (const entity of client.listEntities<OutboxEntity>({ queryOptions: { filter } })) {
    const { partitionKey = '', rowKey = '', table = findingsTable.name, row } = entity;
    yield { table, key: rowKey.slice(2), subscriptionId: partitionKey, row: JSON.parse(row) as Announcement['row'] };
  }
}

export async function takeOut(client: TableClient, announcements: readonly Announcement[]): Promise<void> {
  for (const { subscriptionId, key } of announcements) {
    await client.deleteEntity(subscriptionId, `o:${key}`).catch((error: unknown) => {
      if (!hasStatus(error, 404)) throw error;
    });
  }
}

/** The turn and its rows are stored together or not at all. */
export function announce(client: TableClient, turn: Turn, announcements: readonly Announcement[]): Promise<boolean> {
  const { subscriptionId: partitionKey, name, at } = turn;
  const entity = { partitionKey, rowKey: rowKeyOf(name), at };
  return asOne(`turn ${name} of ${partitionKey}`, async () => {
    const last = await rowAt<TurnEntity>(client, partitionKey, entity.rowKey);
    if (last !== undefined && last.at >= at) return { answer: false };
    const write = () =>
      client.submitTransaction([putting(entity, last?.etag), ...puttingOut(partitionKey, announcements)]);
    return { answer: true, write };
  });
}

export async function lastTurn(client: TableClient, subscriptionId: string, name: string): Promise<string | undefined> {
  return (await rowAt<TurnEntity>(client, subscriptionId, rowKeyOf(name)))?.at;
}

function rowKeyOf(turn: string): string {
  return `t:${turn}`;
}
