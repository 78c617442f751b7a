import type { Surroundings } from '../shared/core/surroundings';

export const ingestionGiven = {
  endpoint: 'https://dcr-steward.westeurope-1.ingest.monitor.azure.com',
  ruleId: 'dcr-0123456789abcdef0123456789abcdef',
};

const answers = { state: 'read', value: undefined } as const;

/** An app that runs on a runtime of today and reaches its own storage. */
export function surroundingsGiven(changed: Partial<Surroundings> = {}): Surroundings {
  return {
    nodeVersion: '24.21.0',
    site: 'func-steward',
    ingestion: ingestionGiven,
    storage: async () => ({ tables: answers, queues: answers, blobs: answers }),
    gaps: async () => ({
      since: '2026-03-01T07:00:00.000Z',
      watermark: '2026-03-01T07:40:00.000Z',
      missed: 0,
      perHour: {},
      last: [],
    }),
    attempt: async (work) => ({ state: 'read', value: await work() }),
    ...changed,
  };
}
