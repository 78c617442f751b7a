import type { Inventory } from '../../core/inventory';
import { nameOf, same, type Resource } from '../../core/resource';
import type { Verdict } from '../../core/verdict';
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
  if (addon?.enabled === true)
    return {
      workspaceId: textOf(settingOf(addon, 'logAnalyticsWorkspaceResourceID')),
      byKey: !same(String(settingOf(addon, 'useAADAuth')), 'true'),
    };
  const profile = azureMonitorProfile?.containerInsights;
  if (profile?.enabled !== true) return undefined;
  return { workspaceId: textOf(profile.logAnalyticsWorkspaceResourceId), byKey: false };
}

function settingOf({ config = {} }: Addon, name: string): unknown {
  return Object.entries(config).find(([key]) => same(key, name))?.[1];
}

/** The agent is on and sends to a workspace that exists. */
export function agentVerdict(agent: Agent | undefined, inventory: Inventory): Verdict {
  if (agent === undefined)
    return concluded(
      [wrong('high', 'nothing collects what containers write: enable the monitoring add-on (omsagent) of the cluster')],
      '',
    );
  const { workspaceId } = agent;
  if (workspaceId === '')
    return concluded([wrong('high', 'the monitoring add-on names no workspace: enable it with one')], '');
  const absence = absenceOf(workspaceId, 'the monitoring add-on sends to workspace', inventory);
  return concluded(absence === undefined ? [] : [absence], `it sends to ${nameOf(workspaceId)}`);
}
