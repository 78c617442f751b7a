import type { ScopeFilterSetting } from './scope-filter';

/** The app's settings, validated. Names in the environment and defaults are in `shared/settings.ts`. */
export interface Settings {
  /** Ids of the subscriptions that Steward keeps, in lower case. */
  readonly subscriptionIds: readonly string[];
  /** ARM id of Steward's own resource group. */
  readonly resourceGroupId: string;
  /** Client id of the app's own identity. */
  readonly clientId?: string | undefined;
  /** Ids of the controls that may write. */
  readonly remediate: readonly string[];
  /** Where they may write. */
  readonly remediateIn: ScopeFilterSetting;
  /** Writes of one control in one subscription, at most, in any hour. */
  readonly writesAnHour: number;
  /** Resources of one control in one subscription that may become wrong in an hour before it stops writing. */
  readonly driftsAnHour: number;
  /** How often within a day a remedy may be undone before the resource is left alone. */
  readonly undoneADay: number;
  /** Days; 0 is for ever. */
  readonly flowLogRetentionDays: number;
  /** Storage account id per region, chosen by the user; other regions get one of Steward's own. */
  readonly flowLogStorage: Readonly<Record<string, string>>;
  readonly nsgFlowLogs: 'repair' | 'create';
  /** Whether a tag of Steward's own resource group is written every hour, to see whether its event comes. */
  readonly canary: 'hourly' | 'off';
  /** Minutes after which a flow log that writes nothing is silent. */
  readonly flowLogSilenceMinutes: number;
  /** Days for which workspaces have to keep the logs of clusters. */
  readonly logRetentionDays: number;
  /** ARM id of the workspace for traffic analytics. */
  readonly workspaceId: string | undefined;
}
