import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  type PipelinePolicy,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { refusalOf } from '../../../shared/azure/refusal';
import type { Action } from '../../../shared/core/control';
import { AzureError } from '../../../shared/core/errors';
import type { Query } from '../../../shared/core/inventory';
import type { Found } from '../../../shared/core/ports';
import { parseId, type Resource } from '../../../shared/core/resource';
import type { Limits } from '../../sandbox/subscription/limits';
import type { Request } from '../../sandbox/subscription/wire';
import type { Cloud } from './cloud';

export interface Tally {
  calls: number;
  writes: number;
  /** Of them, those that Microsoft.Network takes. */
  networkWrites: number;
  answered429: number;
  lastWriteAt: number;
}

export interface Wire {
  readonly cloud: Cloud;
  readonly limits: Limits;
  readonly tally: Tally;
  /** The app's own policy: what it does to keep to the limits. */
  readonly policy: PipelinePolicy;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Each way takes so long. */
const wayMs = 30;
const pollMs = 2_000;
/** A page of a list. */
const pageSize = 1_000;

/** The app's own limits policy around a simulated Azure with the sandbox's limits. */
async function send<T>(wire: Wire, method: HttpMethods, path: string, effect: () => T): Promise<T> {
  const { policy, limits, tally, sleep } = wire;
  const outcome: { value?: T } = {};
  const request = createPipelineRequest({ method, url: `https://management.azure.com${path}` });
  const response = await policy.sendRequest(request, async (): Promise<PipelineResponse> => {
    await sleep(wayMs);
    tally.calls += 1;
    if (method === 'PUT') tally.writes += 1;
    if (method === 'PUT' && path.includes('/Microsoft.Network/')) tally.networkWrites += 1;
    if (method === 'PUT') tally.lastWriteAt = wire.now();
    const { refusal, headers } = limits.admit({ method, path, caller: 'steward' } as Request);
    const answer = refusal ?? answerOf(() => (outcome.value = effect()));
    if (answer.status === 429) tally.answered429 += 1;
    await sleep(wayMs);
    return {
      request,
      status: answer.status,
      headers: createHttpHeaders({ ...headers, ...answer.headers }),
      bodyAsText: JSON.stringify(answer.body ?? {}),
    };
  });
  if (response.status === 200) return outcome.value as T;
  const { error } = JSON.parse(response.bodyAsText ?? '') as { readonly error: { code: string; message: string } };
  throw refusalOf({ status: response.status, ...error, retryAfter: response.headers.get('retry-after') });
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function answerOf(effect: () => unknown): Answer {
  try {
    effect();
    return { status: 200 };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const { status, code, message, retryAfter } = error;
    return { status, headers: { 'Retry-After': String(retryAfter ?? 1) }, body: { error: { code, message } } };
  }
}

/** As `shared/azure/arm-reader.ts`: a list is a request for each page. */
export async function ask(wire: Wire, query: Query): Promise<Found> {
  const { cloud } = wire;
  if (query.kind === 'blobs') return send(wire, 'GET', `/${query.container}`, () => cloud.read(query));
  if (query.kind === 'objects') throw new Error('there is no cluster here');
  if (query.kind !== 'list') {
    const path = query.kind === 'get' ? query.id : `${query.scope}/providers/${query.namespace}`;
    return send(wire, 'GET', path, () => cloud.read(query));
  }
  const child = query.type.split('/').length > 2;
  const path = child
    ? `${query.scope}/${query.type.split('/').at(-1) ?? ''}`
    : `${query.scope}/providers/${query.type}`;
  const found = (await send(wire, 'GET', path, () => cloud.read(query))) as readonly unknown[];
  for (let page = pageSize; page < found.length; page += pageSize) await send(wire, 'GET', path, () => undefined);
  return found as Found;
}

/** As `shared/azure/writer.ts`: a PUT, the polls of its operation and the client's own last GET. */
export async function write(wire: Wire, action: Action): Promise<Resource | void> {
  const operation = await send(wire, 'PUT', action.id, () => wire.cloud.put(action));
  if (operation === undefined) return undefined;
  const { subscriptionId } = parseId(action.id);
  const poll = `/subscriptions/${subscriptionId}/providers/Microsoft.Network/locations/region/operations/one`;
  for (let state = 'running'; state === 'running';) {
    await wire.sleep(pollMs);
    state = await send(wire, 'GET', poll, () => operation.state);
  }
  return send(wire, 'GET', action.id, () => wire.cloud.read({ kind: 'get', id: action.id }) as Resource);
}
