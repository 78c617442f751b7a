import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Action } from '../core/control';
import { apiVersionOf } from './api-versions';
import { refusalIn, type Arm } from './arm-reader';

/**
 * Changes properties of a key vault («Key Vault: Vaults, Update»). A PUT would replace its access policies by those that
 * were read, and take away what somebody was granted in between. Throws AzureError.
 */
export async function patchVault(arm: Arm, { id, body }: Action, abortSignal: AbortSignal): Promise<void> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: arm.credential, scopes: arm.tokenScope }), {
    phase: 'Sign',
  });
  if (arm.limits !== undefined) pipeline.addPolicy(arm.limits, { afterPhase: 'Sign' });
  const request = createPipelineRequest({
    url: `${arm.endpoint}${encodeURI(id)}?api-version=${apiVersionOf('Microsoft.KeyVault/vaults') ?? ''}`,
    method: 'PATCH',
    abortSignal,
    headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
    body: JSON.stringify({ properties: body.properties ?? {} }),
  });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  if (response.status !== 200 && response.status !== 201) throw refusalIn(response);
}
