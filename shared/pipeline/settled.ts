import type { Resource } from '../core/resource';

/** A resource that is just being written says nothing yet about how it is going to be. */
export function isUnsettled({ properties }: Resource): boolean {
  const { provisioningState = '' } = (properties ?? {}) as { readonly provisioningState?: string };
  return ['creating', 'updating', 'deleting'].includes(provisioningState.toLowerCase());
}
