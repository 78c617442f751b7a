import { odata, type TableClient } from '@azure/data-tables';
import { neverOpened, type Breaker } from '../core/breaker';
import type { BreakerKey, Breakers } from '../core/ports';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { asOne, put, rowAt } from './rows';
import { tableIn, type Account } from './tables';

interface Row extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
}

const partitionKey = 'breaker';

/** Circuit breakers, one row for each control and subscription in which something failed. */
export function breakerStore(account: Account): Breakers {
  const table = tableIn(account, 'StewardBreakers');
  return {
    get: async (key) => breakerIn(await rowOf(await table(), key)),
    update: async (key, decide) => update(await table(), key, decide),
    all: () => all(table),
  };
}

function update(
  client: TableClient,
  key: BreakerKey,
  decide: (breaker: Breaker) => Breaker | undefined,
): Promise<Breaker> {
  return asOne(`the breaker of ${key.controlId}`, async () => {
    const row = await rowOf(client, key);
    const before = breakerIn(row);
    const after = decide(before);
    if (after === undefined || after === before) return { answer: before };
    const entity = { partitionKey, rowKey: rowKeyOf(key), ...toColumns(after) };
    return { answer: after, write: () => put(client, entity, row?.etag) };
  });
}

async function* all(table: () => Promise<TableClient>): AsyncGenerator<readonly [BreakerKey, Breaker]> {
  const client = await table();
  const filter = odata`PartitionKey eq ${partitionKey}`;
  for await (const row of client.listEntities<Row>({ queryOptions: { filter } })) {
    const [subscriptionId = '', controlId = ''] = row.rowKey.split('|');
    yield [{ subscriptionId, controlId }, breakerIn(row as unknown as Row)];
  }
}

function rowOf(client: TableClient, key: BreakerKey): Promise<Row | undefined> {
  return rowAt<Row>(client, partitionKey, rowKeyOf(key));
}

function rowKeyOf({ subscriptionId, controlId }: BreakerKey): string {
  return `${subscriptionId}|${controlId}`;
}

function breakerIn(row: Row | undefined): Breaker {
  return row === undefined ? neverOpened : (fromColumns(row) as Breaker);
}
