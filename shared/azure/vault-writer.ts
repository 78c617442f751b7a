import type { Action } from '../core/control';
import type { Arm } from './arm-reader';
import { writePlainly } from './plain-write';

/**
 * Changes properties of a key vault («Key Vault: Vaults, Update»). A PUT would replace its access policies by those that
 * were read, and take away what somebody was granted in between. Throws AzureError.
 */
export function patchVault(arm: Arm, { id, body }: Action, abortSignal: AbortSignal): Promise<void> {
  return writePlainly(arm, { id, method: 'PATCH', body: { properties: body.properties ?? {} } }, abortSignal);
}
