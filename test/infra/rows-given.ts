import type { Finding, FindingState } from '../../shared/core/finding';
import type { RowOf, postureTable } from '../../shared/core/tables';
import { findingIdOf } from '../../shared/pipeline/report';
import { announcementOf } from '../../shared/pipeline/row';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { run, type Given } from './kql/interpreter';
import { keyOf, type Row } from './kql/values';
import { queryOf, workspace } from './kql/texts';

/** When the queries run. */
export const now = '2026-03-10T12:00:00.000Z';
/** So many minutes before that. */
export const ago = (minutes: number): string => new Date(Date.parse(now) - minutes * 60_000).toISOString();

/** A finding on a network whose flow log was switched off two minutes ago. */
export const finding: Finding = {
  findingId: findingIdOf('flow-logs', networkId),
  controlId: 'flow-logs',
  title: 'Everything is logged',
  resourceId: networkId,
  resourceType: 'Microsoft.Network/virtualNetworks',
  state: 'open',
  severity: 'high',
  reason: 'flow log spoke-flowlog is switched off',
  remedy: '',
  firstSeen: ago(2),
  lastSeen: ago(2),
  asOf: ago(2),
  hops: { event: ago(2), seen: ago(2), decided: ago(2) },
  lookedAt: [],
  announced: ago(2),
};

export interface Told {
  readonly kind?: 'transition' | 'remedy' | 'heartbeat';
  readonly previous?: FindingState;
  readonly ingested?: string;
}

/** The row that Steward sends about a finding, ingested at once unless it is told otherwise. */
export function rowAbout(change: Partial<Finding>, { kind = 'transition', previous, ingested }: Told = {}): Given {
  const told = { ...finding, ...change };
  const { row } = announcementOf(told, kind, previous);
  return { row, ingested: ingested ?? String(row['TimeGenerated']) };
}

/** The same at so many minutes before now. */
export function rowAt(minutes: number, change: Partial<Finding>, told: Told = {}): Given {
  const at = ago(minutes);
  return rowAbout(
    { announced: at, lastSeen: at, firstSeen: at, hops: { event: at, seen: at, decided: at }, ...change },
    told,
  );
}

export function postureRow(change: Partial<RowOf<typeof postureTable>>): Given {
  const row: RowOf<typeof postureTable> = {
    TimeGenerated: change.CountedAt ?? ago(30),
    EventId: `posture-${change.ControlId ?? 'flow-logs'}-${change.CountedAt ?? ago(30)}`,
    CountedAt: ago(30),
    SubscriptionIdText: subscriptionId,
    ControlId: 'flow-logs',
    ControlTitle: 'Everything is logged',
    Requirement: '3',
    ControlSeverity: 'high',
    MayWrite: 'yes',
    Compliant: 8,
    Open: 1,
    Unknown: 1,
    Exempt: 0,
    NotApplicable: 5,
    OldestOpenAt: ago(600),
    SweptAt: ago(40),
    EventsMissed: 0,
    PoisonedMessages: 0,
    WaitingRows: 0,
    ...change,
  };
  return { row };
}

export interface Rows {
  readonly findings?: readonly Given[];
  readonly posture?: readonly Given[];
  readonly activity?: readonly Given[];
  readonly flows?: readonly Given[];
}

/** What a query of the solution answers; it has to be the same whatever the order of the rows is. */
export function answerOf(name: string, rows: Rows, schema = workspace): readonly Row[] {
  return answerTo(queryOf(name), rows, schema);
}

export function answerTo(query: string, rows: Rows, schema = workspace): readonly Row[] {
  const { findings = [], posture = [], activity = [], flows = [] } = rows;
  const all = {
    StewardFindings_CL: findings,
    StewardPosture_CL: posture,
    AzureActivity: activity,
    NTANetAnalytics: flows,
  };
  const turned = Object.fromEntries(Object.entries(all).map(([table, some]) => [table, some.toReversed()]));
  const result = run(query, { schema, rows: all, now }).rows;
  const other = run(query, { schema, rows: turned, now }).rows;
  const keys = (some: readonly Row[]): readonly string[] => some.map((row) => contentOf(row)).toSorted();
  expect(keys(other)).toEqual(keys(result));
  return result;
}

/** Lists within a row may come in any order. */
function contentOf(row: Row): string {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(keyOf).toSorted().join() : keyOf(value),
  ]);
  return JSON.stringify(entries.toSorted());
}
