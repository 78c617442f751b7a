import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  exponentialRetryPolicy,
  systemErrorRetryPolicy,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AzureError } from '../core/errors';
import type { Query } from '../core/inventory';
import type { Found, Read } from '../core/ports';
import { keyOf, parseId, type Resource } from '../core/resource';
import { apiVersionOf } from './api-versions';
import { refusalOf, toAzureError } from './refusal';

export interface Arm {
  /** `https://management.azure.com`, or another cloud's. */
  readonly endpoint: string;
  /** The scope of tokens, as `https://management.azure.com/.default`. */
  readonly tokenScope: string;
  readonly credential: TokenCredential;
}

/** Milliseconds until a question counts as not answered: its tries and the body of the answer included. */
const timeout = 30_000;

/** Reads resources exactly as ARM sends them. Lists follow every page or fail. Throws AzureError. */
export function armReader(arm: Arm, now: () => string): { read: (query: Query) => Promise<Read> } {
  const get = getJson(arm);
  const read = async (query: Query): Promise<Read> => {
    const readAt = now();
    const value = query.kind === 'get' ? await one(get, arm, query.id) : await pages(get, urlOfList(arm, query), arm);
    return { query, readAt, result: { state: 'read', value } };
  };
  return { read };
}

type GetJson = (url: string) => Promise<unknown>;

function getJson({ tokenScope, credential }: Arm): GetJson {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(decompressResponsePolicy());
  pipeline.addPolicy(exponentialRetryPolicy({ maxRetries: 2, retryDelayInMs: 200 }), { phase: 'Retry' });
  pipeline.addPolicy(systemErrorRetryPolicy({ maxRetries: 2, retryDelayInMs: 200 }), { phase: 'Retry' });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: tokenScope }), { phase: 'Sign' });
  return async (url) => {
    const request = createPipelineRequest({
      url,
      method: 'GET',
      abortSignal: AbortSignal.timeout(timeout),
      headers: createHttpHeaders({ accept: 'application/json' }),
    });
    return bodyOf(
      await pipeline.sendRequest(client, request).catch((error: unknown) => Promise.reject(toError(error))),
    );
  };
}

function toError(error: unknown): Error {
  const azure = toAzureError(error);
  return azure instanceof Error ? azure : new Error(String(azure));
}

function bodyOf(response: PipelineResponse): unknown {
  const text = response.bodyAsText ?? '';
  if (response.status === 200) return objectIn(parsed(text));
  const { error } = (looksLikeJson(text) ? parsed(text) : {}) as {
    readonly error?: { readonly code?: string; readonly message?: string };
  };
  throw refusalOf({
    status: response.status,
    code: error?.code ?? `Http${response.status}`,
    message: error?.message ?? 'Azure gave no reason',
    retryAfter: response.headers.get('retry-after'),
  });
}

function objectIn(json: unknown): object {
  if (typeof json !== 'object' || json === null) throw badAnswer('something that is no object');
  return json;
}

function looksLikeJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AzureError(
      { status: 0, code: 'BadAnswer', message: 'Azure sent something that is no JSON', retryable: true },
      error,
    );
  }
}

async function one(get: GetJson, { endpoint }: Arm, id: string): Promise<Resource | undefined> {
  const url = `${endpoint}${encodeURI(id)}?api-version=${apiVersionOf(parseId(id).type)}`;
  try {
    return (await get(url)) as Resource;
  } catch (error) {
    if (error instanceof AzureError && isAbsent(error)) return undefined;
    throw error;
  }
}

/** A subscription that is not found may be one that the app cannot see: that is no proof of absence. */
function isAbsent({ status, code }: AzureError): boolean {
  return status === 404 && /NotFound$/i.test(code) && !/^SubscriptionNotFound$/i.test(code);
}

function urlOfList({ endpoint }: Arm, { type, scope }: Query & { readonly kind: 'list' }): string {
  const version = `api-version=${apiVersionOf(type)}`;
  const [namespace = '', ...path] = type.split('/');
  if (keyOf(type) === 'microsoft.resources/resourcegroups') return `${endpoint}${scope}/resourcegroups?${version}`;
  const isChild = path.length > 1;
  const tail = isChild ? (path.at(-1) ?? '') : `providers/${namespace}/${path.join('/')}`;
  return `${endpoint}${encodeURI(scope)}/${tail}?${version}`;
}

const mostPages = 10_000;

async function pages(get: GetJson, first: string, { endpoint }: Arm): Promise<Found> {
  const found: Resource[] = [];
  let url: string | undefined = first;
  for (let page = 0; url !== undefined; page += 1) {
    const body = (await get(url)) as { readonly value?: readonly Resource[]; readonly nextLink?: string | null };
    if (!Array.isArray(body.value)) throw badAnswer('a page without a list of values');
    for (const resource of body.value as readonly Resource[]) found.push(resource);
    url = nextOf(body.nextLink, endpoint);
    if (page >= mostPages) throw badAnswer(`more than ${mostPages} pages`);
  }
  return found;
}

/** A token is only sent where it belongs. */
function nextOf(nextLink: string | null | undefined, endpoint: string): string | undefined {
  if (nextLink === undefined || nextLink === null || nextLink === '') return undefined;
  const next = URL.parse(nextLink, endpoint);
  if (next?.origin !== new URL(endpoint).origin) throw badAnswer('a next page at another address');
  return next.href;
}

function badAnswer(what: string): AzureError {
  return new AzureError({ status: 0, code: 'BadAnswer', message: `Azure sent ${what}`, retryable: false });
}
