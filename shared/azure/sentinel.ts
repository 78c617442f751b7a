import type { TokenCredential } from '@azure/core-auth';
import { isAggregateLogsUploadError, LogsIngestionClient } from '@azure/monitor-ingestion';
import type { Announcement } from '../core/finding';
import type { Sentinel } from '../core/ports';
import { toAzureError } from './refusal';

export interface Ingestion {
  /** Logs ingestion endpoint of a data collection rule of kind Direct, or of a data collection endpoint. */
  readonly endpoint: string;
  /** The rule's immutable id. */
  readonly ruleId: string;
  readonly stream: string;
  readonly audience: string;
  readonly credential: TokenCredential;
}

/** Sentinel's table, through the Logs Ingestion API. The client splits by size and compresses. */
export function sentinelTable({ endpoint, ruleId, stream, audience, credential }: Ingestion): Sentinel {
  const client = new LogsIngestionClient(endpoint, credential, { audience, retryOptions: { maxRetries: 0 } });
  return {
    ingest: async (announcements) => {
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
    },
  };
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
