import type { Finding } from '../../shared/core/finding';
import type { postureTable, RowOf } from '../../shared/core/tables';
import { announcementOf } from '../../shared/pipeline/row';

const subscription = '/subscriptions/00000000-0000-4000-8000-000000000000';
const at = '2026-01-01T08:00:00.000Z';

/** A finding about a network, with what a remedy would change: longer than most. */
const finding: Finding = {
  findingId: 'a'.repeat(26),
  controlId: 'flow-logs',
  title: 'The traffic of every subnet is logged to a StorageV2 account, kept long enough and analysed',
  resourceId: `${subscription}/resourceGroups/rg-network-production/providers/Microsoft.Network/virtualNetworks/vnet-production-westeurope`,
  resourceType: 'Microsoft.Network/virtualNetworks',
  state: 'open',
  severity: 'high',
  reason: 'no flow log covers subnets snet-nodes-system, snet-nodes-user, snet-gateway, snet-endpoints',
  remedy: 'REMEDIATE does not name flow-logs, so nothing is written',
  changes: ['create storage account', 'keep the flow logs', 'create the flow log'].map((summary) => ({
    resourceId: `${subscription}/resourceGroups/rg-steward/providers/Microsoft.Storage/storageAccounts/stflowaaaaaaaaaaaaa`,
    summary,
    differences: ['location', 'properties.enabled', 'properties.storageId', 'properties.format.version'].map(
      (path) => ({
        path,
        before: null,
        after: 'westeurope',
      }),
    ),
  })),
  firstSeen: at,
  lastSeen: at,
  asOf: at,
  hops: { event: at, seen: at, decided: at },
  lookedAt: [],
  announced: at,
};

const posture: RowOf<typeof postureTable> = {
  TimeGenerated: at,
  CountedAt: at,
  EventId: 'b'.repeat(60),
  SubscriptionIdText: subscription.slice(-36),
  ControlId: 'live-flow-logs',
  ControlTitle: finding.title,
  Requirement: '3',
  ControlSeverity: 'high',
  MayWrite: 'yes',
  Compliant: 100,
  Open: 10,
  Unknown: 1,
  Exempt: 1,
  NotApplicable: 10,
  OldestOpenAt: at,
  SweptAt: at,
  EventsMissed: 0,
  PoisonedMessages: 0,
  WaitingRows: 0,
};

/** Bytes of a row as Log Analytics counts it: of the text of its values (Azure Monitor: data size calculation). */
export function bytesOf(row: Readonly<Record<string, unknown>>): number {
  const text = Object.values(row).map((value) => (value === null || value === undefined ? '' : String(value)));
  return new TextEncoder().encode(text.join('')).length;
}

export const rowSizes = {
  finding: bytesOf(announcementOf(finding, 'transition', 'compliant').row),
  posture: bytesOf(posture),
};
