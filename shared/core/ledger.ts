import type { Body, Kept } from './control';
import type { Message } from './message';
import type { Resource } from './resource';
import type { FieldDifference } from './what-if';

/** One write, as it is known before it is sent. */
export interface LedgerChange {
  /** `<subscription>-<time>-<chance>`: sortable within a subscription. */
  readonly changeId: string;
  /** When it was about to be sent, ISO 8601 in UTC. */
  readonly at: string;
  readonly resourceId: string;
  /** What changes, as a sentence that begins with a verb in the infinitive. */
  readonly summary: string;
  readonly why: Why;
  /** Client id of the identity that writes; absent where the app has none of its own. */
  readonly identity?: string;
  /** The lock under which it is written. */
  readonly lock: string;
  readonly differences: readonly FieldDifference[];
  /** What was there, as read; absent when the resource is created. */
  readonly before?: Resource;
  /** What is written; absent when the resource is removed. */
  readonly body?: Body;
  readonly without?: readonly string[];
  readonly drops?: readonly string[];
  readonly keeps?: readonly Kept[];
}

/** On whose behalf something is written. */
export interface Why {
  readonly controlId: string;
  readonly findingId: string;
  /** The resource that was judged. */
  readonly subjectId: string;
  readonly cause: Message['cause'] | 'revert' | 'recovery';
  readonly runId?: string;
  /** Who asked for it, where a person did. */
  readonly by?: string;
  /** The change that this one takes back. */
  readonly reverts?: string;
}

/** How a write ended. Of several ends the last one counts. */
export interface LedgerEnd {
  readonly at: string;
  /**
   * `proved`: read back as it was wanted. `refused`: Azure did not take it. `unproved`: it may have taken it; what it
   * left is looked at again. `interrupted`: whoever wrote it died; `text` says what was found.
   */
  readonly state: 'proved' | 'refused' | 'unproved' | 'interrupted';
  readonly text: string;
  /** Azure has taken the write, whatever went wrong then. */
  readonly isAccepted?: true;
  /** The resource as it was read back. */
  readonly after?: Resource;
}

/** A change with its end, if it has one yet. */
export interface LedgerEntry {
  readonly change: LedgerChange;
  readonly end?: LedgerEnd;
  /** The change that took this one back. */
  readonly revertedBy?: string;
}

const subscriptionLength = 36;

export function changeIdFor(subscriptionId: string, at: string, chance: string): string {
  return `${subscriptionId}-${at.replaceAll(/[-:.]/g, '')}-${chance}`;
}

/** The subscription that a change belongs to; undefined when the text is no change id. */
export function subscriptionOfChange(changeId: string): string | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{8}T\d{9}Z-[a-z2-7]+$/.test(changeId)
    ? changeId.slice(0, subscriptionLength)
    : undefined;
}
