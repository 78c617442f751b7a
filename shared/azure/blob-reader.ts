import type { TokenCredential } from '@azure/core-auth';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';
import { AzureError } from '../core/errors';
import type { Blob, Query } from '../core/inventory';
import type { Read } from '../core/ports';
import { toAzureError } from './refusal';

interface Reads {
  readonly read: (query: Query) => Promise<Read>;
}

/** Quick retries, as of every question; milliseconds. */
const options: StoragePipelineOptions = {
  retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
};

/** Milliseconds until a listing with all its pages counts as not answered. */
const timeout = 30_000;

/** A network has 65,536 addresses at most and a blob for each interface and hour: more is no hour of a flow log. */
const mostPages = 20;

/**
 * Lists blobs with the app's identity, and the audience of Storage that is the same in every cloud. Any other question goes to
 * `others`. A container that does not exist holds nothing. Throws AzureError.
 */
export function blobReader(credential: TokenCredential, now: () => string, others: Reads): Reads {
  const services = new Map<string, BlobServiceClient>();
  const serviceAt = (endpoint: string): BlobServiceClient => {
    const service = services.get(endpoint) ?? new BlobServiceClient(endpoint, credential, options);
    services.set(endpoint, service);
    return service;
  };
  return {
    read: async (query) => {
      if (query.kind !== 'blobs') return others.read(query);
      const readAt = now();
      return {
        query,
        readAt,
        result: { state: 'read', value: await blobsIn(serviceAt(secure(query.endpoint)), query) },
      };
    },
  };
}

/** A token is never sent in the clear. */
function secure(endpoint: string): string {
  if (URL.parse(endpoint)?.protocol === 'https:') return endpoint;
  throw refused('BadEndpoint', `the blob endpoint "${endpoint}" is no https address`);
}

type BlobQuery = Extract<Query, { readonly kind: 'blobs' }>;

async function blobsIn(service: BlobServiceClient, query: BlobQuery): Promise<readonly Blob[]> {
  try {
    return await everyPage(service, query);
  } catch (error) {
    const refusal = toAzureError(error);
    if (!(refusal instanceof AzureError)) throw error;
    if (refusal.status === 404 && refusal.code === 'ContainerNotFound') return [];
    throw oneLine(refusal);
  }
}

async function everyPage(service: BlobServiceClient, { container, prefix }: BlobQuery): Promise<readonly Blob[]> {
  const abortSignal = AbortSignal.timeout(timeout);
  const pages = service.getContainerClient(container).listBlobsFlat({ prefix, abortSignal }).byPage();
  const found: (readonly Blob[])[] = [];
  for await (const { segment } of pages) {
    found.push(segment.blobItems.map(blobOf));
    if (found.length > mostPages)
      throw refused('TooManyBlobs', `more than ${mostPages} pages of blobs below "${prefix}"`);
  }
  return found.flat();
}

interface Item {
  readonly name: string;
  readonly properties: { readonly lastModified: Date; readonly contentLength?: number };
}

function blobOf({ name, properties: { lastModified, contentLength = 0 } }: Item): Blob {
  return { name, lastModified: lastModified.toISOString(), size: contentLength };
}

function refused(code: string, message: string): AzureError {
  return new AzureError({ status: 0, code, message, retryable: false });
}

/** Storage adds the request's id and time in lines of their own: no finding is to change by them. */
function oneLine(refusal: AzureError): AzureError {
  const { status, code, retryable, retryAfter } = refusal;
  const message = refusal.message.split('\n')[0] ?? '';
  return new AzureError({ status, code, message, retryable, ...(retryAfter !== undefined && { retryAfter }) }, refusal);
}
