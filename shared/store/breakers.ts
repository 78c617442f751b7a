import { odata, type TableClient } from '@azure/data-tables';
import { neverOpened, type Breaker } from '../core/breaker';
import type { BreakerKey, Breakers } from '../core/ports';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { hasStatus, tableIn, type Account } from './tables';

interface Row extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
}

const partitionKey = 'breaker';
/** Ten writers of one breaker at the same moment are far more than there are. */
const mostTries = 20;

/** Circuit breakers, one row for each control and subscription in which something failed. */
export function breakerStore(account: Account): Breakers {
  const table = tableIn(account, 'StewardBreakers');
  return {
    get: async (key) => breakerIn(await rowOf(await table(), key)),
    update: async (key, decide) => update(await table(), key, decide),
    all: () => all(table),
  };
}

async function update(
  client: TableClient,
  key: BreakerKey,
  decide: (breaker: Breaker) => Breaker | undefined,
): Promise<Breaker> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const row = await rowOf(client, key);
    const before = breakerIn(row);
    const after = decide(before);
    if (after === undefined || after === before) return before;
    if (await isWritten(client, { partitionKey, rowKey: rowKeyOf(key), ...toColumns(after) }, row?.etag)) return after;
  }
  throw new Error(`the breaker of ${key.controlId} was written by somebody else ${mostTries} times in a row`);
}

async function isWritten(client: TableClient, row: Row, etag: string | undefined): Promise<boolean> {
  try {
    await (etag === undefined ? client.createEntity(row) : client.updateEntity(row, 'Replace', { etag }));
    return true;
  } catch (error) {
    if (!hasStatus(error, 404, 409, 412)) throw error;
    return false;
  }
}

async function* all(table: () => Promise<TableClient>): AsyncGenerator<readonly [BreakerKey, Breaker]> {
  const client = await table();
  const filter = odata`PartitionKey eq ${partitionKey}`;
  for await (const row of client.listEntities<Row>({ queryOptions: { filter } })) {
    const [subscriptionId = '', controlId = ''] = row.rowKey.split('|');
    yield [{ subscriptionId, controlId }, breakerIn(row as unknown as Row)];
  }
}

async function rowOf(client: TableClient, key: BreakerKey): Promise<Row | undefined> {
  try {
    return await client.getEntity<Row>(partitionKey, rowKeyOf(key));
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

function rowKeyOf({ subscriptionId, controlId }: BreakerKey): string {
  return `${subscriptionId}|${controlId}`;
}

function breakerIn(row: Row | undefined): Breaker {
  return row === undefined ? neverOpened : (fromColumns(row) as Breaker);
}
