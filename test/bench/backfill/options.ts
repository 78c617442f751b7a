export interface BackfillOptions {
  readonly subscriptions: number;
  /** In each subscription. */
  readonly networks: number;
  readonly regions: number;
  readonly instances: number;
}

export const backfills: readonly BackfillOptions[] = [
  { subscriptions: 1, networks: 100, regions: 20, instances: 4 },
  { subscriptions: 1, networks: 1_000, regions: 20, instances: 4 },
  { subscriptions: 1, networks: 10_000, regions: 20, instances: 4 },
  { subscriptions: 1_000, networks: 50, regions: 4, instances: 2 },
];
