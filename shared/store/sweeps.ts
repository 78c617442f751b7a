import { odata } from '@azure/data-tables';
import type { Sweeps } from '../core/sweeps';
import { tableIn, type Account } from './tables';

interface SweepEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly endedAt: string;
}

/** When sweeps ended: one row for each control in the partition of each subscription. */
export function sweepStore(account: Account): Sweeps {
  const table = tableIn(account, 'StewardSweeps');
  return {
    ended: async (partitionKey, rowKey, endedAt) => {
      await (await table()).upsertEntity<SweepEntity>({ partitionKey, rowKey, endedAt }, 'Replace');
    },
    of: async (subscriptionId) => {
      const filter = odata`PartitionKey eq ${subscriptionId}`;
      const ends = new Map<string, string>();
      for await (const one of (await table()).listEntities<SweepEntity>({ queryOptions: { filter } }))
        ends.set(one.rowKey, one.endedAt);
      return ends;
    },
  };
}
