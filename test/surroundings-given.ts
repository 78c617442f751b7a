import type { Surroundings } from '../shared/core/surroundings';

export const ingestionGiven = {
  endpoint: 'https://dcr-steward.westeurope-1.ingest.monitor.azure.com',
  ruleId: 'dcr-0123456789abcdef0123456789abcdef',
  stream: 'Custom-StewardFindings_CL',
};

/** An app that runs on a runtime of today and reaches its own storage. */
export function surroundingsGiven(changed: Partial<Surroundings> = {}): Surroundings {
  return {
    nodeVersion: '24.21.0',
    site: 'func-steward',
    ingestion: ingestionGiven,
    storage: async () => ({
      tables: { state: 'read', value: ['StewardFindings', 'StewardReceipts'] },
      queues: { state: 'read', value: ['steward-scopes'] },
      containers: { state: 'read', value: [] },
    }),
    attempt: async (work) => ({ state: 'read', value: await work() }),
    ...changed,
  };
}
