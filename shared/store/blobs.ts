import { BlobServiceClient, type ContainerClient, type StoragePipelineOptions } from '@azure/storage-blob';
import type { Account } from './tables';

/** A container of the app's own storage account; it may not be there. */
export function containerIn(account: Account, name: string, options: StoragePipelineOptions = {}): ContainerClient {
  const service =
    'connectionString' in account
      ? BlobServiceClient.fromConnectionString(account.connectionString, options)
      : new BlobServiceClient(account.blobUrl, account.credential, options);
  return service.getContainerClient(name);
}
