import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { Finding } from '../core/finding';
import type { Change, FindingKey, FindingStore } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { announce, lastTurn, puttingOut, takeOut, waiting } from './outbox';
import { hasStatus, tableIn, type Account } from './tables';

interface FindingEntity extends JsonColumns {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag?: string;
}

/**
 * Findings and the rows that wait for ingestion, in one partition per subscription, so that a changed state and its
 * announcement are stored together or not at all.
 */
export function findingStore(account: Account): FindingStore {
  const table = tableIn(account, 'StewardFindings');
  return {
    get: async (subscriptionId, findingId) => findingOf(await entityOf(await table(), { subscriptionId, findingId })),
    of: (subscriptionId) => listed(table, subscriptionId),
    update: async (key, decide) => update(await table(), key, decide),
    remove: async (key, decide) => remove(await table(), key, decide),
    async *outbox(subscriptionId) {
      yield* waiting(await table(), subscriptionId);
    },
    delivered: async (announcements) => takeOut(await table(), announcements),
    announce: async (turn, announcements) => announce(await table(), turn, announcements),
    lastTurn: async (subscriptionId, name) => lastTurn(await table(), subscriptionId, name),
  };
}

async function* listed(table: () => Promise<TableClient>, subscriptionId: string): AsyncGenerator<Finding> {
  const client = await table();
  const filter = odata`PartitionKey eq ${subscriptionId} and RowKey ge 'f:' and RowKey lt 'f;'`;
  for await (const entity of client.listEntities({ queryOptions: { filter } })) {
    const finding = findingOf(entity as unknown as FindingEntity);
    if (finding !== undefined) yield finding;
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
  await client.submitTransaction([first, ...puttingOut(partitionKey, announcements)]);
}

function entityFor(finding: Finding, partitionKey: string): FindingEntity {
  return { partitionKey, rowKey: `f:${finding.findingId}`, ...toColumns(finding) };
}

function findingOf(entity: FindingEntity | undefined): Finding | undefined {
  return entity && (fromColumns(entity) as Finding);
}
