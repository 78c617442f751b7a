import type { Json } from '../core/resource';

export const types = {
  network: 'Microsoft.Network/virtualNetworks',
  securityGroup: 'Microsoft.Network/networkSecurityGroups',
  interface: 'Microsoft.Network/networkInterfaces',
  watcher: 'Microsoft.Network/networkWatchers',
  flowLog: 'Microsoft.Network/networkWatchers/flowLogs',
  account: 'Microsoft.Storage/storageAccounts',
  lifecycle: 'Microsoft.Storage/storageAccounts/managementPolicies',
  workspace: 'Microsoft.OperationalInsights/workspaces',
  group: 'Microsoft.Resources/resourceGroups',
} as const;

interface Reference {
  readonly id?: string;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly properties?: {
    readonly networkSecurityGroup?: Reference;
    readonly ipConfigurations?: readonly Reference[];
    readonly privateEndpoints?: readonly Reference[];
    readonly delegations?: readonly { readonly properties?: { readonly serviceName?: string } }[];
  };
}

export interface Network {
  readonly subnets?: readonly Subnet[];
}

export interface SecurityGroup {
  readonly subnets?: readonly Reference[];
  readonly networkInterfaces?: readonly Reference[];
}

export interface NetworkInterface {
  readonly networkSecurityGroup?: Reference;
  readonly ipConfigurations?: readonly { readonly properties?: { readonly subnet?: Reference } }[];
}

export interface FlowLog {
  readonly targetResourceId?: string;
  readonly storageId?: string;
  readonly enabled?: boolean;
  readonly enabledFilteringCriteria?: string;
  readonly recordTypes?: string;
  readonly provisioningState?: string;
  readonly retentionPolicy?: { readonly days?: number; readonly enabled?: boolean };
  readonly format?: { readonly type?: string; readonly version?: number };
  readonly flowAnalyticsConfiguration?: {
    readonly networkWatcherFlowAnalyticsConfiguration?: {
      readonly enabled?: boolean;
      readonly workspaceId?: string;
      readonly workspaceRegion?: string;
      readonly workspaceResourceId?: string;
      readonly trafficAnalyticsInterval?: number;
    };
  };
}

export interface StorageAccount {
  readonly networkAcls?: { readonly defaultAction?: string; readonly bypass?: string };
  readonly minimumTlsVersion?: string;
  readonly allowBlobPublicAccess?: boolean;
  readonly supportsHttpsTrafficOnly?: boolean;
  readonly primaryEndpoints?: { readonly blob?: string };
}

export interface Workspace {
  readonly customerId?: string;
}

export interface Lifecycle {
  readonly policy?: { readonly rules?: readonly LifecycleRule[] };
}

/** Storage: lifecycle management policy structure. */
export interface LifecycleRule {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly type?: string;
  readonly definition?: {
    readonly actions?: { readonly baseBlob?: { readonly delete?: Readonly<Record<string, number>> } };
    readonly filters?: {
      readonly blobTypes?: readonly string[];
      readonly prefixMatch?: readonly string[];
      readonly blobIndexMatch?: readonly Json[];
    };
  };
}
