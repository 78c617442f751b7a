import { z } from 'zod';
import type { LogLevel } from '../../functions-core';

export interface QueueSettings {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxPollingMs: number;
  readonly minPollingMs: number;
  /** Seconds that pass before a failed message is tried again. */
  readonly visibilityTimeout: number;
  readonly maxDequeueCount: number;
  readonly messageEncoding: 'none' | 'base64';
}

export interface HostSettings {
  readonly routePrefix: string;
  readonly queues: QueueSettings;
  /** The lowest level that is logged: of one function, or of the host. */
  lowestLevelOf(functionName: string | undefined): LogLevel;
}

const timeSpan = z
  .string()
  .regex(/^(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d+)?$/, 'a time span like "00:00:30" is needed')
  .transform((text) => {
    const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):(.+)$/.exec(text) ?? [];
    return ((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  });

const level = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']));

// Defaults: Microsoft Learn, «host.json reference» and «Azure Queue storage bindings: host.json settings».
const hostJson = z.object({
  version: z.literal('2.0'),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .object({
          batchSize: z.int().min(1).max(32).default(16),
          newBatchThreshold: z.int().min(0).optional(),
          maxPollingInterval: timeSpan.prefault('00:01:00'),
          visibilityTimeout: timeSpan.prefault('00:00:00'),
          maxDequeueCount: z.int().min(1).default(5),
          messageEncoding: z.enum(['none', 'base64']).default('base64'),
        })
        .prefault({}),
    })
    .prefault({}),
  logging: z.object({ logLevel: z.record(z.string(), level).prefault({}) }).prefault({}),
});

/**
 * Reads the part of host.json that the stand-in honours.
 * `STANDIN_QUEUE_MIN_POLL_MS` is the shortest wait between two looks at an empty queue: 20 ms unless set, in Azure 100.
 * Throws when a value is one that the Functions host would refuse.
 */
export function hostSettings(text: string, env: Readonly<Record<string, string | undefined>>): HostSettings {
  const parsed = hostJson.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`host.json: ${z.prettifyError(parsed.error)}`);
  const { extensions, logging } = parsed.data;
  const { newBatchThreshold, maxPollingInterval, ...queues } = extensions.queues;
  return {
    routePrefix: extensions.http.routePrefix,
    queues: {
      ...queues,
      newBatchThreshold: newBatchThreshold ?? Math.floor(queues.batchSize / 2),
      minPollingMs: z.coerce
        .number()
        .min(1)
        .parse(env['STANDIN_QUEUE_MIN_POLL_MS'] ?? 20),
      maxPollingMs: maxPollingInterval * 1000,
    },
    lowestLevelOf: (functionName) => {
      const { logLevel } = logging;
      const own = functionName && (logLevel[`Function.${functionName}.User`] ?? logLevel[`Function.${functionName}`]);
      return own || (functionName && logLevel['Function']) || (logLevel['default'] ?? 'information');
    },
  };
}
