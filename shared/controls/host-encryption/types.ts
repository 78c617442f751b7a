import type { Json } from '../../core/resource';

export const types = {
  cluster: 'Microsoft.ContainerService/managedClusters',
  machine: 'Microsoft.Compute/virtualMachines',
  scaleSet: 'Microsoft.Compute/virtualMachineScaleSets',
  size: 'Microsoft.Compute/skus',
  quota: 'Microsoft.Compute/locations/usages',
  feature: 'Microsoft.Features/providers/features',
  group: 'Microsoft.Resources/resourceGroups',
} as const;

export interface Cluster {
  readonly agentPoolProfiles?: Json;
  readonly networkProfile?: { readonly networkPlugin?: string; readonly networkPluginMode?: string };
}

export interface Machine {
  readonly hardwareProfile?: { readonly vmSize?: string };
}

/** A VM size in a region, as `Microsoft.Compute/skus` lists it. */
export interface Size {
  readonly name?: string;
  readonly resourceType?: string;
  readonly family?: string;
  readonly capabilities?: readonly { readonly name?: string; readonly value?: string }[];
}

/** Cores of a family of VM sizes in a region. */
export interface Quota {
  readonly name?: { readonly value?: string };
  readonly limit?: number;
  readonly currentValue?: number;
}

export interface Network {
  readonly subnets?: readonly {
    readonly id?: string;
    readonly properties?: {
      readonly addressPrefix?: string;
      readonly addressPrefixes?: readonly string[];
      readonly ipConfigurations?: readonly unknown[];
    };
  }[];
}
