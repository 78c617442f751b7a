/** When everything in a subscription was last looked at, for each control. */
export interface Sweeps {
  /** A sweep has ended in which everything could be listed. */
  ended(subscriptionId: string, controlId: string, at: string): Promise<void>;
  /** Of each control the last end. */
  of(subscriptionId: string): Promise<ReadonlyMap<string, string>>;
}
