import { BlobServiceClient, type BlobClient } from '@azure/storage-blob';
import { isRestError } from '@azure/core-rest-pipeline';
import type { Reading } from '../core/inventory';
import type { Account } from './tables';

export const exemptionsContainer = 'steward-settings';
export const exemptionsBlob = 'exemptions.json';

/** Bytes; a file with more is not read. */
export const mostBytes = 1_048_576;

/** A judgement waits for the file, so that a storage that is away is told soon. */
const retryOptions = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 10_000 };

/** The text of the file of exemptions; undefined when there is no such file. What stands in the way is the reason. */
export async function readExemptionsBlob(account: Account): Promise<Reading<string | undefined>> {
  try {
    return await textOf(clientFor(account).getContainerClient(exemptionsContainer).getBlobClient(exemptionsBlob));
  } catch (error) {
    if (!isRestError(error)) throw error;
    return isAbsent(error.details) ? { state: 'read', value: undefined } : unread(reasonOf(error.statusCode, error));
  }
}

async function textOf(blob: BlobClient): Promise<Reading<string | undefined>> {
  const { contentLength = 0, etag } = await blob.getProperties();
  if (contentLength > mostBytes) return unread(`it has ${contentLength} bytes; ${mostBytes} are allowed`);
  const conditions = etag === undefined ? {} : { ifMatch: etag };
  const bytes = contentLength === 0 ? Buffer.of() : await blob.downloadToBuffer(0, contentLength, { conditions });
  try {
    return { state: 'read', value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return unread('it is no text in UTF-8');
    throw error;
  }
}

/** A 404 of something else, as of a wrong address, is no answer to the question whether there is a file. */
function isAbsent(details: unknown): boolean {
  const { errorCode } = (details ?? {}) as { readonly errorCode?: unknown };
  return errorCode === 'BlobNotFound' || errorCode === 'ContainerNotFound';
}

function reasonOf(status: number | undefined, { code, message }: { readonly code?: string; message: string }): string {
  const [line = ''] = message.split('\n');
  return `the storage account answered ${[status, code].filter((part) => part !== undefined).join(' ')} (${line.trim()})`;
}

function unread(reason: string): Reading<never> {
  return { state: 'unread', reason };
}

function clientFor(account: Account): BlobServiceClient {
  if ('connectionString' in account)
    return BlobServiceClient.fromConnectionString(account.connectionString, { retryOptions });
  return new BlobServiceClient(account.blobUrl, account.credential, { retryOptions });
}
