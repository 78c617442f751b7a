import { DefaultAzureCredential } from '@azure/identity';
import type { Arm } from './arm';

/** Azure Resource Manager as whoever is signed in to azd or the Azure CLI. */
export function signedIn(environment: Readonly<Record<string, string | undefined>>): Arm {
  const endpoint = environment['AZURE_RESOURCE_MANAGER_ENDPOINT'] ?? 'https://management.azure.com';
  const credential = new DefaultAzureCredential();
  return async (method, path) => {
    const { token } = await credential.getToken(`${endpoint}/.default`);
    const response = await fetch(`${endpoint}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** A value of azd's environment. Throws when it is not there. */
export function valueOf(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; run azd provision core first`);
  return value;
}

/** Runs a hook: what goes wrong is said in one line, and azd stops. */
export function inCommand(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
