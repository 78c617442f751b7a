import type { World } from '../core/ports';
import { keyOf, subscriptionOf } from '../core/resource';
import type { Severity, Verdict } from '../core/verdict';
import { record } from './record';
import { findingIdOf, isOpen } from './report';

/** What Steward watches of itself: a finding as any other, on its own resource group or on a subscription. */
export interface Watch {
  /** Permanent, and no id of a control. */
  readonly id: string;
  /** The good state. */
  readonly title: string;
  readonly severity: Severity;
}

export const watches = {
  eventDelivery: {
    id: 'event-delivery',
    title: 'Events of the subscription reach Steward',
    severity: 'high',
  },
  exemptions: {
    id: 'exemptions',
    title: 'Exemptions are readable, valid, needed and within their time',
    severity: 'high',
  },
  circuitBreaker: {
    id: 'circuit-breaker',
    title: 'No control had to be stopped from writing',
    severity: 'high',
  },
  scopeFilters: {
    id: 'scope-filters',
    title: 'The filters that say where may be written are understood',
    severity: 'high',
  },
} as const satisfies Readonly<Record<string, Watch>>;

/** Records what a watch says of a resource as of now. */
export async function recordWatch(world: World, control: Watch, resourceId: string, verdict: Verdict): Promise<void> {
  const now = world.now();
  const hops = { seen: now, decided: now };
  await record(world, { control, resourceId, verdict, hops, remedy: '', lookedAt: [keyOf(resourceId)], asOf: now });
}

/** Whether a watch has a finding on the resource that waits to be resolved. */
export async function isWatchOpen(world: World, { id }: Watch, resourceId: string): Promise<boolean> {
  const finding = await world.findings.get(subscriptionOf(resourceId), findingIdOf(id, resourceId));
  return finding !== undefined && isOpen(finding.state);
}
