import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { containerIn } from '../../shared/store/blobs';
import { ledgerContainer } from '../../shared/store/ledger';
import type { Azurite } from './azurite';

/** Copies the app's ledger into a folder, as somebody would download its container. */
export async function downloadLedger({ connectionString }: Azurite, folder: string): Promise<void> {
  const container = containerIn({ connectionString }, ledgerContainer);
  await mkdir(folder, { recursive: true });
  if (!(await container.exists())) return;
  for await (const { name } of container.listBlobsFlat()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await container.getBlobClient(name).downloadToFile(join(folder, name));
  }
}
