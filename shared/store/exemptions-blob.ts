import { isUtf8 } from 'node:buffer';
import type { BlobClient } from '@azure/storage-blob';
import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import { containerIn } from './blobs';
import type { Account } from './tables';

export const exemptionsContainer = 'steward-settings';
export const exemptionsBlob = 'exemptions.json';

/** Bytes; a file with more is not read. */
export const mostBytes = 1_048_576;

/** A judgement waits for the file, so that a storage that is away is told soon. */
const retryOptions = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 10_000 };

export type FileReading =
  | { readonly state: 'read'; readonly value: string | undefined }
  | { readonly state: 'unread'; readonly reason: string; readonly retryable: boolean };

/** The text of the file of exemptions; undefined when there is no such file. What stands in the way is the reason. */
export async function readExemptionsBlob(account: Account): Promise<FileReading> {
  try {
    return await textOf(containerIn(account, exemptionsContainer, { retryOptions }).getBlobClient(exemptionsBlob));
  } catch (error) {
    if (!isRestError(error)) throw error;
    return isAbsent(error) ? { state: 'read', value: undefined } : unread(reasonOf(error), isPassing(error));
  }
}

async function textOf(blob: BlobClient): Promise<FileReading> {
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

/** No answer, too many requests, an error of storage, or a file that was replaced while it was read. */
function isPassing({ statusCode = 0 }: RestError): boolean {
  return statusCode === 0 || statusCode === 412 || statusCode === 429 || statusCode >= 500;
}

function unread(reason: string, retryable = false): FileReading {
  return { state: 'unread', reason, retryable };
}
