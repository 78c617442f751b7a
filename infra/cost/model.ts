import { assumptions } from './assumptions';
import type { Prices } from './prices';

/** What is kept right, all subscriptions together. */
export interface Estate {
  readonly subscriptions: number;
  readonly networks: number;
  readonly clusters: number;
  readonly eventsPerDay: number;
  /** Days that Steward's rows are kept. */
  readonly daysKept: number;
  /** GB that all flow logs write in a month. */
  readonly flowLogGb: number;
}

/** What the rows and controls of this version are like. */
export interface Version {
  readonly controls: number;
  readonly findingBytes: number;
  readonly postureBytes: number;
}

/** Amounts of a month. */
export interface Quantities {
  readonly events: number;
  readonly executions: number;
  readonly gbSeconds: number;
  readonly rows: number;
  readonly logGb: number;
  readonly telemetryGb: number;
  readonly queueOperations: number;
  readonly tableOperations: number;
  readonly blobWrites: number;
  readonly eventOperations: number;
}

export interface Line {
  readonly what: string;
  readonly amount: number;
  readonly unit: string;
  readonly cost: number;
}

export interface Cost {
  readonly quantities: Quantities;
  readonly lines: readonly Line[];
  readonly total: number;
  /** What flow logs cost whoever switches them on: the customer's own, with Steward or without. */
  readonly flowLogs: readonly Line[];
  readonly flowLogsTotal: number;
}

const gb = 1_000_000_000;

export function quantitiesOf(estate: Estate, version: Version): Quantities {
  const { daysAMonth: days, instanceGb } = assumptions;
  const { subscriptions, networks, clusters } = estate;
  const resources = networks * assumptions.resourcesPerNetwork + clusters * assumptions.resourcesPerCluster;
  const events = estate.eventsPerDay * days;
  const judgements = events * assumptions.judgementsPerEvent;
  const sweeps = assumptions.sweepsADay * days * subscriptions;
  const executions = events + judgements + 2 * sweeps;
  const seconds =
    events * assumptions.secondsOfEvent +
    judgements * assumptions.secondsOfJudgement +
    sweeps * (assumptions.secondsOfReconcile + assumptions.secondsOfSweep) +
    assumptions.sweepsADay * days * resources * assumptions.secondsPerSweptResource;
  const transitions = judgements * assumptions.shareOfTransitions;
  const reminders = resources * version.controls * assumptions.shareOpen * days;
  const posture = 24 * days * version.controls * subscriptions;
  return {
    events,
    executions,
    gbSeconds: seconds * instanceGb,
    rows: transitions + reminders + posture,
    logGb: ((transitions + reminders) * version.findingBytes + posture * version.postureBytes) / gb,
    telemetryGb: (executions * assumptions.telemetryBytes) / gb,
    queueOperations:
      assumptions.pollsADay * days * subscriptions + executions * assumptions.queueOperationsPerExecution,
    tableOperations:
      executions * assumptions.tableOperationsPerExecution + sweeps * assumptions.tableOperationsPerSweep,
    blobWrites: assumptions.renewalsADay * days * subscriptions,
    eventOperations: events * assumptions.operationsPerEvent,
  };
}

/** What a month costs. What is free counts for each subscription. */
export function costOf(estate: Estate, version: Version, prices: Prices): Cost {
  const quantities = quantitiesOf(estate, version);
  const lines = [...computing(quantities, estate, prices), ...storing(quantities, estate, prices)];
  const flowLogs = flowLogLines(estate, prices);
  return { quantities, lines, total: sum(lines), flowLogs, flowLogsTotal: sum(flowLogs) };
}

const sum = (lines: readonly Line[]): number => lines.map(({ cost }) => cost).reduce((left, right) => left + right, 0);

const beyond = (amount: number, free: number): number => Math.max(0, amount - free);

function computing(quantities: Quantities, { subscriptions }: Estate, prices: Prices): readonly Line[] {
  const { gbSeconds, executions, eventOperations } = quantities;
  return [
    {
      what: 'Functions: execution time',
      amount: gbSeconds,
      unit: 'GB-s',
      cost: beyond(gbSeconds, prices.freeGbSeconds * subscriptions) * prices.gbSecond,
    },
    {
      what: 'Functions: executions',
      amount: executions,
      unit: 'executions',
      cost: (beyond(executions, prices.freeExecutions * subscriptions) / 1_000_000) * prices.millionExecutions,
    },
    {
      what: 'Event Grid',
      amount: eventOperations,
      unit: 'operations',
      cost:
        (beyond(eventOperations, prices.freeEventOperations * subscriptions) / 1_000_000) *
        prices.millionEventOperations,
    },
  ];
}

function storing(quantities: Quantities, { daysKept }: Estate, prices: Prices): readonly Line[] {
  const { logGb, telemetryGb, queueOperations, tableOperations, blobWrites } = quantities;
  const keptGb = (logGb * beyond(daysKept, prices.freeDaysKept)) / assumptions.daysAMonth;
  const operations = (what: string, amount: number, price: number): Line => ({
    what: `Storage: ${what}`,
    amount,
    unit: 'operations',
    cost: (amount / 10_000) * price,
  });
  return [
    { what: 'Sentinel: rows', amount: logGb, unit: 'GB', cost: logGb * (prices.logGb + prices.sentinelGb) },
    { what: 'Sentinel: rows kept', amount: keptGb, unit: 'GB', cost: keptGb * prices.keptGbMonth },
    { what: 'Application Insights', amount: telemetryGb, unit: 'GB', cost: telemetryGb * prices.logGb },
    operations('queues', queueOperations, prices.queueOperations),
    operations('tables', tableOperations, prices.tableOperations),
    operations('blobs', blobWrites, prices.blobWrites),
  ];
}

function flowLogLines({ flowLogGb, subscriptions }: Estate, prices: Prices): readonly Line[] {
  const keptGb = (flowLogGb * assumptions.flowLogDaysKept) / assumptions.daysAMonth;
  const collected = beyond(flowLogGb, prices.freeFlowLogGb * subscriptions) * prices.flowLogGb;
  return [
    { what: 'Flow logs collected', amount: flowLogGb, unit: 'GB', cost: collected },
    { what: 'Flow logs analysed', amount: flowLogGb, unit: 'GB', cost: flowLogGb * prices.analyticsGb },
    { what: 'Flow logs kept', amount: keptGb, unit: 'GB', cost: keptGb * prices.blobGbMonth },
  ];
}
