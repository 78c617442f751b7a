import { regionOf, same, type Resource } from '../core/resource';
import type { StorageAccount } from './types';

/** What makes a storage account unfit for the flow logs of a region; completes a sentence about it. */
export function accountProblem(
  account: Resource<StorageAccount> | undefined,
  region: string | undefined,
): string | undefined {
  if (account === undefined) return 'does not exist';
  const { kind = 'unknown', location = 'no region' } = account;
  const tier = tierOf(account);
  if (!same(kind, 'StorageV2')) return `is of kind ${kind}, not StorageV2`;
  if (!same(tier, 'Standard')) return `is ${tier}, not Standard`;
  if (regionOf(location) !== regionOf(region)) return `is in ${location}, not in ${regionOf(region)}`;
  return shutsOutAzure(account) ? 'has a firewall that shuts trusted Azure services out' : undefined;
}

/** `Standard` of `{ tier: "Standard" }` or of `{ name: "Standard_LRS" }`. */
function tierOf({ sku = {} }: Resource<StorageAccount>): string {
  const { name = 'of an unknown tier', tier = name.split('_')[0] ?? name } = sku;
  return tier;
}

function shutsOutAzure(account: Resource<StorageAccount>): boolean {
  const { defaultAction, bypass = 'AzureServices' } = account.properties?.networkAcls ?? {};
  return same(defaultAction, 'Deny') && !bypass.toLowerCase().includes('azureservices');
}
