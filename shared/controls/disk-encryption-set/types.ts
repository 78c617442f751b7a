import type { Json } from '../../core/resource';

export const types = {
  cluster: 'Microsoft.ContainerService/managedClusters',
  machine: 'Microsoft.Compute/virtualMachines',
  scaleSet: 'Microsoft.Compute/virtualMachineScaleSets',
  disk: 'Microsoft.Compute/disks',
  set: 'Microsoft.Compute/diskEncryptionSets',
  vault: 'Microsoft.KeyVault/vaults',
  key: 'Microsoft.KeyVault/vaults/keys',
  keyVersion: 'Microsoft.KeyVault/vaults/keys/versions',
  group: 'Microsoft.Resources/resourceGroups',
} as const;

export interface Cluster {
  readonly diskEncryptionSetID?: Json;
  readonly agentPoolProfiles?: Json;
}

export interface Disk {
  readonly osType?: string;
}

export interface EncryptionSet {
  readonly activeKey?: { readonly sourceVault?: { readonly id?: string }; readonly keyUrl?: string };
  readonly rotationToLatestKeyVersionEnabled?: boolean;
}

export interface Vault {
  readonly vaultUri?: string;
  readonly enablePurgeProtection?: boolean;
  readonly enableSoftDelete?: boolean;
}

export interface Key {
  /** Times in seconds since 1970. */
  readonly attributes?: { readonly enabled?: boolean; readonly exp?: number; readonly nbf?: number };
}
