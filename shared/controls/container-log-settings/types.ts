export const types = {
  cluster: 'Microsoft.ContainerService/managedClusters',
  diagnosticSetting: 'Microsoft.Insights/diagnosticSettings',
  association: 'Microsoft.Insights/dataCollectionRuleAssociations',
  rule: 'Microsoft.Insights/dataCollectionRules',
  workspace: 'Microsoft.OperationalInsights/workspaces',
  table: 'Microsoft.OperationalInsights/workspaces/tables',
  account: 'Microsoft.Storage/storageAccounts',
} as const;

export interface Addon {
  readonly enabled?: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface ManagedCluster {
  readonly addonProfiles?: Readonly<Record<string, Addon | undefined>>;
  readonly azureMonitorProfile?: {
    readonly containerInsights?: { readonly enabled?: unknown; readonly logAnalyticsWorkspaceResourceId?: unknown };
  };
  readonly aadProfile?: unknown;
}

export interface Association {
  readonly dataCollectionRuleId?: unknown;
}

export interface Extension {
  readonly extensionName?: unknown;
  readonly streams?: unknown;
  readonly extensionSettings?: {
    readonly dataCollectionSettings?: {
      readonly interval?: unknown;
      readonly namespaceFilteringMode?: unknown;
      readonly namespaces?: unknown;
      readonly enableContainerLogV2?: unknown;
    };
  };
}

export interface Rule {
  readonly dataSources?: { readonly extensions?: unknown };
  readonly destinations?: { readonly logAnalytics?: unknown };
  readonly dataFlows?: unknown;
}

export interface DiagnosticSetting {
  readonly workspaceId?: unknown;
  readonly storageAccountId?: unknown;
  readonly eventHubAuthorizationRuleId?: unknown;
  readonly marketplacePartnerId?: unknown;
  readonly logs?: unknown;
}

export interface Workspace {
  readonly retentionInDays?: unknown;
}

export interface Table {
  readonly retentionInDays?: unknown;
  readonly totalRetentionInDays?: unknown;
}

/** The objects of a list; what Azure sends instead of one holds none. */
export function objectsIn<T extends object>(list: unknown): readonly T[] {
  if (!Array.isArray(list)) return [];
  return list.filter((one): one is T => typeof one === 'object' && one !== null);
}

export function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
