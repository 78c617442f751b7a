import { isRestError } from '@azure/core-rest-pipeline';
import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Reading } from '../core/inventory';
import type { OwnStorage } from '../core/surroundings';
import type { Account } from './tables';

/** Whoever asks waits for the answer, so that a storage that is away is told soon. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 200, maxTries: 2, tryTimeoutInMs: 10_000 };

/** Whether each service of the account answers. Writes nothing. */
export async function ownStorage(account: Account): Promise<OwnStorage> {
  const [tables, queues, blobs] = await Promise.all([
    attempt(() => tablesOf(account).listTables().next()),
    attempt(() => queuesOf(account).listQueues().next()),
    attempt(() => blobsOf(account).listContainers().next()),
  ]);
  return { tables, queues, blobs };
}

/** What the work answers, or why storage refused it or did not answer. Anything else is thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { state: 'read', value: await work() };
  } catch (error) {
    if (isRestError(error)) return { state: 'unread', reason: reasonOf(error.message, error.statusCode) };
    if (!isSignIn(error)) throw error;
    return { state: 'unread', reason: `nobody is signed in who could read it: ${reasonOf(error.message)}` };
  }
}

function reasonOf(message: string, status?: number): string {
  const line = message.split('\n')[0]?.trim() ?? '';
  return status === undefined ? line : `${status} ${line}`;
}

function isSignIn(error: unknown): error is Error {
  return error instanceof Error && /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
}

function tablesOf(account: Account): TableServiceClient {
  return 'connectionString' in account
    ? TableServiceClient.fromConnectionString(account.connectionString, {
        allowInsecureConnection: account.connectionString.includes('=http://'),
        retryOptions,
      })
    : new TableServiceClient(account.tableUrl, account.credential, { retryOptions });
}

function queuesOf(account: Account): QueueServiceClient {
  return 'connectionString' in account
    ? QueueServiceClient.fromConnectionString(account.connectionString, { retryOptions })
    : new QueueServiceClient(account.queueUrl, account.credential, { retryOptions });
}

function blobsOf(account: Account): BlobServiceClient {
  return 'connectionString' in account
    ? BlobServiceClient.fromConnectionString(account.connectionString, { retryOptions })
    : new BlobServiceClient(account.blobUrl, account.credential, { retryOptions });
}
