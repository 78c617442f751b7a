/** What the line is run on: a scope and why, never a picture of the resource. */
export interface Message {
  readonly scope:
    | { readonly kind: 'resource'; readonly id: string }
    | { readonly kind: 'subscription'; readonly subscriptionId: string };
  readonly cause: 'event' | 'timer' | 'backfill' | 'retry' | 'ripple';
  /** Ids of the controls to run; absent: all. */
  readonly controls?: readonly string[];
  /** Object id of who changed it. */
  readonly by?: string;
  /** When the change happened, by Azure's clock. */
  readonly eventAt?: string;
  /** When Steward heard of it: a verdict on what was read later needs no second look. */
  readonly receivedAt: string;
  /** Nothing that was read before may be used. */
  readonly notBefore?: string;
  /** How often the scope came back after a retryable refusal. */
  readonly attempt?: number;
  /** It is going to write, and came back because Azure's limits left no room. */
  readonly waits?: true;
  /** The run that this is a part of; without a part it is the one of the whole subscription. */
  readonly run?: { readonly id: string; readonly part?: string };
}
