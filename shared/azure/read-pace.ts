import { AzureError } from '../core/errors';
import { inTurns } from '../core/in-turns';

/** Azure Resource Manager's bucket for the reads of one identity in one subscription («request limits and throttling»). */
const bucket = { size: 250, perSecond: 25 };

/**
 * What an instance leaves in the bucket. All instances read from the same one and hear of each other only in how much is
 * left after an answer: whoever hears of less than this waits until it has filled up again, and so they share what flows in.
 */
const reserve = 100;

/** Seconds that a read waits where it is. */
const patience = 10;

interface Level {
  /** What is left in Azure's bucket, as far as this instance can know. */
  left: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** Milliseconds since the epoch; nothing is read before. */
  pausedUntil: number;
}

export interface Clock {
  readonly now: () => string;
  readonly pause: (ms: number) => Promise<void>;
}

export interface ReadPace {
  /** Waits until one more may be read, first come, first served. Throws AzureError (retryable) when that takes long; an `urgent` read always waits, and takes from the reserve. */
  admit(names: readonly string[], urgent?: 'urgent'): Promise<void>;
  /** Azure told how many are left. */
  heard(name: string, left: number): void;
  /** Nothing is read under this name for so many seconds. */
  stop(name: string, seconds: number): void;
}

/** Keeps reads below Azure's limit before it is hit: a bucket like Azure's own for each name. */
export function readPace({ now, pause }: Clock): ReadPace {
  const levels = new Map<string, Level>();
  const line = inTurns();

  const levelOf = (name: string): Level => {
    const at = Date.parse(now());
    const level = levels.get(name) ?? { left: bucket.size, at, pausedUntil: 0 };
    levels.set(name, level);
    fill(level, at);
    return level;
  };

  const waitFor = (names: readonly string[], floor: number): number =>
    Math.max(0, ...names.map((name) => waitMs(levelOf(name), floor)));

  return {
    admit: (names, urgent) => {
      const floor = urgent === undefined ? reserve : 0;
      const asked = Date.parse(now());
      const through = async (): Promise<void> => {
        for (let wait = waitFor(names, floor); wait > 0; wait = waitFor(names, floor)) {
          const waited = Date.parse(now()) - asked;
          if (urgent === undefined && waited + wait > patience * 1_000) throw tooLong(names, wait);
          await pause(Math.ceil(wait));
        }
        for (const name of names) levelOf(name).left -= 1;
      };
      return urgent === undefined ? line(names.join(), through) : through();
    },
    heard: (name, left) => {
      const level = levelOf(name);
      level.left = Math.min(level.left, left);
    },
    stop: (name, seconds) => {
      const level = levelOf(name);
      level.pausedUntil = Math.max(level.pausedUntil, level.at + seconds * 1_000);
    },
  };
}

function waitMs({ left, at, pausedUntil }: Level, floor: number): number {
  return Math.max(0, pausedUntil - at, ((floor + 1 - left) / bucket.perSecond) * 1_000);
}

function fill(level: Level, at: number): void {
  level.left = Math.min(bucket.size, level.left + (Math.max(0, at - level.at) / 1_000) * bucket.perSecond);
  level.at = at;
}

function tooLong([name = '']: readonly string[], ms: number): AzureError {
  const seconds = Math.ceil(ms / 1_000);
  const message = `Azure takes no more reads for now (${name}), so it was not asked; in ${seconds} seconds it is`;
  return new AzureError({ status: 0, code: 'ReadBudgetSpent', message, retryable: true, retryAfter: seconds });
}
