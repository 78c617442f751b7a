import type {
  GetTableEntityResponse,
  TableClient,
  TableEntity,
  TableEntityResult,
  TransactionAction,
} from '@azure/data-tables';
import { hasStatus } from './tables';

/** What one try comes to: an answer, which holds as soon as `write` has met what was read; without a `write`, at once. */
export interface Try<T> {
  readonly answer: T;
  readonly write?: (() => Promise<unknown>) | undefined;
}

/** Ten writers of one row at the same moment are far more than there are. */
const mostTries = 20;

/** Reads, decides and writes as one: tries again when somebody else wrote or removed `what` in between. */
export async function asOne<T>(what: string, tryOnce: () => Promise<Try<T>>, most = mostTries): Promise<T> {
  for (let tries = 1; tries <= most; tries += 1) {
    const { answer, write } = await tryOnce();
    if (write === undefined || (await isStill(write()))) return answer;
  }
  throw new Error(`${what} was written by somebody else ${most} times in a row`);
}

/** False when a row is not any more what it was when it was read. */
async function isStill(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (!hasStatus(error, 404, 409, 412)) throw error;
    return false;
  }
}

/** A row with its ETag; undefined when it is not there. */
export async function rowAt<T extends object>(
  client: TableClient,
  partitionKey: string,
  rowKey: string,
): Promise<GetTableEntityResponse<TableEntityResult<T>> | undefined> {
  try {
    return await client.getEntity<T>(partitionKey, rowKey);
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Writes a row where it is what it was when it was read; without an ETag, where there was none. */
export async function put<T extends object>(
  client: TableClient,
  row: TableEntity<T>,
  etag: string | undefined,
): Promise<void> {
  await (etag === undefined ? client.createEntity(row) : client.updateEntity(row, 'Replace', { etag }));
}

/** As `put`, as a part of a transaction. */
export function putting<T extends object>(row: TableEntity<T>, etag: string | undefined): TransactionAction {
  return etag === undefined ? ['create', { ...row }] : ['update', { ...row }, 'Replace', { etag }];
}
