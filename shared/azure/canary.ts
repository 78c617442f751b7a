import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Canary } from '../core/delivery';
import { quickRetries, refusalIn, type Arm } from './arm-reader';
import { toAzureError } from './refusal';

const timeout = 30_000;

/**
 * Writes the time to the tag `steward-canary` of a resource group, and touches no other tag (Resource Manager: Tags,
 * Update At Scope with the operation Merge). Throws AzureError.
 */
export function tagCanary({ endpoint, tokenScope, credential }: Arm, resourceGroupId: string): Canary {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  for (const policy of quickRetries) pipeline.addPolicy(policy, { phase: 'Retry' });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: tokenScope }), { phase: 'Sign' });
  return {
    write: async (at) => {
      const request = createPipelineRequest({
        url: `${endpoint}${encodeURI(resourceGroupId)}/providers/Microsoft.Resources/tags/default?api-version=2025-04-01`,
        method: 'PATCH',
        abortSignal: AbortSignal.timeout(timeout),
        headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
        body: JSON.stringify({ operation: 'Merge', properties: { tags: { 'steward-canary': at } } }),
      });
      const response = await pipeline.sendRequest(client, request).catch((error: unknown) => {
        throw toAzureError(error);
      });
      // 202: the tag is going to be there, and its event tells when.
      if (response.status !== 200 && response.status !== 202) throw refusalIn(response);
    },
  };
}
