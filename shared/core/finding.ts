import type { TableName } from './tables';
import type { Severity } from './verdict';
import type { FieldDifference } from './what-if';

/** What one write changes. */
export interface WhatIf {
  readonly resourceId: string;
  readonly summary: string;
  readonly differences: readonly FieldDifference[];
}

export type FindingState = 'open' | 'resolved' | 'compliant' | 'unknown' | 'notApplicable' | 'exempt';

/** `failed`: Azure refused a write for good, or it could not be proved. */
export type RemedyState = 'done' | 'failed';

/** Times of each hop, ISO 8601 in UTC. */
export interface Hops {
  /** When the change happened, by Azure's clock. */
  readonly event?: string;
  /** When Steward read the resource. */
  readonly seen: string;
  readonly decided: string;
  /** When the last write of a remedy was accepted. */
  readonly written?: string;
  /** When the write had been read back and compared. */
  readonly confirmed?: string;
  /** Since when a sign is waited for that the thing works, as a flow log's first blob. */
  readonly awaited?: string;
  /** When a remedy last began it anew; the sign has to be younger. */
  readonly renewed?: string;
  /** Time of the sign by which it was first seen to work, since it is waited for or was last silent. */
  readonly flowing?: string;
}

/** What Steward knows of one control on one resource; there is one for everything that was ever judged. */
export interface Finding {
  readonly findingId: string;
  readonly controlId: string;
  readonly title: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly reason: string;
  /** What Steward did or could not do about it. */
  readonly remedy: string;
  /** How the last remedy of this state ended; absent when there was none or it is only waited for. */
  readonly remedyState?: RemedyState;
  /** What a remedy would change, or changed, field by field. */
  readonly changes?: readonly WhatIf[];
  /** When somebody undid within the last day what Steward had put right, oldest first. */
  readonly undone?: readonly { readonly at: string; readonly by?: string }[];
  /** A person took a change of Steward's back: nothing is written until a person approves a plan. */
  readonly held?: { readonly at: string; readonly by: string; readonly changeId: string };
  /** Since when the present episode (open or unknown until resolved) lasts; for others, when it was first judged. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** When the oldest fact was read that the verdict rests on. */
  readonly asOf: string;
  readonly hops: Hops;
  /** Milliseconds from the event (without one: from the first look) to the confirmation. */
  readonly timeToCompliance?: number;
  /** The resource does not exist any more; the finding stays so that it tells how it ended. */
  readonly gone?: true;
  /** Something is still being done about it. */
  readonly pending?: true;
  /** What the verdict was concluded from: keys of queries. `*` when there are too many to keep. */
  readonly lookedAt: readonly string[];
  /** Which of several things that the control judges about the resource. */
  readonly aspect?: string;
  /** Findings of their own about each of several things; this one then only sums them up, and Sentinel is told of them. */
  readonly aspects?: readonly Finding[];
  /** Key of the exemption by which it is not open. */
  readonly exemption?: string;
  /** When a row about this finding was last handed to the outbox. */
  readonly announced?: string;
}

/** A row for one of Sentinel's tables that waits in the outbox until ingestion took it. */
export interface Announcement {
  readonly table: TableName;
  /** Sortable: time, then what the row is about. */
  readonly key: string;
  readonly subscriptionId: string;
  readonly row: Readonly<Record<string, string | number | null>>;
}

/** What is told of a subscription in turns, and when, as `2026-03-01T08`. */
export interface Turn {
  readonly subscriptionId: string;
  readonly name: string;
  /** Of one name they sort. */
  readonly at: string;
}

/** A finding, or what it sums up. */
export function singleFindings(finding: Finding): readonly Finding[] {
  return finding.aspects === undefined || finding.aspects.length === 0 ? [finding] : finding.aspects;
}
