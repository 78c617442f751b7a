import type { Cloud, Write } from './cloud';
import { key, regionName, subscriptionOf } from './ids';
import type { StartedOperation } from './operations';
import { textOf } from './wire';

type Headers = Readonly<Record<string, string>>;
type Written = Pick<Write, 'place' | 'request'> & Partial<Pick<Write, 'body' | 'existing'>>;

/** Whole seconds, never 0: the SDKs take `Retry-After: 0` for absent. */
export const retryAfter = (cloud: Cloud): string => String(Math.max(1, Math.round(cloud.settings.operationMs / 1_000)));

export const asyncHeaders = (cloud: Cloud, write: Written, operation: StartedOperation): Headers => ({
  'Azure-AsyncOperation': link(cloud, write, 'operations', operation),
  'Retry-After': retryAfter(cloud),
});

export const acceptedHeaders = (cloud: Cloud, write: Written, operation: StartedOperation): Headers => ({
  Location: link(cloud, write, 'operationResults', operation),
  'Retry-After': retryAfter(cloud),
});

function link(
  cloud: Cloud,
  { place, request, body, existing }: Written,
  kind: string,
  { id }: StartedOperation,
): string {
  const subscription = `${cloud.origin}/subscriptions/${subscriptionOf(place.id) ?? ''}`;
  const version = `api-version=${request.query.get('api-version') ?? '2024-01-01'}`;
  if (key(place.type) === 'microsoft.resources/resourcegroups')
    return `${subscription}/operationresults/${id}?${version}`;
  const region = regionName((textOf(body?.['location']) || existing?.location) ?? 'eastus2');
  const provider = place.type.split('/')[0] ?? '';
  const storage = key(provider) === 'microsoft.storage';
  const path = `providers/${provider}/locations/${region}/${storage ? 'asyncoperations' : kind}/${id}`;
  return `${subscription}/${path}?${storage ? 'monitor=true&' : ''}${version}`;
}
