import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { AzureError } from '../../core/errors';
import { badAnswer, refusalOf } from '../refusal';
import { jsonWithoutManagedFields } from './managed-fields';

/** A page of a list, as the server sends it. */
export interface ListPage {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly metadata?: { readonly continue?: unknown };
  readonly items?: unknown;
}

interface Status {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly metadata?: { readonly continue?: unknown };
}

export type Answer =
  | { readonly kind: 'page'; readonly page: ListPage }
  /** The group has no such kind. */
  | { readonly kind: 'absent' }
  /** The server does not serve the group, or not in this version. */
  | { readonly kind: 'unserved' }
  /** What the pages are taken from is gone; the token goes on at what is there now. */
  | { readonly kind: 'expired'; readonly token: string | undefined };

/** What an answer means (Kubernetes API concepts; kube-apiserver). Throws AzureError for every other refusal. */
export function answerIn(response: PipelineResponse, azureRbac: boolean): Answer {
  const text = response.bodyAsText ?? '';
  const body = bodyIn(text);
  if (response.status === 200) return pageIn(body);
  const told = statusIn(body);
  if (response.status === 404 && told?.reason === 'NotFound') return { kind: 'absent' };
  if (response.status === 404 && text.trim() === '404 page not found') return { kind: 'unserved' };
  if (response.status === 410) return { kind: 'expired', token: tokenOf(told?.metadata?.continue) };
  throw refusalIn(response, told, azureRbac);
}

function pageIn(page: ListPage | undefined): Answer {
  if (page === undefined) throw badAnswer('a list that is no JSON object');
  return { kind: 'page', page };
}

export function tokenOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function bodyIn(text: string): ListPage | undefined {
  try {
    const json = jsonWithoutManagedFields(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function statusIn(body: Status | undefined): Status | undefined {
  return body?.kind === 'Status' ? body : undefined;
}

function refusalIn(response: PipelineResponse, told: Status | undefined, azureRbac: boolean): AzureError {
  const { status, headers, bodyAsText } = response;
  const plain = (bodyAsText ?? '').trim();
  const message = textOf(told?.message) ?? (plain === '' ? 'the API server gave no reason' : plain);
  const code = codes(azureRbac)[status] ?? textOf(told?.reason) ?? `Http${status}`;
  return refusalOf({ status, code, message, retryAfter: headers.get('retry-after') });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Who is to grant what differs by how the cluster decides. */
function codes(azureRbac: boolean): Readonly<Record<number, string>> {
  return {
    401: 'ClusterTokenRefused',
    403: azureRbac ? 'ClusterRoleNotAssigned' : 'ClusterRoleNotBound',
    429: 'TooManyRequests',
  };
}
