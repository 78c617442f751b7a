import type { Place } from './own-rights';

/** Writes that are only made in one place; every other one is made where its subject is, anywhere in the subscription. */
const narrow: Readonly<Record<string, Place>> = {
  'Microsoft.Network/networkWatchers/write': 'ownGroup',
  'Microsoft.Storage/storageAccounts/write': 'ownGroup',
  'Microsoft.Storage/storageAccounts/managementPolicies/write': 'ownGroup',
  'Microsoft.Storage/storageAccounts/managementPolicies/delete': 'ownGroup',
};

export const narrowWrites: readonly string[] = Object.keys(narrow);

export function placeOfWrite(action: string): Place {
  return narrow[action] ?? 'subscription';
}

/** What is put back is in Steward's own accounts or in those of others. */
export const placesOfPutBack: readonly Place[] = ['ownGroup', 'flowLogStorage'];
