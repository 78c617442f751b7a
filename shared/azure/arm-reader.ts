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
  type PipelinePolicy,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AzureError } from '../core/errors';
import type { Query } from '../core/inventory';
import type { Found, Read } from '../core/ports';
import { keyOf, nameOf, same, subscriptionScope, typeOf, type Resource } from '../core/resource';
import { usageType } from '../core/table-usage';
import { apiVersionOf } from './api-versions';
import { pages } from './pages';
import { badAnswer, isAbsent, refusalOf, toAzureError } from './refusal';
import { tablesWithRows } from './table-usage';

export interface Arm {
  /** `https://management.azure.com`, or another cloud's. */
  readonly endpoint: string;
  /** The scope of tokens, as `https://management.azure.com/.default`. */
  readonly tokenScope: string;
  readonly credential: TokenCredential;
  /** Keeps to Azure's limits, request by request. */
  readonly limits?: PipelinePolicy;
}

/** A question is put again at once when Azure fails or does not answer; throttling comes back through the queue. */
export const quickRetries = [
  exponentialRetryPolicy({ maxRetries: 2, retryDelayInMs: 200 }),
  systemErrorRetryPolicy({ maxRetries: 2, retryDelayInMs: 200 }),
];

/** Milliseconds until a question counts as not answered: its tries and the body of the answer included. */
const timeout = 30_000;

/** Reads resources exactly as ARM sends them. Lists follow every page or fail. Throws AzureError. */
export function armReader(arm: Arm, now: () => string): { read: (query: Query) => Promise<Read> } {
  const get = getJson(arm);
  const read = async (query: Query): Promise<Read> => {
    const readAt = now();
    return { query, readAt, result: { state: 'read', value: await answered(get, arm, query) } };
  };
  return { read };
}

/** Throws AzureError for whatever is no 200 with an object in it. */
export type GetJson = (url: string, method?: 'GET' | 'POST') => Promise<unknown>;

async function answered(get: GetJson, arm: Arm, query: Query): Promise<Found> {
  switch (query.kind) {
    case 'get':
      return one(
        get,
        `${arm.endpoint}${encodeURI(query.id)}?api-version=${await versionFor(get, arm, typeOf(query.id), query.id)}`,
      );
    case 'provider':
      return one(get, urlOfProvider(arm, query));
    case 'blobs':
    case 'objects':
      throw new Error(`Azure Resource Manager holds no ${query.kind}`);
    case 'list':
      if (keyOf(query.type) === 'microsoft.policyinsights/policystates') return policyStates(get, arm, query.scope);
      if (same(query.type, usageType)) return tablesWithRows(get, arm, query.scope);
      if (same(query.type, subscriptionType)) return subscriptionAt(get, arm, query.scope);
      return pages<Resource>(
        get,
        urlOfList(arm, query, await versionFor(get, arm, query.type, query.scope)),
        arm.endpoint,
      );
  }
}

const subscriptionType = 'Microsoft.Resources/subscriptions';

/** What lies at the scope of a subscription is itself. ARM leaves out its name and type, which a list's items have. */
async function subscriptionAt(get: GetJson, { endpoint }: Arm, scope: string): Promise<readonly Resource[]> {
  const version = apiVersionOf(subscriptionType) ?? '';
  const found = await one(get, `${endpoint}${scope}?api-version=${version}`);
  return found === undefined ? [] : [{ ...found, name: nameOf(scope), type: subscriptionType }];
}

export function getJson({ tokenScope, credential, limits }: Arm): GetJson {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(decompressResponsePolicy());
  for (const policy of quickRetries) pipeline.addPolicy(policy, { phase: 'Retry' });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: tokenScope }), { phase: 'Sign' });
  if (limits !== undefined) pipeline.addPolicy(limits, { afterPhase: 'Sign' });
  return async (url, method = 'GET') => {
    const request = createPipelineRequest({
      url,
      method,
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
  if (response.status === 200) return objectIn(parsed(response.bodyAsText ?? ''));
  throw refusalIn(response);
}

export function refusalIn({ status, headers, bodyAsText }: PipelineResponse): AzureError {
  const { code = `Http${status}`, message = 'Azure gave no reason' } = errorIn(bodyAsText ?? '');
  return refusalOf({ status, code, message, retryAfter: headers.get('retry-after') });
}

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
}

/** What a refusal says, where it says it in ARM's form; its status stands without. */
function errorIn(text: string): ErrorBody {
  try {
    return (JSON.parse(text) as { readonly error?: ErrorBody } | null)?.error ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function objectIn(json: unknown): object {
  if (typeof json !== 'object' || json === null) throw badAnswer('something that is no object');
  return json;
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

async function one(get: GetJson, url: string): Promise<Resource | undefined> {
  try {
    return (await get(url)) as Resource;
  } catch (error) {
    if (error instanceof AzureError && isAbsent(error)) return undefined;
    throw error;
  }
}

interface Provider {
  readonly resourceTypes?: readonly { readonly resourceType?: string; readonly apiVersions?: readonly string[] }[];
}

/** The pinned version of a type; of one that nobody pinned, the newest that its provider tells, previews last. */
async function versionFor(get: GetJson, { endpoint }: Arm, type: string, id: string): Promise<string> {
  const pinned = apiVersionOf(type);
  if (pinned !== undefined) return pinned;
  const [namespace = '', ...path] = type.split('/');
  const provider = (await one(
    get,
    `${endpoint}${subscriptionScope(id)}/providers/${namespace}?api-version=2021-04-01`,
  )) as Provider | undefined;
  const { apiVersions = [] } =
    provider?.resourceTypes?.find(({ resourceType }) => same(resourceType, path.join('/'))) ?? {};
  const stable = apiVersions.filter((version) => !version.endsWith('-preview'));
  const newest = [...(stable.length > 0 ? stable : apiVersions)].toSorted().at(-1);
  if (newest !== undefined) return newest;
  throw new AzureError({
    status: 0,
    code: 'NoApiVersion',
    message: `Azure tells no api-version for ${type}`,
    retryable: false,
  });
}

function urlOfList({ endpoint }: Arm, { type, scope }: Query & { readonly kind: 'list' }, apiVersion: string): string {
  const version = `api-version=${apiVersion}`;
  if (keyOf(type) === 'microsoft.compute/skus') return urlOfSizes(endpoint, scope, version);
  const [namespace = '', ...path] = type.split('/');
  if (keyOf(type) === 'microsoft.resources/resourcegroups') return `${endpoint}${scope}/resourcegroups?${version}`;
  if (keyOf(type) === 'microsoft.resources/providers') return `${endpoint}${scope}/providers?${version}`;
  const isChild = path.length > 1;
  const tail = isChild ? (path.at(-1) ?? '') : `providers/${namespace}/${path.join('/')}`;
  return `${endpoint}${encodeURI(scope)}/${tail}?${version}`;
}

/** Azure lists the sizes of all regions; those of one, `/subscriptions/<id>/locations/<region>`, are a small part. */
function urlOfSizes(endpoint: string, scope: string, version: string): string {
  const [subscription = '', region = ''] = scope.split(/\/locations\//i);
  const only = region === '' ? '' : `&$filter=${encodeURIComponent(`location eq '${region}'`)}`;
  return `${endpoint}${subscription}/providers/Microsoft.Compute/skus?${version}${only}`;
}

function urlOfProvider({ endpoint }: Arm, { namespace, scope }: Query & { readonly kind: 'provider' }): string {
  return `${endpoint}${scope}/providers/${namespace}?$expand=resourceTypes/aliases&api-version=2021-04-01`;
}

const stateFields = 'resourceId,policyAssignmentId,policyDefinitionReferenceId,complianceState,timestamp';

/** The latest state of every resource and policy: a question that is put with a POST. */
async function policyStates(get: GetJson, { endpoint }: Arm, scope: string): Promise<Found> {
  const query = `$select=${stateFields}&api-version=2024-10-01`;
  const first = `${endpoint}${scope}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?${query}`;
  const states = await pages<unknown>((url) => get(url, 'POST'), first, endpoint);
  return states.map((properties) => ({
    id: scope,
    name: 'latest',
    type: 'Microsoft.PolicyInsights/policyStates',
    properties,
  }));
}
