import { TableClient } from '@azure/data-tables';
import { isRestError } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/core-auth';

/** The app's own storage account: a connection string on a developer's machine, else its endpoints and an identity. */
export type Account =
  | { readonly connectionString: string }
  | {
      readonly tableUrl: string;
      readonly queueUrl: string;
      readonly blobUrl: string;
      readonly credential: TokenCredential;
    };

/** A table that is there when it is used first. */
export function tableIn(account: Account, name: string): () => Promise<TableClient> {
  const client = tableClient(account, name);
  let ready: Promise<TableClient> | undefined;
  return () => {
    ready ??= client.createTable().then(() => client);
    ready.catch(() => (ready = undefined));
    return ready;
  };
}

/** A table that may not be there, and is not made. */
export function tableClient(account: Account, name: string): TableClient {
  return 'connectionString' in account
    ? TableClient.fromConnectionString(account.connectionString, name, {
        allowInsecureConnection: account.connectionString.includes('=http://'),
      })
    : new TableClient(account.tableUrl, name, account.credential);
}

/** Storage does not answer, or asks to wait: nothing is wrong with what was asked. */
export function isOutage(error: unknown): boolean {
  if (!isRestError(error)) return false;
  const { statusCode } = error;
  return statusCode === undefined || statusCode >= 500 || statusCode === 408 || statusCode === 429;
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return isRestError(error) && error.statusCode !== undefined && statuses.includes(error.statusCode);
}
