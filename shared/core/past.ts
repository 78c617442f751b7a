import type { Finding } from './finding';
import { keyOf } from './resource';

/** What Steward remembers of a subject, for controls that judge by what was, too. */
export interface Past {
  /** The findings on it, those that the control remembers, by the control's id. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** What Steward wrote a moment ago, to which no finding bears witness yet. */
  readonly wrote?: Wrote;
}

export interface Wrote {
  /** Ids of resources. */
  readonly ids: readonly string[];
  readonly written: string;
  readonly confirmed: string;
}

/** What Steward has just written, when the resource is among it. */
export function justWrote(past: Past | undefined, id: string): Wrote | undefined {
  return past?.wrote?.ids.some((written) => keyOf(written) === keyOf(id)) === true ? past.wrote : undefined;
}
