import { isUtf8 } from 'node:buffer';
import { BlobServiceClient, type BlobClient } from '@azure/storage-blob';
import { isRestError, type RestError } from '@azure/core-rest-pipeline';
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
    return isAbsent(error) ? { state: 'read', value: undefined } : unread(reasonOf(error));
  }
}

async function textOf(blob: BlobClient): Promise<Reading<string | undefined>> {
  const { contentLength = 0, etag } = await blob.getProperties();
  if (contentLength > mostBytes) return unread(`it has ${contentLength} bytes; ${mostBytes} are allowed`);
  const conditions = etag === undefined ? {} : { ifMatch: etag };
  const bytes = contentLength === 0 ? Buffer.of() : await blob.downloadToBuffer(0, contentLength, { conditions });
  return isUtf8(bytes) ? { state: 'read', value: new TextDecoder().decode(bytes) } : unread('it is no text in UTF-8');
}

/** A 404 of something else, as of a wrong address, is no answer to the question whether there is a file. */
function isAbsent(error: RestError): boolean {
  return ['BlobNotFound', 'ContainerNotFound'].includes(codeOf(error));
}

/** An answer to a HEAD has no body: its header tells the code. */
function codeOf({ code = '', details }: RestError): string {
  const { errorCode } = (details ?? {}) as { readonly errorCode?: string };
  return errorCode ?? code;
}

function reasonOf(error: RestError): string {
  const [line = ''] = error.message.split('\n');
  const said = [error.statusCode, codeOf(error), line.trim()].filter((part) => part !== undefined && part !== '');
  return `the storage account answered ${said.join(' ')}`;
}

function unread(reason: string): Reading<never> {
  return { state: 'unread', reason };
}

function clientFor(account: Account): BlobServiceClient {
  if ('connectionString' in account)
    return BlobServiceClient.fromConnectionString(account.connectionString, { retryOptions });
  return new BlobServiceClient(account.blobUrl, account.credential, { retryOptions });
}
