import type { TokenCredential } from '@azure/core-auth';
import { SettingsError } from './core/errors';
import type { Account } from './store/tables';

/** The host's own storage account, in the same forms in which the host takes it. Throws SettingsError. */
export function accountIn(
  environment: Readonly<Record<string, string | undefined>>,
  credential: TokenCredential,
): Account {
  const connectionString = environment['AzureWebJobsStorage'];
  if (connectionString !== undefined && connectionString !== '') return { connectionString };
  const name = environment['AzureWebJobsStorage__accountName'];
  const tableUrl =
    environment['AzureWebJobsStorage__tableServiceUri'] ?? (name && `https://${name}.table.core.windows.net`);
  const queueUrl =
    environment['AzureWebJobsStorage__queueServiceUri'] ?? (name && `https://${name}.queue.core.windows.net`);
  const blobUrl =
    environment['AzureWebJobsStorage__blobServiceUri'] ?? (name && `https://${name}.blob.core.windows.net`);
  if (!tableUrl || !queueUrl || !blobUrl) {
    throw new SettingsError(
      'setting AzureWebJobsStorage__accountName is missing; the name of the app’s storage account is needed',
    );
  }
  return { tableUrl, queueUrl, blobUrl, credential };
}
