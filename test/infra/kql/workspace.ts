import { postureTable, findingsTable, type TableDefinition } from '../../../shared/core/tables';
import type { KqlType, Schema } from './kusto';

/** What Log Analytics adds to every table (Azure Monitor: standard columns in logs). */
export const standardColumns = {
  TenantId: 'string',
  TimeGenerated: 'datetime',
  Type: 'string',
  _ResourceId: 'string',
  _SubscriptionId: 'string',
  _ItemId: 'string',
  _BilledSize: 'real',
  _IsBillable: 'string',
  _TimeReceived: 'datetime',
} as const satisfies Readonly<Record<string, KqlType>>;

const own = ({ columns }: TableDefinition): Readonly<Record<string, KqlType>> => ({ ...standardColumns, ...columns });

/** As far as the queries use them (Azure Monitor: table reference). */
export const foreign = {
  AzureActivity: {
    ...standardColumns,
    OperationNameValue: 'string',
    ActivityStatusValue: 'string',
    Caller: 'string',
    CallerIpAddress: 'string',
    CorrelationId: 'string',
    EventSubmissionTimestamp: 'datetime',
    ResourceGroup: 'string',
    SubscriptionId: 'string',
    Claims_d: 'dynamic',
  },
  NTANetAnalytics: {
    ...standardColumns,
    SubType: 'string',
    FlowStartTime: 'datetime',
    FlowType: 'string',
    SrcIp: 'string',
    DestIp: 'string',
    DestPort: 'int',
    SrcSubscription: 'string',
    DestSubscription: 'string',
    SrcSubnet: 'string',
    DestSubnet: 'string',
    BytesSrcToDest: 'long',
    BytesDestToSrc: 'long',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, KqlType>>>>;

export type ForeignTable = keyof typeof foreign;

/** A workspace with our tables, these functions, and the tables of others that are named. */
export function workspaceWith(
  functions: Readonly<Record<string, string>>,
  others: readonly ForeignTable[] = ['AzureActivity', 'NTANetAnalytics'],
): Schema {
  return {
    functions,
    tables: {
      [findingsTable.name]: own(findingsTable),
      [postureTable.name]: own(postureTable),
      ...Object.fromEntries(others.map((name) => [name, foreign[name]])),
    },
  };
}
