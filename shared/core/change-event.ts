/** What Event Grid said, without anything personal. */
export interface ChangeEvent {
  /** Id of the resource that was written or deleted. */
  readonly id: string;
  readonly kind: 'written' | 'deleted' | 'other';
  readonly eventAt: string;
  /** Application and object id of whoever did it, where the event tells. */
  readonly by: readonly string[];
  /** Object id of whoever did it, where the event tells. */
  readonly actor?: string;
}
