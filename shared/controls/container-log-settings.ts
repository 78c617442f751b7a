import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { same, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
import type { Aspect } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import { agentConfig } from '../kubernetes/agent-config/judge';
import { aspectsOf, foundIn } from '../kubernetes/in-cluster-control';
import { readKindsOf } from '../kubernetes/kinds';
import { agentOf, agentVerdict, type Agent } from './container-log-settings/agent';
import { collectionVerdict } from './container-log-settings/collection';
import { followedRules, workspacesOf, type FollowedRules } from './container-log-settings/collection-rules';
import {
  auditVerdict,
  guardVerdict,
  settingsOf,
  workspacesOfSettings,
  type DiagnosticSettings,
} from './container-log-settings/control-plane';
import { unread } from './container-log-settings/remarks';
import containerLogs from './container-log-settings/container-logs.policy.json';
import { retentionVerdict, type Workspaces } from './container-log-settings/retention';
import { types } from './container-log-settings/types';

export const containerLogSettings = {
  id: 'container-log-settings',
  title: 'What containers write and what the control plane logs is collected on purpose and kept long enough',
  judges: [
    'The monitoring add-on (omsagent, in either case) or the container logs of the Azure Monitor profile are on, and the workspace that they send to exists. Managed Prometheus collects metrics, and is neither.',
    'The agent signs in with a managed identity and follows a data collection rule: a rule for container logs is associated with the cluster, it collects a stream that holds what containers write, sends it to a workspace that exists, and its interval and filter of namespaces are ones that the agent understands. Which namespaces are right is a matter of choice, and told.',
    'A diagnostic setting sends kube-audit-admin or kube-audit to a workspace or a storage account that exists, and never both: the first is a part of the second. The category groups audit and allLogs count as the categories that they contain.',
    'So it does with guard, the log of sign-ins, where people sign in with Entra ID.',
    'What is sent to an event hub or a partner alone is unknown: whether it is kept cannot be seen from here.',
    'The agent’s ConfigMap in the cluster is there, takes effect, and keeps environment variables that come from Secrets out of the workspace. Which namespaces it leaves out is a matter of choice, and told.',
    'Every workspace that gets these logs keeps them for LOG_RETENTION_DAYS at least, and so do those of its tables that have a time of their own, archive included. How long a storage account keeps them is not judged.',
  ],
  severity: 'high',
  requirement: '16',
  subjects: [types.cluster],
  reads: [types.diagnosticSetting, types.association, types.rule, types.workspace, types.table, types.account],
  policies: [containerLogs],
  evaluate: (subject, inventory, settings): readonly Aspect[] => [
    ...judged(withoutNulls(subject), inventoryWithoutNulls(inventory), settings),
    ...inCluster(withoutNulls(subject), inventory),
  ],
  kinds: readKindsOf(agentConfig.kinds),
  concerns: ({ id, type }) => {
    const isOnCluster = [types.diagnosticSetting, types.association].some((one) => same(one, type));
    const cluster = /^.+\/managedClusters\/[^/]+(?=\/providers\/)/i.exec(id)?.[0];
    return isOnCluster && cluster !== undefined ? [cluster] : [];
  },
} satisfies Control;

/** What is known of where logs go. */
interface Ways {
  readonly agent: Agent | undefined;
  readonly followed: FollowedRules;
  readonly controlPlane: DiagnosticSettings;
}

function judged(cluster: Resource, inventory: Inventory, { logRetentionDays }: Settings): readonly Aspect[] {
  const agent = agentOf(cluster);
  const followed = followedRules(cluster.id, inventory);
  const controlPlane = settingsOf(cluster.id, inventory);
  return [
    {
      key: 'agent',
      title: 'What containers write is collected',
      verdict: agentVerdict(cluster, inventory),
    },
    {
      key: 'collection-rule',
      title: 'A data collection rule says what is collected',
      verdict: collectionVerdict(agent, followed, inventory),
    },
    {
      key: 'audit-log',
      title: 'The audit log of the Kubernetes API is kept, once',
      verdict: auditVerdict(controlPlane, inventory),
    },
    {
      key: 'sign-in-log',
      title: 'The log of sign-ins to the cluster is kept',
      verdict: guardVerdict(cluster, controlPlane, inventory),
    },
    {
      key: 'retention',
      title: 'The workspaces keep these logs long enough',
      verdict: retentionVerdict(workspacesAt({ agent, followed, controlPlane }), logRetentionDays, inventory),
    },
  ];
}

/** Without an agent nobody reads what is said to it. */
function inCluster(cluster: Resource, inventory: Inventory): readonly Aspect[] {
  const { key, title } = { key: 'agent-config', title: 'What the agent in the cluster collects is chosen' };
  if (agentOf(cluster) === undefined)
    return [{ key, title, verdict: { state: 'notApplicable', reason: 'there is no agent that would read it' } }];
  const found = foundIn(cluster, inventory, agentConfig);
  if (found.state === 'unread') return [{ key, title, verdict: { state: 'unknown', reason: found.reason } }];
  return aspectsOf(cluster.id, found.value).map((aspect) => ({ ...aspect, key }));
}

function workspacesAt({ agent, followed, controlPlane }: Ways): Workspaces {
  const ofAgent =
    agent === undefined
      ? { ids: [], unread: [] }
      : {
          ids: [agent.workspaceId, ...followed.rules.flatMap(workspacesOf)].filter((id) => id !== ''),
          unread: followed.remarks.filter(({ kind }) => kind === 'unread'),
        };
  const hidden = controlPlane.state === 'unread' ? [unread(`diagnostic settings: ${controlPlane.reason}`)] : [];
  return {
    ids: [...ofAgent.ids, ...workspacesOfSettings(controlPlane)],
    unread: [...ofAgent.unread, ...hidden],
  };
}
