import type { Sweeps } from '../shared/core/sweeps';

/** As `shared/store/sweeps.ts`, in memory. */
export function memorySweeps(): Sweeps {
  const ends = new Map<string, ReadonlyMap<string, string>>();
  const of = (subscriptionId: string): ReadonlyMap<string, string> => ends.get(subscriptionId) ?? new Map();
  return {
    ended: async (subscriptionId, controlId, at) =>
      void ends.set(subscriptionId, new Map([...of(subscriptionId), [controlId, at]])),
    of: async (subscriptionId) => of(subscriptionId),
  };
}
