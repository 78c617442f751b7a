/** What the model takes for granted, where nobody knows it beforehand: on the safe side, which is the dear one. */
export const assumptions = {
  daysAMonth: 30,
  /** Memory of an instance; an execution is billed with all of it, and none shares it with another one. */
  instanceGb: 2,
  /** No execution is billed with less than a second (Functions: Flex Consumption, billing). */
  secondsOfEvent: 1,
  secondsOfJudgement: 3,
  /** Each event wakes its resource and one more that was judged by it; none of them come together. */
  judgementsPerEvent: 2,
  /** Every 15 minutes. */
  sweepsADay: 96,
  secondsOfReconcile: 5,
  secondsOfSweep: 5,
  secondsPerSweptResource: 0.02,
  /** A network with two security groups; a cluster with its registry, vault, gateway, storage and a disk. */
  resourcesPerNetwork: 3,
  resourcesPerCluster: 6,
  /** Of the findings of all controls. */
  shareOpen: 0.05,
  /** Of the judgements that an event brings about. */
  shareOfTransitions: 0.2,
  /** What Application Insights takes of an execution. */
  telemetryBytes: 3_000,
  /** The queue is looked at every second, day and night; the host's lock is renewed four times a minute. */
  pollsADay: 86_400,
  renewalsADay: 5_760,
  queueOperationsPerExecution: 5,
  tableOperationsPerExecution: 15,
  tableOperationsPerSweep: 40,
  /** Raised, matched with the filter, delivered. */
  operationsPerEvent: 3,
  flowLogGbPerNetwork: 10,
  flowLogDaysKept: 90,
} as const;

export const asSentences: readonly string[] = [
  `A month has ${assumptions.daysAMonth} days, and each subscription a deployment of its own.`,
  `An execution is billed alone with ${assumptions.instanceGb} GB: ${assumptions.secondsOfEvent} s to take an event, ${assumptions.secondsOfJudgement} s to judge, ${assumptions.judgementsPerEvent} judgements for each event.`,
  `Every 15 minutes a sweep takes ${assumptions.secondsOfSweep} s and ${assumptions.secondsPerSweptResource * 1_000} ms for each resource; the timer takes ${assumptions.secondsOfReconcile} s.`,
  `A network brings ${assumptions.resourcesPerNetwork} judged resources, a cluster ${assumptions.resourcesPerCluster}; each control judges each of them, ${assumptions.shareOpen * 100} % of that is open, and every fifth judgement changes something.`,
  'Rows have the size of real ones: one for each change, one a day for what is open, one an hour for each control.',
  'Nobody else uses what is free in the subscription. Alert rules, private endpoints and always-ready instances are not in it.',
];
