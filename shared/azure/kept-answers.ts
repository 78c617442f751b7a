import type { Query } from '../core/inventory';
import type { Read } from '../core/ports';

export interface Answer {
  readonly query: Query;
  readonly read: Promise<Read>;
  /** When the question was put. */
  readonly readAt: string;
}

export interface KeptAnswers {
  get(key: string): Answer | undefined;
  /** Keeps it until it is refused, too old, or has to make room. It is the youngest, unless it takes the place of another. */
  put(key: string, answer: Answer): void;
  drop(key: string): void;
  /** Drops what is too old to serve anybody at that time (milliseconds since the epoch); looks for it every now and then. */
  tidy(now: number): void;
}

const mostAnswers = 2_000;
/** All answers together hold so many resources at most, of a kilobyte or two each. */
const mostResources = 20_000;
/** Milliseconds. */
const betweenTidying = 10_000;

interface Kept {
  readonly answer: Answer;
  /** How many resources it holds; one until that is known. */
  readonly size: number;
}

/** Answers by key, with bounds to the memory that they take. */
export function keptAnswers(maxAge: (query: Query) => number): KeptAnswers {
  const kept = new Map<string, Kept>();
  let resources = 0;
  let tidiedAt = 0;

  const drop = (key: string): void => {
    resources -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };

  const set = (key: string, one: Kept): void => {
    resources += one.size - (kept.get(key)?.size ?? 0);
    kept.set(key, one);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostAnswers && resources <= mostResources) return;
      drop(oldest);
    }
  };

  return {
    get: (key) => kept.get(key)?.answer,
    put: (key, answer) => {
      const isThere = (): boolean => kept.get(key)?.answer === answer;
      set(key, { answer, size: 1 });
      answer.read.then(
        (read) => isThere() && set(key, { answer, size: sizeOf(read) }),
        () => {
          if (isThere()) drop(key);
        },
      );
    },
    drop,
    tidy: (now) => {
      if (Math.abs(now - tidiedAt) < betweenTidying) return;
      tidiedAt = now;
      for (const [key, { answer }] of kept) if (Date.parse(answer.readAt) < now - maxAge(answer.query)) drop(key);
    },
  };
}

function sizeOf({ result }: Read): number {
  return result.state === 'read' && Array.isArray(result.value) ? Math.max(1, result.value.length) : 1;
}
