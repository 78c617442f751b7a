import {
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AzureError } from '../core/errors';
import { providerWrites, resourceManagerWrites } from '../core/limits';
import type { Budget } from '../core/ports';
import { keyOf } from '../core/resource';
import { readPace, type Clock, type ReadPace } from './read-pace';
import { isHeld, secondsOf } from './refusal';

export interface Means extends Clock {
  /** Keeps all instances from writing under these names. */
  readonly block: Budget['block'];
}

/**
 * Keeps to Azure's limits request by request: reads wait for their turn; what Azure tells of how much is left slows reads
 * down and blocks writes of all instances before the limit is hit; and a 429 holds until Azure's own time. A 429 because
 * another operation holds one resource says nothing of limits.
 */
export function limitsPolicy(means: Means): PipelinePolicy {
  const pace = readPace(means);
  return {
    name: 'limits',
    sendRequest: async (request, next) => {
      const target = targetOf(request);
      const heard = target.isRead ? readHeard(pace, target) : writeHeard(means, target);
      if (target.isRead) await pace.admit(namesOf(target), target.isPoll ? 'urgent' : undefined);
      const response = await next(request);
      await heard(response);
      return response;
    },
  };
}

interface Target {
  readonly isRead: boolean;
  /** Whether it asks how a long-running operation is going. */
  readonly isPoll: boolean;
  /** Empty for what is outside of subscriptions. */
  readonly subscription: string;
  readonly provider: string;
}

/** The last provider in the path is the one that is asked. */
function targetOf({ method, url }: PipelineRequest): Target {
  const path = keyOf(new URL(url).pathname);
  return {
    isRead: method === 'GET' || method === 'HEAD',
    isPoll: /\/(operations|operationresults|operationstatuses|asyncoperations)\/[^/]+$/.test(path),
    subscription: /\/subscriptions\/([^/]+)/.exec(path)?.[1] ?? '',
    provider: /.*\/providers\/([^/]+)/.exec(path)?.[1] ?? 'microsoft.resources',
  };
}

function levelOf({ subscription }: Target): 'subscription' | 'tenant' {
  return subscription === '' ? 'tenant' : 'subscription';
}

/** Resource Manager counts all reads of a subscription, a provider those that reach it. */
function namesOf(target: Target): readonly [string, string] {
  const { subscription, provider } = target;
  return [`reads of ${subscription || 'the tenant'}`, `reads of ${subscription || 'the tenant'} in ${provider}`];
}

/** So few are left: somebody else uses the same limit. */
const few = 15;
/** Seconds in which Resource Manager's bucket gets a comfortable number of writes again, at 10 a second. */
const refill = 5;

type Heard = (response: PipelineResponse) => Promise<void>;

function readHeard(pace: ReadPace, target: Target): Heard {
  const [all, ofProvider] = namesOf(target);
  return async (response) => {
    const left = remaining(response, `${levelOf(target)}-reads`);
    if (left !== undefined) pace.heard(all, left);
    const ofResource = remainingInProvider(response, target);
    if (ofResource !== undefined && ofResource < few) pace.stop(ofProvider, refill);
    const spent = spentFor(response);
    if (spent !== undefined) pace.stop(isOfResourceManager(response, left) ? all : ofProvider, spent);
  };
}

/** Seconds to leave a provider alone that is nearly spent; how fast it recovers nobody tells. */
const recovery = 30;

function writeHeard({ now, block }: Means, target: Target): Heard {
  const { provider, subscription } = target;
  const stop = (names: readonly string[], seconds: number): Promise<void> =>
    block(names, new Date(Date.parse(now()) + seconds * 1_000).toISOString()).catch((error: unknown) => {
      // Whether others hear of it or not, this request has its answer.
      if (!isRestError(error) && !(error instanceof AzureError)) throw error;
    });
  return async (response) => {
    if (subscription === '') return;
    const left = remaining(response, 'subscription-writes');
    const ofResource = remainingInProvider(response, target);
    const spent = spentFor(response);
    if (spent !== undefined && isOfResourceManager(response, left))
      return stop([resourceManagerWrites(subscription)], spent);
    if (spent !== undefined) return stop(providerWrites(provider, subscription), spent);
    if (left !== undefined && left < few) await stop([resourceManagerWrites(subscription)], refill);
    if (ofResource !== undefined && ofResource < few) await stop(providerWrites(provider, subscription), recovery);
  };
}

/** `x-ms-ratelimit-remaining-subscription-reads: 249` («request limits and throttling»). */
function remaining({ headers }: PipelineResponse, what: string): number | undefined {
  return count(headers.get(`x-ms-ratelimit-remaining-${what}`));
}

/** The smallest of `x-ms-ratelimit-remaining-resource: Microsoft.Network/Something3Min;107,Microsoft.Network/Other;20`. */
function remainingInProvider({ headers }: PipelineResponse, { provider }: Target): number | undefined {
  const policies = (headers.get('x-ms-ratelimit-remaining-resource') ?? '').split(',').map((policy) => policy.trim());
  const counts = policies
    .filter((policy) => keyOf(policy).startsWith(`${provider}/`))
    .map((policy) => count(policy.split(';')[1]))
    .filter((one) => one !== undefined);
  return counts.length === 0 ? undefined : Math.min(...counts);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}

const secondsWhenNotTold = 30;

/** Seconds for which a limit is spent; undefined when this answer tells of none. */
function spentFor(response: PipelineResponse): number | undefined {
  if (response.status !== 429 || isHeld(codeIn(response))) return undefined;
  return secondsOf(response.headers.get('retry-after')) ?? secondsWhenNotTold;
}

/** Resource Manager's own limit, and not that of a provider behind it. */
function isOfResourceManager(response: PipelineResponse, left: number | undefined): boolean {
  return left === 0 || /^(Subscription|Tenant)RequestsThrottled$/i.test(codeIn(response));
}

function codeIn({ bodyAsText }: PipelineResponse): string {
  try {
    const body = JSON.parse(bodyAsText ?? '') as { readonly error?: { readonly code?: unknown } } | null;
    return typeof body?.error?.code === 'string' ? body.error.code : '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}
