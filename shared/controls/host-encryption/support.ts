import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, regionOf, same, subscriptionScope, type Resource } from '../../core/resource';
import { types, type Size } from './types';

/** The VM size in the region of a resource; undefined where Azure does not list it. */
export function sizeOf(name: string | undefined, subject: Resource, inventory: Inventory): Reading<Size | undefined> {
  if (name === undefined) return { state: 'unread', reason: 'the resource does not tell its VM size' };
  const region = `${subscriptionScope(subject.id)}/locations/${regionOf(subject.location)}`;
  const sizes = inventory.list(types.size, region);
  if (sizes.state === 'unread') return sizes;
  return { state: 'read', value: byName(sizes.value as readonly Size[]).get(keyOf(name)) };
}

/** Made once for each list: Azure lists more than a thousand sizes, and thousands of machines ask for theirs. */
function byName(sizes: readonly Size[]): ReadonlyMap<string, Size> {
  const known = indexes.get(sizes);
  if (known !== undefined) return known;
  const machines = sizes.filter(({ resourceType }) => same(resourceType, 'virtualMachines'));
  const index = new Map(machines.map((size) => [keyOf(size.name ?? ''), size]));
  indexes.set(sizes, index);
  return index;
}

const indexes = new WeakMap<readonly Size[], ReadonlyMap<string, Size>>();

/** What the VM size and the subscription say about encryption at host, as a sentence. */
export function supportOf(name: string | undefined, subject: Resource, inventory: Inventory): string {
  const size = sizeOf(name, subject, inventory);
  const feature = inventory.get<{ readonly state?: string }>(
    `${subscriptionScope(subject.id)}/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost`,
  );
  return `${ofSize(name, size, regionOf(subject.location))}; ${ofFeature(feature)}`;
}

function ofSize(name: string | undefined, size: Reading<Size | undefined>, region: string): string {
  const what = name === undefined ? 'the VM size' : `size ${name}`;
  if (size.state === 'unread') return `whether ${what} supports it could not be read (${size.reason})`;
  if (size.value === undefined)
    return `whether ${what} supports it is not known, for Azure does not list it in ${region}`;
  return isSupported(size.value) ? `${what} supports it` : `${what} does not support it, so choose another one`;
}

function isSupported({ capabilities = [] }: Size): boolean {
  return capabilities.some(({ name, value }) => same(name, 'EncryptionAtHostSupported') && same(value, 'true'));
}

function ofFeature(feature: Reading<Resource<{ readonly state?: string }> | undefined>): string {
  const name = 'the feature Microsoft.Compute/EncryptionAtHost';
  if (feature.state === 'unread') return `whether ${name} is registered could not be read (${feature.reason})`;
  const state = feature.value?.properties?.state;
  if (state === undefined) return `whether ${name} is registered is not told`;
  return same(state, 'Registered') ? `${name} is registered` : `${name} is ${state}, so register it first`;
}
