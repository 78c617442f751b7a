import type { CanaryState, Gaps, Receipts } from '../shared/core/delivery';
import { keyOf, subscriptionOf } from '../shared/core/resource';

/** As `shared/store/receipts.ts`, in memory: a change is decided on what is there when it is written. */
export function memoryReceipts(): Receipts {
  const heard = new Map<string, string>();
  const gaps = new Map<string, Gaps>();
  const canaries = new Map<string, CanaryState>();
  const keyIn = (subscriptionId: string, id: string): string => `${subscriptionId}|${keyOf(id)}`;
  return {
    heard: async (id, at) => void heard.set(keyIn(subscriptionOf(id), id), at),
    lastHeard: async (subscriptionId, id) => heard.get(keyIn(subscriptionId, id)),
    forget: async (subscriptionId, before) => {
      for (const [key, at] of heard) if (key.startsWith(`${subscriptionId}|`) && at < before) heard.delete(key);
    },
    gaps: async (subscriptionId) => gaps.get(subscriptionId),
    updateGaps: async (subscriptionId, decide) => {
      for (;;) {
        const previous = gaps.get(subscriptionId);
        const change = await decide(previous);
        if (change === undefined) return;
        if (gaps.get(subscriptionId) !== previous) continue;
        gaps.set(subscriptionId, change.gaps);
        for (const { resourceId, at } of change.heard) heard.set(keyIn(subscriptionId, resourceId), at);
        return;
      }
    },
    canary: async (subscriptionId) => canaries.get(subscriptionId),
    updateCanary: async (subscriptionId, decide) => {
      const state = decide(canaries.get(subscriptionId));
      if (state !== undefined) canaries.set(subscriptionId, state);
    },
  };
}
