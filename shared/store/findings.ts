import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { Announcement, Finding } from '../core/finding';
import type { Change, FindingKey, FindingStore } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { hasStatus, tableIn, type Account } from './tables';

interface FindingEntity extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
}

interface OutboxEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly row: string;
}

/**
 * Findings and the rows that wait for ingestion, in one partition per subscription, so that a changed state and its
 * announcement are stored together or not at all.
 */
export function findingStore(account: Account): FindingStore {
  const table = tableIn(account, 'StewardFindings');
  return {
    get: async (subscriptionId, findingId) => findingOf(await entityOf(await table(), { subscriptionId, findingId })),
    of: (subscriptionId) =>
      listed(table, subscriptionId, 'f', (entity) => findingOf(entity as unknown as FindingEntity)),
    update: async (key, decide) => update(await table(), key, decide),
    remove: async (key, decide) => remove(await table(), key, decide),
    outbox: (subscriptionId) =>
      listed(table, subscriptionId, 'o', (entity) => announcementOf(entity as unknown as OutboxEntity)),
    delivered: async (announcements) => {
      const client = await table();
      for (const { subscriptionId, key } of announcements) {
        await client.deleteEntity(subscriptionId, `o:${key}`).catch(ignoring(404));
      }
    },
  };
}

async function* listed<T>(
  table: () => Promise<TableClient>,
  subscriptionId: string,
  prefix: string,
  parse: (entity: object) => T | undefined,
): AsyncGenerator<T> {
  const client = await table();
  const filter = odata`PartitionKey eq ${subscriptionId} and RowKey ge ${`${prefix}:`} and RowKey lt ${`${prefix};`}`;
  for await (const entity of client.listEntities({ queryOptions: { filter } })) {
    const value = parse(entity);
    if (value !== undefined) yield value;
  }
}

async function entityOf(
  client: TableClient,
  { subscriptionId, findingId }: FindingKey,
): Promise<FindingEntity | undefined> {
  try {
    return await client.getEntity<FindingEntity>(subscriptionId, `f:${findingId}`);
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Ten writers of one finding at the same moment are far more than there are. */
const mostTries = 20;

async function update(
  client: TableClient,
  key: FindingKey,
  decide: (previous: Finding | undefined) => Change | undefined,
): Promise<Change | undefined> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const entity = await entityOf(client, key);
    const change = decide(findingOf(entity));
    if (change === undefined || (await isStill(write(client, change, entity?.etag)))) return change;
  }
  throw contested(key);
}

async function remove(client: TableClient, key: FindingKey, decide: (previous: Finding) => boolean): Promise<void> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const entity = await entityOf(client, key);
    const previous = findingOf(entity);
    if (entity?.etag === undefined || previous === undefined || !decide(previous)) return;
    const { partitionKey, rowKey, etag } = entity;
    if (await isStill(client.deleteEntity(partitionKey, rowKey, { etag }))) return;
  }
  throw contested(key);
}

function contested({ findingId }: FindingKey): Error {
  return new Error(`finding ${findingId} was written by somebody else ${mostTries} times in a row`);
}

/** False when somebody else wrote or removed the finding since it was read. */
async function isStill(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (!hasStatus(error, 404, 409, 412)) throw error;
    return false;
  }
}

async function write(client: TableClient, { finding, announcements }: Change, etag: string | undefined): Promise<void> {
  const partitionKey = subscriptionOf(finding.resourceId);
  const entity = entityFor(finding, partitionKey);
  if (announcements.length === 0) {
    await (etag === undefined ? client.createEntity(entity) : client.updateEntity(entity, 'Replace', { etag }));
    return;
  }
  const stored = { ...entity };
  const first: TransactionAction = etag === undefined ? ['create', stored] : ['update', stored, 'Replace', { etag }];
  const rows = announcements.map(({ key, row }): TransactionAction => [
    'upsert',
    { partitionKey, rowKey: `o:${key}`, row: JSON.stringify(row) },
  ]);
  await client.submitTransaction([first, ...rows]);
}

function entityFor(finding: Finding, partitionKey: string): FindingEntity {
  return { partitionKey, rowKey: `f:${finding.findingId}`, ...toColumns(finding) };
}

function findingOf(entity: FindingEntity | undefined): Finding | undefined {
  return entity && (fromColumns(entity) as Finding);
}

function announcementOf({ partitionKey, rowKey, row }: OutboxEntity): Announcement {
  return { key: rowKey.slice(2), subscriptionId: partitionKey, row: JSON.parse(row) as Announcement['row'] };
}

function ignoring(status: number): (error: unknown) => void {
  return (error) => {
    if (!hasStatus(error, status)) throw error;
  };
}
