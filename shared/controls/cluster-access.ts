import type { Control, OwnPolicy } from '../core/control';
import type { Inventory } from '../core/inventory';
import type { Resource } from '../core/resource';
import type { Aspect, Severity, Verdict } from '../core/verdict';
import { withoutNulls } from '../core/without-nulls';
import { ownRule } from '../policy/own-rule';
import apiServerReach from './cluster-access/api-server-reach.policy.json';
import azureRbac from './cluster-access/azure-rbac.policy.json';
import { clusterType } from './cluster-access/cluster';
import entraIntegration from './cluster-access/entra-integration.policy.json';
import { supportSource } from './cluster-access/kubernetes-support';
import { kubernetesVersion } from './cluster-access/kubernetes-version';
import localAccounts from './cluster-access/local-accounts.policy.json';
import { nodeImages } from './cluster-access/node-images';
import { retirements } from './cluster-access/retirements';
import runCommand from './cluster-access/run-command.policy.json';
import { complaintOf } from './cluster-access/complaints';
import { supportedComponents, supportedNodes } from './cluster-access/supported';
import workloadIdentity from './cluster-access/workload-identity.policy.json';

interface Rule {
  readonly key: string;
  readonly title: string;
  judge(cluster: Resource, inventory: Inventory): Verdict;
}

const rules: readonly Rule[] = [
  byPolicy('local-accounts', localAccounts, 'high'),
  byPolicy('entra-integration', entraIntegration, 'high'),
  byPolicy('azure-rbac', azureRbac, 'medium'),
  byPolicy('api-server-reach', apiServerReach, 'high'),
  byPolicy('run-command', runCommand, 'medium'),
  byPolicy('workload-identity', workloadIdentity, 'medium'),
  {
    key: 'kubernetes-version',
    title: 'Kubernetes is a version that AKS supports',
    judge: (cluster, { now }) => kubernetesVersion(cluster, now),
  },
  {
    key: 'components',
    title: 'No component of the cluster is retired',
    judge: (cluster, { now }) => supportedComponents(cluster, now),
  },
  {
    key: 'node-images',
    title: 'The nodes run an operating system that is supported',
    judge: (cluster, { now }) => supportedNodes(cluster, now),
  },
];

function byPolicy(key: string, policy: OwnPolicy, severity: Severity): Rule {
  const { displayName } = policy.properties as { readonly displayName: string };
  return { key, title: displayName, judge: ownRule({ ...policy }, { severity, say: complaintOf(key) }) };
}

const dated = (rows: readonly { readonly what: string; readonly ends: string; readonly source: string }[]): string =>
  rows.map(({ what, ends, source }) => `\n  - ${ends}: ${what.replace(/,$/, '')} ([source](${source}))`).join('');

export const clusterAccess = {
  id: 'cluster-access',
  title: 'Only people and workloads with an identity reach the cluster, and all of it is supported',
  judges: [
    'Local accounts are off. A cluster that does not say so has them on.',
    'People sign in with the managed Microsoft Entra integration, and Azure RBAC decides what they may do.',
    'The cluster is private, or its API server takes connections from authorized ranges only, none of them wider than /8.',
    'Run command is off; workload identity and the OIDC issuer are on.',
    `The control plane and each node pool run a version of Kubernetes that AKS supports, by the [calendar of AKS](${supportSource}) and the support plan of the cluster. A version that is older than all that are known is out of support with them; of one that is newer than all, nothing is said against as long as the newest known one is supported, and it is unknown from then on.`,
    `Components that retire, with the last day of their support:${dated(retirements)}`,
    `Node images likewise; of pools that do not tell their image it is unknown:${dated(nodeImages)}`,
    'What is past its last day is a violation; what comes to it within 180 days is one of low severity.',
  ],
  severity: 'high',
  requirement: '8',
  subjects: [clusterType],
  reads: [],
  policies: [localAccounts, entraIntegration, azureRbac, apiServerReach, runCommand, workloadIdentity],
  evaluate: (subject, inventory): readonly Aspect[] => {
    const cluster = withoutNulls(subject);
    return rules.map(({ key, title, judge }) => ({ key, title, verdict: judge(cluster, inventory) }));
  },
} satisfies Control;
