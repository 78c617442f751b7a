import { odata, type TableClient } from '@azure/data-tables';
import type { Finding } from '../core/finding';
import type { Change, FindingKey, FindingStore } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { fromColumns, toColumns, type JsonColumns } from './json-columns';
import { announce, lastTurn, puttingOut, takeOut, waiting } from './outbox';
import { asOne, put, putting, rowAt } from './rows';
import { tableIn, type Account } from './tables';

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

function entityOf(client: TableClient, { subscriptionId, findingId }: FindingKey): Promise<FindingEntity | undefined> {
  return rowAt<FindingEntity>(client, subscriptionId, `f:${findingId}`);
}

function update(
  client: TableClient,
  key: FindingKey,
  decide: (previous: Finding | undefined) => Change | undefined,
): Promise<Change | undefined> {
  return asOne(`finding ${key.findingId}`, async () => {
    const entity = await entityOf(client, key);
    const change = decide(findingOf(entity));
    return { answer: change, write: change && (() => write(client, change, entity?.etag)) };
  });
}

function remove(client: TableClient, key: FindingKey, decide: (previous: Finding) => boolean): Promise<void> {
  return asOne(`finding ${key.findingId}`, async () => {
    const entity = await entityOf(client, key);
    const previous = findingOf(entity);
    if (entity?.etag === undefined || previous === undefined || !decide(previous)) return { answer: undefined };
    const { partitionKey, rowKey, etag } = entity;
    return { answer: undefined, write: () => client.deleteEntity(partitionKey, rowKey, { etag }) };
  });
}

async function write(client: TableClient, { finding, announcements }: Change, etag: string | undefined): Promise<void> {
  const partitionKey = subscriptionOf(finding.resourceId);
  const entity = entityFor(finding, partitionKey);
  if (announcements.length === 0) return put(client, entity, etag);
  await client.submitTransaction([putting(entity, etag), ...puttingOut(partitionKey, announcements)]);
}

function entityFor(finding: Finding, partitionKey: string): FindingEntity {
  return { partitionKey, rowKey: `f:${finding.findingId}`, ...toColumns(finding) };
}

function findingOf(entity: FindingEntity | undefined): Finding | undefined {
  return entity && (fromColumns(entity) as Finding);
}
