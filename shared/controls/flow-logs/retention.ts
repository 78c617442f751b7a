import type { FlowLog, LifecycleRule } from './types';

export const containers = {
  network: 'insights-logs-flowlogflowevent',
  securityGroup: 'insights-logs-networksecuritygroupflowevent',
} as const;

/** Days after which a blob of the log is deleted, the shorter of the log's own policy and the account's rules. */
export interface Retention {
  /** Infinity: for ever. */
  readonly days: number;
  /** What decides, as in `lifecycle rule "cleanup" deletes after 30 days`. */
  readonly because: string;
  /** Whose rule decides: the flow log's own policy or the storage account's lifecycle rules. */
  readonly by: 'log' | 'account';
}

/**
 * How long the blobs of a flow log stay. If the log's policy and a lifecycle rule both exist, the shorter one wins
 * (Network Watcher FAQ).
 */
export function retentionOf(log: FlowLog, blobs: string, rules: readonly LifecycleRule[]): Retention {
  const own: Retention = ownRetention(log);
  const deletions = rules.flatMap((rule) => deletionBy(rule, blobs));
  return [own, ...deletions].toSorted((a, b) => a.days - b.days)[0] ?? own;
}

function ownRetention({ retentionPolicy }: FlowLog): Retention {
  const days = retentionPolicy?.days ?? 0;
  if (retentionPolicy?.enabled !== true || days === 0)
    return { days: Infinity, because: 'nothing deletes it', by: 'log' };
  return { days, because: `its retention policy deletes after ${days} days`, by: 'log' };
}

/** `enabled` with 0 days: documented as for ever, reported as ambiguous by users; «for ever» is `enabled: false`. */
export function retentionIsAmbiguous({ retentionPolicy }: FlowLog): boolean {
  return retentionPolicy?.enabled === true && (retentionPolicy.days ?? 0) === 0;
}

function deletionBy(rule: LifecycleRule, blobs: string): readonly Retention[] {
  const { name = 'unnamed', enabled = true, definition = {} } = rule;
  const after = Object.values(definition.actions?.baseBlob?.delete ?? {}).filter(Number.isFinite);
  if (!enabled || after.length === 0 || !selects(definition.filters ?? {}, blobs)) return [];
  const days = Math.min(...after);
  const because = `lifecycle rule "${name}" of its storage account deletes after ${days} days`;
  return [{ days, because, by: 'account' }];
}

type Filters = NonNullable<NonNullable<LifecycleRule['definition']>['filters']>;

/** Whether filters select block blobs under the log's prefix; index tags never are on a flow log's blobs. */
function selects(
  { blobTypes = ['blockBlob'], prefixMatch = [], blobIndexMatch = [] }: Filters,
  blobs: string,
): boolean {
  const blockBlobs = blobTypes.some((type) => type.toLowerCase() === 'blockblob');
  if (!blockBlobs || blobIndexMatch.length > 0) return false;
  if (prefixMatch.length === 0) return true;
  return prefixMatch.map((prefix) => prefix.toLowerCase()).some((prefix) => overlap(prefix, blobs.toLowerCase()));
}

function overlap(prefix: string, blobs: string): boolean {
  return blobs.startsWith(prefix) || prefix.startsWith(blobs);
}
