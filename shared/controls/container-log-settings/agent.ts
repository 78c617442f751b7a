import type { Inventory } from '../../core/inventory';
import { nameOf, same, type Resource } from '../../core/resource';
import type { Verdict } from '../../core/verdict';
import { ownRule } from '../../policy/own-rule';
import containerLogs from './container-logs.policy.json';
import { absenceOf, concluded, wrong } from './remarks';
import { textOf, type Addon, type ManagedCluster } from './types';

/** The agent that collects what containers write. */
export interface Agent {
  /** Empty where none is named. */
  readonly workspaceId: string;
  /** Signs in with the key of the workspace instead of an identity, and takes no data collection rule. */
  readonly byKey: boolean;
}

/** Undefined: none is on. The add-on is called `omsagent` or `omsAgent`, and its settings come in either case, too. */
export function agentOf(cluster: Resource): Agent | undefined {
  const { addonProfiles = {}, azureMonitorProfile } = (cluster.properties ?? {}) as ManagedCluster;
  const addon = Object.entries(addonProfiles).find(([name]) => same(name, 'omsagent'))?.[1];
  if (isTrue(addon?.enabled))
    return {
      workspaceId: textOf(settingOf(addon, 'logAnalyticsWorkspaceResourceID')),
      byKey: !isTrue(settingOf(addon, 'useAADAuth')),
    };
  const profile = azureMonitorProfile?.containerInsights;
  if (!isTrue(profile?.enabled)) return undefined;
  return { workspaceId: textOf(profile?.logAnalyticsWorkspaceResourceId), byKey: false };
}

function isTrue(value: unknown): boolean {
  return same(String(value), 'true');
}

function settingOf(addon: Addon | undefined, name: string): unknown {
  return Object.entries(addon?.config ?? {}).find(([key]) => same(key, name))?.[1];
}

/** A policy sees the add-on alone; of the Azure Monitor profile Azure has no alias. */
const addonRule = ownRule(containerLogs, {
  severity: 'high',
  say: () => 'nothing collects what containers write: enable the monitoring add-on (omsagent) of the cluster',
});

/** The agent is on and sends to a workspace that exists. */
export function agentVerdict(cluster: Resource, inventory: Inventory): Verdict {
  const agent = agentOf(cluster);
  if (agent === undefined) return addonRule(cluster, inventory);
  const { workspaceId } = agent;
  if (workspaceId === '')
    return concluded([wrong('high', 'the monitoring add-on names no workspace: enable it with one')], '');
  const absence = absenceOf(workspaceId, 'the monitoring add-on sends to workspace', inventory);
  return concluded(absence === undefined ? [] : [absence], `it sends to ${nameOf(workspaceId)}`);
}
