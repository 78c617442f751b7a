import { randomUUID } from 'node:crypto';
import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { ItemPlace, RunStore } from '../core/ports';
import { isOver, type Run, type RunItem, type RunPart } from '../core/run';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { asOne, put, rowAt, type Try } from './rows';
import { hasStatus, tableIn, type Account } from './tables';

interface Entity extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
  /** Of a part: it is not over. */
  readonly open?: boolean;
}

/** Runs in one partition, in the order of their time; the parts and items of each in a partition of its own. */
export function runStore(account: Account): RunStore {
  const table = tableIn(account, 'StewardRuns');
  return {
    create: async ({ ...rest }, parts) => {
      const client = await table();
      const run: Run = { id: newId(rest.createdAt), ...rest };
      await writeAll(
        client,
        parts.map((part) => entityOfPart(run.id, part)),
      );
      await client.createEntity(entityOfRun(run));
      return run;
    },
    get: async (id) => valueOf<Run>(await rowAt<Entity>(await table(), runs, id)),
    update: async (id, decide) => update(await table(), { partition: runs, row: id, entityOf: entityOfRun }, decide),
    all: () => listed<Run>(table, odata`PartitionKey eq ${runs}`),
    part: async (id, key) => valueOf<RunPart>(await rowAt<Entity>(await table(), id, `part:${key}`)),
    parts: (id, which) => {
      const all = odata`PartitionKey eq ${id} and RowKey ge 'part:' and RowKey lt 'part;'`;
      return listed<RunPart>(table, which === 'all' ? all : `${all} and open eq true`);
    },
    updatePart: async (id, key, decide) => {
      const entityOf = (part: RunPart): Entity => entityOfPart(id, part);
      return update(await table(), { partition: id, row: `part:${key}`, entityOf }, decide);
    },
    keep: async (id, items) => {
      await writeAll(
        await table(),
        items.map((item) => ({ partitionKey: id, rowKey: rowOf(item), ...toColumns(item) })),
      );
    },
    items: (id, after) => listed<RunItem>(table, itemFilter(id, after)),
    remove: async (id) => remove(await table(), id),
  };
}

const runs = 'runs';

/** `20260301080000123-1f2e3d4c`. */
function newId(createdAt: string): string {
  return `${createdAt.replaceAll(/\D/g, '')}-${randomUUID().slice(0, 8)}`;
}

function rowOf({ subscriptionId, number }: ItemPlace): string {
  return `item:${subscriptionId}:${String(number).padStart(8, '0')}`;
}

function itemFilter(id: string, after: ItemPlace | undefined): string {
  if (after === undefined) return odata`PartitionKey eq ${id} and RowKey ge 'item:' and RowKey lt 'item;'`;
  const end = after.only === true ? `item:${after.subscriptionId};` : 'item;';
  const start = after.number < 0 ? `item:${after.subscriptionId}:` : rowOf(after);
  return odata`PartitionKey eq ${id} and RowKey gt ${start} and RowKey lt ${end}`;
}

function entityOfRun(run: Run): Entity {
  return { partitionKey: runs, rowKey: run.id, ...toColumns(run) };
}

function entityOfPart(id: string, part: RunPart): Entity {
  return { partitionKey: id, rowKey: `part:${part.key}`, open: !isOver(part), ...toColumns(part) };
}

function valueOf<T>(entity: Entity | undefined): T | undefined {
  return entity && (fromColumns(entity) as T);
}

interface Row<T> {
  readonly partition: string;
  readonly row: string;
  readonly entityOf: (value: T) => Entity;
}

/** Parts of a large run end at the same moment on many instances. */
const mostTries = 50;

function update<T>(
  client: TableClient,
  { partition, row, entityOf }: Row<T>,
  decide: (value: T) => T | undefined,
): Promise<T | undefined> {
  const tryOnce = async (): Promise<Try<T | undefined>> => {
    const entity = await rowAt<Entity>(client, partition, row);
    const value = valueOf<T>(entity);
    const next = value === undefined ? undefined : decide(value);
    return { answer: next, write: next && (() => put(client, entityOf(next), entity?.etag)) };
  };
  return asOne(`${row} of the runs`, tryOnce, mostTries);
}

async function* listed<T>(table: () => Promise<TableClient>, filter: string): AsyncGenerator<T> {
  const client = await table();
  for await (const entity of client.listEntities<Entity>({ queryOptions: { filter } })) yield fromColumns(entity) as T;
}

const [mostInBatch, mostCharacters] = [100, 3_000_000];

/** Entities of one partition, as many at a time as Azure Tables takes. */
async function writeAll(client: TableClient, entities: readonly Entity[]): Promise<void> {
  let batch: TransactionAction[] = [];
  let characters = 0;
  for (const entity of entities) {
    const length = JSON.stringify(entity).length;
    if (batch.length === mostInBatch || (batch.length > 0 && characters + length > mostCharacters)) {
      await client.submitTransaction(batch);
      [batch, characters] = [[], 0];
    }
    batch.push(['upsert', { ...entity }, 'Replace']);
    characters += length;
  }
  if (batch.length > 0) await client.submitTransaction(batch);
}

/** The run itself last: what is cut off is found again. */
async function remove(client: TableClient, id: string): Promise<void> {
  const filter = odata`PartitionKey eq ${id}`;
  let batch: TransactionAction[] = [];
  for await (const { rowKey = '' } of client.listEntities({ queryOptions: { filter, select: ['RowKey'] } })) {
    batch.push(['delete', { partitionKey: id, rowKey }]);
    if (batch.length < mostInBatch) continue;
    await client.submitTransaction(batch);
    batch = [];
  }
  if (batch.length > 0) await client.submitTransaction(batch);
  await client.deleteEntity(runs, id).catch((error: unknown) => {
    if (!hasStatus(error, 404)) throw error;
  });
}
