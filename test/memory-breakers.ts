import { neverOpened, type Breaker } from '../shared/core/breaker';
import type { BreakerKey, Breakers } from '../shared/core/ports';

/** Breakers in a map that several instances may share. */
export function memoryBreakers(rows: Map<string, readonly [BreakerKey, Breaker]>): Breakers {
  const nameOf = ({ subscriptionId, controlId }: BreakerKey): string => `${subscriptionId}|${controlId}`;
  const get = (key: BreakerKey): Breaker => rows.get(nameOf(key))?.[1] ?? neverOpened;
  return {
    get: async (key) => get(key),
    update: async (key, decide) => {
      const after = decide(get(key));
      if (after !== undefined) rows.set(nameOf(key), [key, after]);
      return get(key);
    },
    async *all() {
      yield* rows.values();
    },
  };
}
