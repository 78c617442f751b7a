import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Account } from './tables';

/** A container of the app's own storage account; it may not be there. */
export function containerIn(account: Account, name: string): ContainerClient {
  const service =
    'connectionString' in account
      ? BlobServiceClient.fromConnectionString(account.connectionString)
      : new BlobServiceClient(account.blobUrl, account.credential);
  return service.getContainerClient(name);
}
