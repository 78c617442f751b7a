import { BlobServiceClient } from '@azure/storage-blob';
import { exemptionsBlob, exemptionsContainer } from '../../shared/store/exemptions-blob';

/** What a person does who grants exemptions: puts the file into the container of the app's own storage account. */
export async function putExemptions(connectionString: string, file: string | Buffer): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(exemptionsContainer);
  await container.createIfNotExists();
  await container.getBlockBlobClient(exemptionsBlob).uploadData(Buffer.from(file));
}
