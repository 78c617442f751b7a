import type { FlowLog, LifecycleRule } from './types';

/** Days after which a flow log's own policy deletes; Infinity: never. */
export function ownRetention({ retentionPolicy }: FlowLog): number {
  const days = retentionPolicy?.days ?? 0;
  return retentionPolicy?.enabled !== true || days === 0 ? Infinity : days;
}

/** `enabled` with 0 days: documented as for ever, reported as ambiguous by users; «for ever» is `enabled: false`. */
export function retentionIsAmbiguous({ retentionPolicy }: FlowLog): boolean {
  return retentionPolicy?.enabled === true && (retentionPolicy.days ?? 0) === 0;
}

export interface Deletion {
  readonly days: number;
  /** Name of the lifecycle rule. */
  readonly rule: string;
}

/**
 * The lifecycle rule that deletes blobs below a prefix first. Where a log has a policy of its own as well, the shorter of
 * both wins (Network Watcher FAQ).
 */
export function earliestDeletion(rules: readonly LifecycleRule[], blobs: string): Deletion | undefined {
  return rules.flatMap((rule) => deletionBy(rule, blobs)).toSorted((a, b) => a.days - b.days)[0];
}

/** When a rule that selects the blobs of one log and no others deletes them, in days; undefined: it is another rule. */
export function daysOfRuleFor(blobs: string, rule: LifecycleRule): number | undefined {
  const { prefixMatch = [] } = rule.definition?.filters ?? {};
  const isBelow = (prefix: string): boolean =>
    `${prefix.replace(/\/$/, '')}/`.toLowerCase().startsWith(blobs.toLowerCase());
  const after = daysOf(rule);
  return prefixMatch.length > 0 && prefixMatch.every(isBelow) && after.length > 0 ? Math.min(...after) : undefined;
}

function daysOf({ definition = {} }: LifecycleRule): readonly number[] {
  return Object.values(definition.actions?.baseBlob?.delete ?? {}).filter(Number.isFinite);
}

function deletionBy(rule: LifecycleRule, blobs: string): readonly Deletion[] {
  const { name = 'unnamed', enabled = true, definition = {} } = rule;
  const after = daysOf(rule);
  if (!enabled || after.length === 0 || !selects(definition.filters ?? {}, blobs)) return [];
  return [{ days: Math.min(...after), rule: name }];
}

type Filters = NonNullable<NonNullable<LifecycleRule['definition']>['filters']>;

/** Whether filters select block blobs under the log's prefix; index tags never are on a flow log's blobs. */
function selects(
  { blobTypes = ['blockBlob'], prefixMatch = [], blobIndexMatch = [] }: Filters,
  blobs: string,
): boolean {
  const blockBlobs = blobTypes.some((type) => type.toLowerCase() === 'blockblob');
  if (!blockBlobs || blobIndexMatch.length > 0) return false;
  return prefixMatch.length === 0 || prefixMatch.some((prefix) => overlap(prefix, blobs));
}

/** Prefixes compare with case; below the container, logs are written in a case that Azure chooses. */
function overlap(prefix: string, blobs: string): boolean {
  const [container = ''] = blobs.split('/');
  const [wanted = ''] = prefix.split('/');
  const isContainer = prefix.includes('/') ? wanted === container : container.startsWith(prefix);
  const [a, b] = [prefix.toLowerCase(), blobs.toLowerCase()];
  return isContainer && (a.startsWith(b) || b.startsWith(a));
}
