import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Body } from '../core/control';
import { typeOf } from '../core/resource';
import { apiVersionOf } from './api-versions';
import { refusalIn, type Arm } from './arm-reader';

export interface PlainWrite {
  readonly id: string;
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: Body;
}

/** One write to Resource Manager, as it is, for types that answer at once. Throws AzureError. */
export async function writePlainly(
  arm: Arm,
  { id, method, body }: PlainWrite,
  abortSignal: AbortSignal,
): Promise<void> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: arm.credential, scopes: arm.tokenScope }), {
    phase: 'Sign',
  });
  if (arm.limits !== undefined) pipeline.addPolicy(arm.limits, { afterPhase: 'Sign' });
  const request = createPipelineRequest({
    url: `${arm.endpoint}${encodeURI(id)}?api-version=${apiVersionOf(typeOf(id)) ?? ''}`,
    method,
    abortSignal,
    headers: createHttpHeaders({ accept: 'application/json', ...(body && { 'content-type': 'application/json' }) }),
    ...(body && { body: JSON.stringify(body) }),
  });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  if (!done.includes(response.status)) throw refusalIn(response);
}

/** 204: there was nothing to delete. */
const done = [200, 201, 204];
