import { throttled } from './answers';
import { subscriptionOf } from './ids';
import type { Answer, Request } from './wire';

export interface Admission {
  readonly refusal?: Answer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Limits {
  admit(request: Request): Admission;
}

type Kind = 'reads' | 'writes' | 'deletes';

/** Azure Resource Manager's token buckets (request limits and throttling), per subscription and caller. */
const buckets: Readonly<Record<Kind, { readonly size: number; readonly perSecond: number }>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};
interface Window {
  readonly most: number;
  readonly seconds: number;
}

/**
 * The providers' own limits, whoever calls («request limits and throttling»: network limits, storage limits). derived:
 * counted in fixed windows, which begin with the first request, and for all regions together.
 */
const ofProviders: Readonly<Record<string, Readonly<Record<'reads' | 'lists' | 'writes', readonly Window[]>>>> = {
  'Microsoft.Network': {
    reads: [{ most: 10_000, seconds: 300 }],
    lists: [{ most: 10_000, seconds: 300 }],
    writes: [{ most: 1_000, seconds: 300 }],
  },
  'Microsoft.Storage': {
    reads: [{ most: 800, seconds: 300 }],
    lists: [{ most: 100, seconds: 300 }],
    writes: [
      { most: 10, seconds: 1 },
      { most: 1_200, seconds: 3_600 },
    ],
  },
};

export function createLimits(enabled: boolean, clock: () => number): Limits {
  const tokens = new Map<string, { left: number; at: number }>();
  const windows = new Map<string, { count: number; since: number }>();

  const take = (name: string, kind: Kind): { readonly left: number; readonly wait: number } => {
    const { size, perSecond } = buckets[kind];
    const now = clock();
    const bucket = tokens.get(name) ?? { left: size, at: now };
    tokens.set(name, bucket);
    bucket.left = Math.min(size, bucket.left + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    if (enabled && bucket.left < 1) return { left: 0, wait: Math.ceil((1 - bucket.left) / perSecond) };
    bucket.left = Math.max(0, bucket.left - 1);
    return { left: Math.floor(bucket.left), wait: 0 };
  };
  const count = (name: string, { most, seconds }: Window): number => {
    const now = clock();
    const ms = seconds * 1_000;
    let window = windows.get(name);
    if (window === undefined || now - window.since >= ms) window = { count: 0, since: now };
    windows.set(name, window);
    window.count += 1;
    return enabled && window.count > most ? Math.ceil((window.since + ms - now) / 1_000) : 0;
  };

  return {
    admit({ method, path, caller }) {
      const kind = kindOf(method);
      const subscription = subscriptionOf(path)?.toLowerCase();
      const { left, wait } = take(`${subscription ?? 'tenant'} ${caller} ${kind}`, kind);
      const level = subscription === undefined ? 'tenant' : 'subscription';
      const shown = kind === 'deletes' && subscription === undefined ? 'writes' : kind;
      const headers = { [`x-ms-ratelimit-remaining-${level}-${shown}`]: String(left) };
      if (wait > 0) return { headers, refusal: refuseArm(kind, subscription, wait) };
      const { provider, family } = targetOf(path, kind);
      const pauses = (ofProviders[provider]?.[family] ?? []).map((window) =>
        count(`${subscription ?? 'tenant'} ${provider} ${family} ${window.seconds}`, window),
      );
      const pause = Math.max(0, ...pauses);
      return pause === 0 ? { headers } : { headers, refusal: refuseProvider(provider, pause) };
    },
  };
}

function kindOf(method: string): Kind {
  if (method === 'DELETE') return 'deletes';
  return method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
}

interface Target {
  readonly provider: string;
  readonly family: 'reads' | 'lists' | 'writes';
}

/** An odd number of segments after the provider is a list. */
function targetOf(path: string, kind: Kind): Target {
  const named = (provider: string): boolean => new RegExp(`/providers/${provider}/`, 'i').test(path);
  const provider = Object.keys(ofProviders).find(named) ?? '';
  if (kind !== 'reads') return { provider, family: 'writes' };
  const rest = path.split(/\/providers\/[^/]+\//i).at(-1) ?? '';
  return { provider, family: rest.split('/').length % 2 === 1 ? 'lists' : 'reads' };
}

const refuseArm = (kind: Kind, subscription: string | undefined, seconds: number): Answer =>
  throttled(
    'SubscriptionRequestsThrottled',
    `Number of ${kind} for subscription '${subscription ?? ''}' exceeded the limit. Please try again after ` +
      `'${String(seconds)}' seconds. Refer to https://aka.ms/arm-throttling for additional information.`,
    seconds,
  );

/** derived: code and wording follow the throttling answers of other resource providers. */
const refuseProvider = (provider: string, seconds: number): Answer =>
  throttled(
    'TooManyRequests',
    `The number of ${provider} requests is exceeded for now. Please try again after '${String(seconds)}' seconds.`,
    seconds,
  );
