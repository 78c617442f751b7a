/** A write or deletion that Azure's activity log tells of. */
export interface LoggedChange {
  readonly resourceId: string;
  /** Shared by all entries about one operation. */
  readonly operationId: string;
  readonly at: string;
}

/** A change that no event announced. */
export interface MissedChange {
  readonly resourceId: string;
  readonly at: string;
}

/** What is known of the events of a subscription that did not come. */
export interface Gaps {
  /** Since when events are listened to. */
  readonly since: string;
  /** Until when the activity log was compared. */
  readonly watermark: string;
  readonly missed: number;
  /** Changes that were missed by the hour in which they happened, as `2026-03-01T08`, of the last day. */
  readonly perHour: Readonly<Record<string, number>>;
  /** The latest ones. */
  readonly last: readonly MissedChange[];
}

export interface GapChange {
  readonly gaps: Gaps;
  /** Resources whose changes are known by now. At most 90. */
  readonly heard: readonly { readonly resourceId: string; readonly at: string }[];
}

/** The canaries: writes of Steward that have to come back as events. */
export interface CanaryState {
  /** When an instance last set about writing one, so that no other does. */
  readonly begunAt: string;
  /** That attempt has ended, and the next one is due in an hour. */
  readonly ended: boolean;
  /** When the latest one was written. */
  readonly writtenAt?: string;
  /** When those were written that have not come back, oldest first. */
  readonly unheard: readonly string[];
  /** When the latest one that came back was written, by Azure's clock. */
  readonly heardAt?: string;
  /** Why the latest one could not be written. */
  readonly refused?: { readonly reason: string; readonly retryable: boolean };
}

/** Which changes Steward has heard of, and what of those that it has not. */
export interface Receipts {
  /** An event about the resource came in at this time. */
  heard(resourceId: string, at: string): Promise<void>;
  lastHeard(subscriptionId: string, resourceId: string): Promise<string | undefined>;
  /** Deletes what was heard before this time. */
  forget(subscriptionId: string, before: string): Promise<void>;
  gaps(subscriptionId: string): Promise<Gaps | undefined>;
  /** Reads, decides and writes as one: `decide` is asked again when somebody else wrote in between. */
  updateGaps(
    subscriptionId: string,
    decide: (previous: Gaps | undefined) => Promise<GapChange | undefined>,
  ): Promise<void>;
  canary(subscriptionId: string): Promise<CanaryState | undefined>;
  /** As `updateGaps`. */
  updateCanary(
    subscriptionId: string,
    decide: (previous: CanaryState | undefined) => CanaryState | undefined,
  ): Promise<void>;
}

export interface ActivityLog {
  /** Writes and deletions in the subscription that succeeded from one time to the other, in no promised order. Throws AzureError. */
  changes(subscriptionId: string, from: string, to: string): AsyncIterable<LoggedChange>;
}

export interface Canary {
  /** Writes the time to a tag of Steward's own resource group. Throws AzureError. */
  write(at: string): Promise<void>;
}
