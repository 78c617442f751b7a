import type { TokenCredential } from '@azure/core-auth';
import { isAggregateLogsUploadError, LogsIngestionClient } from '@azure/monitor-ingestion';
import { AzureError } from '../core/errors';
import type { Announcement } from '../core/finding';
import type { Sentinel } from '../core/ports';
import { streamOf, tables } from '../core/tables';
import { toAzureError } from './refusal';

export interface Ingestion {
  /** Logs ingestion endpoint of a data collection rule of kind Direct, or of a data collection endpoint. */
  readonly endpoint: string;
  /** The rule's immutable id. */
  readonly ruleId: string;
  readonly audience: string;
  readonly credential: TokenCredential;
}

/** Sentinel's tables, through the Logs Ingestion API, each by its own stream. The client splits by size and compresses. */
export function sentinelTables({ endpoint, ruleId, audience, credential }: Ingestion): Sentinel {
  const client = new LogsIngestionClient(endpoint, credential, { audience, retryOptions: { maxRetries: 0 } });
  return {
    ingest: async (announcements) => {
      const parts = tables
        .map((table) => ({ table, rows: announcements.filter((one) => one.table === table.name) }))
        .filter(({ rows }) => rows.length > 0);
      const ends = await Promise.allSettled(
        parts.map(({ table, rows }) => upload(client, { ruleId, stream: streamOf(table) }, rows)),
      );
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
      const bug = failures.find((failure) => !(failure instanceof AzureError));
      if (bug !== undefined) throw bug;
      const taken = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
      if (taken.length === 0 && failures.length > 0) throw failures[0];
      return taken;
    },
  };
}

interface Target {
  readonly ruleId: string;
  readonly stream: string;
}

/** Answers the rows of one table that were taken; throws AzureError when none was. */
async function upload(
  client: LogsIngestionClient,
  { ruleId, stream }: Target,
  announcements: readonly Announcement[],
): Promise<readonly Announcement[]> {
  try {
    await client.upload(
      ruleId,
      stream,
      announcements.map(({ row }) => row),
    );
    return announcements;
  } catch (error) {
    if (!isAggregateLogsUploadError(error)) throw toAzureError(error);
    return taken(announcements, error.errors);
  }
}

interface Failure {
  readonly cause: unknown;
  readonly failedLogs: readonly unknown[];
}

/** Of a batch that was taken in part, the rows that were; when none was, the refusal is thrown. */
function taken(announcements: readonly Announcement[], failures: readonly Failure[]): readonly Announcement[] {
  const failed = new Set(failures.flatMap(({ failedLogs }) => failedLogs));
  const rest = announcements.filter(({ row }) => !failed.has(row));
  if (rest.length === 0) throw toAzureError(failures[0]?.cause);
  return rest;
}
