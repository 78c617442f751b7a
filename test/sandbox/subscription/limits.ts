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
/** Microsoft.Network's own limits in five minutes, whoever calls. derived: counted in fixed windows, for all regions. */
const networkWindowMs = 300_000;
const networkLimits = { reads: 10_000, writes: 1_000 };

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
  const count = (name: string, limit: number): number => {
    const now = clock();
    let window = windows.get(name);
    if (window === undefined || now - window.since >= networkWindowMs) window = { count: 0, since: now };
    windows.set(name, window);
    window.count += 1;
    return enabled && window.count > limit ? Math.ceil((window.since + networkWindowMs - now) / 1_000) : 0;
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
      if (!/\/providers\/Microsoft\.Network\//i.test(path)) return { headers };
      const family = kind === 'reads' ? 'reads' : 'writes';
      const pause = count(`${subscription ?? 'tenant'} ${family}`, networkLimits[family]);
      return pause === 0 ? { headers } : { headers, refusal: refuseNetwork(pause) };
    },
  };
}

function kindOf(method: string): Kind {
  if (method === 'DELETE') return 'deletes';
  return method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
}

const refuseArm = (kind: Kind, subscription: string | undefined, seconds: number): Answer =>
  throttled(
    'SubscriptionRequestsThrottled',
    `Number of ${kind} for subscription '${subscription ?? ''}' exceeded the limit. Please try again after ` +
      `'${String(seconds)}' seconds. Refer to https://aka.ms/arm-throttling for additional information.`,
    seconds,
  );

/** derived: code and wording follow the throttling answers of other resource providers. */
const refuseNetwork = (seconds: number): Answer =>
  throttled(
    'TooManyRequests',
    `The number of Microsoft.Network requests in five minutes is exceeded. Please try again after '${String(seconds)}' seconds.`,
    seconds,
  );
