import type { Announcement, Finding, FindingState } from '../core/finding';
import { nameOf, subscriptionOf } from '../core/resource';
import { findingsTable, type RowOf } from '../core/tables';

/**
 * A row about a finding as it is now. `EventId` is the same however often the row is sent, and `AnnouncedAt` orders the rows
 * about one finding, for ingestion may rewrite `TimeGenerated`.
 */
export function announcementOf(
  finding: Finding,
  kind: 'transition' | 'remedy' | 'heartbeat',
  previous?: FindingState,
): Announcement {
  const at = finding.announced ?? finding.lastSeen;
  const subscriptionId = subscriptionOf(finding.resourceId);
  const row: RowOf<typeof findingsTable> = {
    TimeGenerated: at,
    EventId: `${finding.findingId}-${kind}-${finding.state}-${at}`,
    RowKind: kind,
    FindingId: finding.findingId,
    ControlId: finding.controlId,
    FindingTitle: finding.title,
    ResourceIdText: finding.resourceId,
    ResourceName: nameOf(finding.resourceId),
    ResourceTypeText: finding.resourceType,
    SubscriptionIdText: subscriptionId,
    FindingState: finding.state,
    PreviousState: previous ?? null,
    FindingSeverity: finding.severity,
    Reason: finding.reason,
    Remedy: finding.remedy,
    RemedyState: finding.remedyState ?? null,
    Changes: changesIn(finding),
    UndoneBy: undoneIn(finding),
    FirstSeenAt: finding.firstSeen,
    LastSeenAt: finding.lastSeen,
    AnnouncedAt: at,
    EventAt: finding.hops.event ?? null,
    SeenAt: finding.hops.seen,
    DecidedAt: finding.hops.decided,
    WrittenAt: finding.hops.written ?? null,
    ConfirmedAt: finding.hops.confirmed ?? null,
    FlowingAt: finding.hops.flowing ?? null,
    TimeToComplianceMs: finding.timeToCompliance ?? null,
  };
  return { table: findingsTable.name, key: `${at}-${finding.findingId}-${finding.state}`, subscriptionId, row };
}

/** Log Analytics cuts a text column at 64 KB. */
const longestText = 30_000;

/** What the remedy changes, as JSON; shortened to whole writes. */
function changesIn({ changes = [] }: Finding): string | null {
  for (let count = changes.length; count > 0; count -= 1) {
    const text = JSON.stringify(changes.slice(0, count));
    if (text.length <= longestText) return text;
  }
  return null;
}

/** Who undid within a day what was put right: object ids. */
function undoneIn({ undone = [] }: Finding): string | null {
  return undone.length === 0 ? null : undone.map(({ by }) => by ?? 'unknown').join(', ');
}
