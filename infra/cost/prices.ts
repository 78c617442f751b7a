/**
 * Inputs of the model, not quotes: list prices for pay-as-you-go, to be checked against the price page before anybody relies
 * on them. They differ by region, agreement and day.
 */
export const prices = {
  currency: 'USD',
  region: 'East US',
  asOf: '2026-11-24',
  page: 'https://azure.microsoft.com/pricing/calculator/',
  /** Functions, Flex Consumption, on demand; what is free is per subscription and month. */
  gbSecond: 0.000026,
  freeGbSeconds: 100_000,
  millionExecutions: 0.4,
  freeExecutions: 250_000,
  /** A GB that Log Analytics takes, what Sentinel adds to it, and a GB that is kept for a month after the free days. */
  logGb: 2.3,
  sentinelGb: 2,
  keptGbMonth: 0.1,
  freeDaysKept: 90,
  /** General-purpose v2, hot, LRS: for 10,000 operations. */
  queueOperations: 0.004,
  tableOperations: 0.00036,
  blobWrites: 0.05,
  blobGbMonth: 0.0208,
  /** Event Grid, basic; what is free is per subscription and month. */
  millionEventOperations: 0.6,
  freeEventOperations: 100_000,
  /** Network Watcher: flow logs collected, and processed by traffic analytics every 10 minutes. */
  flowLogGb: 0.5,
  freeFlowLogGb: 5,
  analyticsGb: 3.5,
} as const;

export type Prices = { readonly [Name in keyof typeof prices]: (typeof prices)[Name] extends number ? number : string };
