import type { Json } from './resource';

/** Types as streams of a data collection rule name them; in a table of Log Analytics `datetime` is written `dateTime`. */
export type ColumnType = 'string' | 'datetime' | 'int' | 'long' | 'dynamic';

export interface TableDefinition {
  /** Name of the table; its stream is `Custom-<name>`. */
  readonly name: string;
  readonly description: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** A row that has a value, or null, for every column of its table and nothing else. */
export type RowOf<T extends TableDefinition> = {
  readonly [Column in keyof T['columns']]: ValueOf<T['columns'][Column]> | null;
};

type ValueOf<Type> = Type extends 'int' | 'long' ? number : Type extends 'dynamic' ? Json : string;

/**
 * Sentinel's tables: the source of what the deployment makes (table, stream), of the rows here and of the schema that
 * queries are checked against. No column is reserved (`_ResourceId`, `id`, `_SubscriptionId`, `TenantId`, `Type`, `UniqueId`,
 * `Title`), and the real times have columns of their own, for ingestion rewrites a `TimeGenerated` that is older than two
 * days (Azure Monitor: Logs Ingestion API).
 */
export const findingsTable = {
  name: 'StewardFindings_CL',
  description:
    'What Steward knows of one control on one resource: a row at each change and each end of a remedy, and one a day while it is open.',
  columns: {
    TimeGenerated: 'datetime',
    EventId: 'string',
    RowKind: 'string',
    FindingId: 'string',
    ControlId: 'string',
    FindingTitle: 'string',
    ResourceIdText: 'string',
    ResourceName: 'string',
    ResourceTypeText: 'string',
    SubscriptionIdText: 'string',
    FindingState: 'string',
    PreviousState: 'string',
    FindingSeverity: 'string',
    Reason: 'string',
    Remedy: 'string',
    RemedyState: 'string',
    Changes: 'string',
    UndoneBy: 'string',
    FirstSeenAt: 'datetime',
    LastSeenAt: 'datetime',
    AnnouncedAt: 'datetime',
    EventAt: 'datetime',
    SeenAt: 'datetime',
    DecidedAt: 'datetime',
    WrittenAt: 'datetime',
    ConfirmedAt: 'datetime',
    FlowingAt: 'datetime',
    TimeToComplianceMs: 'long',
  },
} as const satisfies TableDefinition;

/**
 * Counted are resources, as in the posture that the API answers: one that several things are judged of counts once, in the
 * state that sums them up. What was put right is compliant, and what is gone is not counted. `OldestOpenAt` is of those that
 * are open; `SweptAt` is when the last look at everything ended. `EventsMissed` (of the last day) and `WaitingRows` are those
 * of the subscription, `PoisonedMessages` those of the app: the same in each of its rows.
 */
export const postureTable = {
  name: 'StewardPosture_CL',
  description:
    'Every hour, how many resources each control found in each state in a subscription; its absence says that Steward is silent.',
  columns: {
    TimeGenerated: 'datetime',
    EventId: 'string',
    CountedAt: 'datetime',
    SubscriptionIdText: 'string',
    ControlId: 'string',
    ControlTitle: 'string',
    Requirement: 'string',
    ControlSeverity: 'string',
    MayWrite: 'string',
    Compliant: 'long',
    Open: 'long',
    Unknown: 'long',
    Exempt: 'long',
    NotApplicable: 'long',
    OldestOpenAt: 'datetime',
    SweptAt: 'datetime',
    EventsMissed: 'long',
    PoisonedMessages: 'long',
    WaitingRows: 'long',
  },
} as const satisfies TableDefinition;

export const tables = [findingsTable, postureTable] as const satisfies readonly TableDefinition[];

export type TableName = (typeof tables)[number]['name'];

export const streamOf = ({ name }: Pick<TableDefinition, 'name'>): string => `Custom-${name}`;
