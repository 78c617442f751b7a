import type { Lock } from '../core/ports';

/** Until when what this instance wrote is in what it reads and has read. */
export interface WriteCover {
  /** Takes note that something was written under the lock until `at`, and that what it concerns was brought up to date. */
  wrote(lock: Lock, at: string): void;
  /** The time until which all writes under the lock are in an answer of `readAt`. */
  until(readAt: string, lock: string): string;
}

/** This instance alone wrote under a lock from the one time to the other. */
interface Chain {
  readonly from: string;
  readonly to: string;
}

const mostLocks = 2_000;

/**
 * An answer that was read since somebody else wrote last under a lock has all that this instance has written since, for that
 * was put into it: so one note per lock tells it of all answers. A note that had to go makes answers be asked for again.
 */
export function coverOfWrites(): WriteCover {
  const chains = new Map<string, Chain>();
  return {
    wrote: ({ name, lastWrite }, at) => {
      const chain = chains.get(name);
      const goesOn = chain !== undefined && chain.to >= lastWrite;
      chains.delete(name);
      chains.set(name, { from: goesOn ? chain.from : lastWrite, to: goesOn && chain.to > at ? chain.to : at });
      const [oldest] = chains.keys();
      if (chains.size > mostLocks && oldest !== undefined) chains.delete(oldest);
    },
    until: (readAt, lock) => {
      const chain = chains.get(lock);
      return chain !== undefined && readAt >= chain.from && chain.to > readAt ? chain.to : readAt;
    },
  };
}
