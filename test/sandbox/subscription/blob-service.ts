import type { Cloud } from './cloud';
import { nameOf, same } from './ids';
import type { Answer, Request } from './wire';

export const storageAudience = 'https://storage.azure.com';

/** derived: each account has a path of the one host here; in Azure each has a host of its own. */
const blobPath = /^\/blob\/([^/]+)(?:\/([^/]+))?$/;
export const blobAccountIn = (path: string): string => blobPath.exec(path)?.[1] ?? '';
export const isBlobService = (path: string): boolean => path.startsWith('/blob/');
export const blobEndpointOf = (origin: string, account: string): string => `${origin}/blob/${account}/`;

const pageLimit = 5_000;

/** List Blobs of the Blob service (REST reference), and its refusals, in XML. Nothing else of the service is here. */
export function answerBlobs(cloud: Cloud, { method, path, query }: Request): Answer {
  const [, account = '', container = ''] = blobPath.exec(path) ?? [];
  const accounts = [...cloud.store.ofType('Microsoft.Storage/storageAccounts')];
  const { id } = accounts.find((one) => same(nameOf(one.id), account)) ?? {};
  // derived: in Azure the name of an account that does not exist cannot be resolved.
  if (id === undefined) return storageRefusal(404, 'ResourceNotFound', 'The specified resource does not exist.');
  if (method !== 'GET' || query.get('restype') !== 'container' || query.get('comp') !== 'list') {
    return storageRefusal(400, 'InvalidQueryParameterValue', 'Only List Blobs is simulated.');
  }
  const names = cloud.flows.blobsIn(cloud, id, container);
  if (names === undefined) {
    return storageRefusal(404, 'ContainerNotFound', 'The specified container does not exist.');
  }
  const prefix = query.get('prefix') ?? '';
  const found = names.filter(({ name }) => name.startsWith(prefix)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const start = Number(query.get('marker') ?? 0);
  const size = Math.min(pageLimit, Number(query.get('maxresults') ?? Math.min(pageLimit, cloud.settings.pageSize)));
  const next = start + size < found.length ? String(start + size) : '';
  const blobs = found
    .slice(start, start + size)
    .map(blobElement)
    .join('');
  const address = `ServiceEndpoint="${blobEndpointOf(cloud.origin, account)}" ContainerName="${container}"`;
  return xml(
    200,
    `<EnumerationResults ${address}><Prefix>${escaped(prefix)}</Prefix><Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`,
  );
}

/** A refusal of Storage: its code is in a header as well. */
export function storageRefusal(status: number, code: string, message: string): Answer {
  const text = `${message}\nRequestId:00000000-0000-0000-0000-000000000000\nTime:2026-01-01T00:00:00.0000000Z`;
  const answer = xml(status, `<Error><Code>${code}</Code><Message>${text}</Message></Error>`);
  return { ...answer, headers: { ...answer.headers, 'x-ms-error-code': code } };
}

export interface ListedBlob {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

function blobElement({ name, lastModified }: ListedBlob): string {
  const properties = [
    `<Last-Modified>${new Date(lastModified).toUTCString()}</Last-Modified>`,
    `<Etag>0x8D${lastModified.toString(16).toUpperCase()}</Etag>`,
    '<Content-Length>4096</Content-Length><Content-Type>application/octet-stream</Content-Type>',
    '<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>',
  ];
  return `<Blob><Name>${escaped(name)}</Name><Properties>${properties.join('')}</Properties></Blob>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const xml = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-ms-version': '2025-05-05' },
  body: `<?xml version="1.0" encoding="utf-8"?>${body}`,
});
