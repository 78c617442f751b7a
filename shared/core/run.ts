import type { FieldDifference } from './what-if';

/** A backfill of one or many subscriptions: a plan that only shows, or the application of a plan. */
export interface Run {
  /** Sorts by the time at which the run was made. */
  readonly id: string;
  readonly kind: 'plan' | 'apply';
  /** `cancelling` until every part has taken notice. */
  readonly state: 'running' | 'cancelling' | 'cancelled' | 'done';
  readonly createdAt: string;
  readonly finishedAt?: string;
  /** Object id or name of whoever asked for it, where that is known. */
  readonly by?: string;
  readonly subscriptionIds: readonly string[];
  readonly managementGroupId?: string;
  /** Subscriptions of the management group that the app does not keep, and never touches. */
  readonly notKept?: readonly string[];
  /** Ids of the controls that run; absent: all. */
  readonly controls?: readonly string[];
  /** The plan that is applied. */
  readonly planId?: string;
  /** Of a plan: the run that applied it last. */
  readonly appliedBy?: string;
}

/** What one message works on: a subscription, and of the application of a plan what is written under one lock there. */
export interface RunPart {
  readonly key: string;
  readonly subscriptionId: string;
  readonly lock?: string;
  readonly state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';
  /** Absent until it has been counted. */
  readonly total?: number;
  readonly done: number;
  /** Items that a plan would write. */
  readonly planned: number;
  readonly changed: number;
  readonly failed: number;
  readonly blocked: number;
  /** Items that were kept; those with a higher number are leftovers of a crash. */
  readonly items: number;
  /** How many items of a plan are written under which lock. */
  readonly locks?: Readonly<Record<string, number>>;
  /** How far it has come; whoever finds another cursor than it has read is not the only one and stops. */
  readonly cursor: string;
  /** How often what comes next has been tried, and since when. */
  readonly tries?: number | undefined;
  readonly triedSince?: string | undefined;
  readonly throttledUntil?: string | undefined;
  readonly startedAt?: string;
  /** When it last came on. */
  readonly updatedAt: string;
  /** When the timer last had it worked on again. */
  readonly remindedAt?: string;
  /** Why it failed. */
  readonly text?: string;
}

export interface RunItem {
  readonly subscriptionId: string;
  /** From 0, in the order of the work; an applied item has the number that it has in its plan. */
  readonly number: number;
  readonly resourceId: string;
  readonly controlId: string;
  /** Of a plan: planned, blocked, unknown. Of its application: the others, and blocked. */
  readonly state: 'planned' | 'blocked' | 'unknown' | 'changed' | 'right' | 'changedSince' | 'gone' | 'failed';
  /** What was wanted and what was found. */
  readonly reason: string;
  /** What was or will be done, or what stands in the way. */
  readonly text: string;
  readonly lock?: string;
  readonly actions: readonly ShownAction[];
  /** Of an item that changed since it was planned: each field as it was shown and as it would be written now. */
  readonly since?: readonly FieldDifference[];
}

/** A write as it is shown to whoever has to agree to it. */
export interface ShownAction {
  readonly id: string;
  readonly summary: string;
  /** Depends on everything that is going to be written, and on nothing else. */
  readonly hash: string;
  readonly differences: readonly FieldDifference[];
  /** Every field of the body, where the resource is there already; secrets masked. */
  readonly body?: readonly FieldDifference[];
}

export function isOver({ state }: RunPart): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}
