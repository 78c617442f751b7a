import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from './azurite';
import { isGone } from './host/fixture/start';

// They start processes, which a busy machine may delay.
jest.setTimeout(20_000);

test('Azurite in memory serves queues and tables, has its own account, and stops', async () => {
  const azurite = await startAzurite();
  await new QueueClient(azurite.connectionString, 'queue').create();
  const tables = TableClient.fromConnectionString(azurite.connectionString, 'things', {
    allowInsecureConnection: true,
  });
  await tables.createTable();
  expect(azurite.connectionString).not.toContain('devstoreaccount1');
  expect(azurite.connectionString).toContain(`BlobEndpoint=${azurite.blobUrl};`);
  await azurite.stop();
  expect(await Promise.all([azurite.blobUrl, azurite.queueUrl, azurite.tableUrl].map(isGone))).toEqual([
    true,
    true,
    true,
  ]);
});

test('Azurite with a location has the same account and data when it starts again', async () => {
  const location = mkdtempSync(join(tmpdir(), 'azurite-'));
  const first = await startAzurite({ location });
  const queue = new QueueClient(first.connectionString, 'queue');
  await queue.create();
  await queue.sendMessage('kept');
  await first.stop();

  const second = await startAzurite({ location });
  const peeked = await new QueueClient(second.connectionString, 'queue').peekMessages();
  expect(peeked.peekedMessageItems.map((one) => one.messageText)).toEqual(['kept']);
  expect(statSync(join(location, 'account.json')).mode & 0o077).toBe(0);
  await second.stop();
  rmSync(location, { recursive: true });
});

test('Azurite that cannot start says why', async () => {
  await expect(startAzurite({ location: '/dev/null/nowhere' })).rejects.toThrow();
});
