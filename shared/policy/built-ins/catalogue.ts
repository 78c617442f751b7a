import { clusterType, membersOf, type BuiltInMember, type GivenMember } from './member';
import { podMembers } from './pods';

const network = 'Microsoft.Network/virtualNetworks';
const flowLog = 'Microsoft.Network/networkWatchers/flowLogs';
const vault = 'Microsoft.KeyVault/vaults';

const disks = membersOf('disk-encryption-set', '1', [clusterType]);
const host = membersOf('host-encryption', '2', [clusterType]);
const flows = membersOf('flow-logs', '3', [flowLog]);
const policies = membersOf('policy-initiatives', '5', [clusterType]);
const cves = membersOf('cve-watch', '9', [clusterType]);
const rights = membersOf('cluster-roles', '11', [clusterType]);
const roles = (given: GivenMember): BuiltInMember => rights({ inCluster: true, ...given });
const ingress = membersOf('ingress-certificates', '13', [clusterType]);
const vaults = membersOf('key-vault-isolation', '15', [vault]);
const logs = membersOf('container-log-settings', '16', [clusterType]);

export const builtInMembers: readonly BuiltInMember[] = [
  disks({
    rule: 'built-in-clusters',
    id: '7d7be79c-23ba-4033-84dd-45e2a5ccdd67',
    major: 1,
    why: 'named by the requirement, as a reminder; auditors know it by its id',
  }),
  host({
    rule: 'built-in-pools',
    id: '41425d9f-d1a5-499a-9932-f8ed8453932c',
    major: 1,
    why: 'named by the requirement, as a reminder; auditors know it by its id',
  }),
  flows({
    rule: 'built-in-networks',
    id: '4c3c6c5f-0d47-4402-99b8-aa543dd8bcee',
    major: 1,
    types: [network],
    why: 'a network without any flow log; what the log is like and whether it writes, only Steward judges',
  }),
  flows({
    rule: 'built-in-enabled',
    id: '27960feb-a23c-4577-8d36-ef8b5f35e0be',
    major: 1,
    why: 'a flow log that is switched off; no proof of coverage, for it looks at flow logs alone',
  }),
  flows({
    rule: 'built-in-traffic-analytics',
    id: '2f080164-9f4d-497e-9db6-416dc9f7b48a',
    major: 1,
    why: 'a flow log without traffic analytics',
  }),
  flows({
    rule: 'built-in-watchers',
    id: 'b6e2945c-0b7b-40f5-9233-7a5323b5cdc6',
    major: 3,
    types: [network],
    effect: 'AuditIfNotExists',
    parameters: { resourceGroupName: "[parameters('networkWatcherResourceGroup')]" },
    why: 'a region with networks and no Network Watcher; it looks into one resource group only, which is a parameter of the initiative',
  }),
  ...podMembers,
  policies({
    rule: 'add-on',
    id: '0a15ec92-a229-4763-bb14-0ea34a568f8d',
    major: 1,
    why: 'without the add-on nothing that is judged in the cluster is judged at all',
  }),
  cves({
    rule: 'defender-profile',
    id: 'a1840de2-8088-4ea8-b153-b4c723e9cb01',
    major: 2,
    why: 'the sensor that sees vulnerable and attacked containers',
  }),
  cves({
    rule: 'vulnerable-version',
    id: 'fb893a29-21bb-418c-a157-e99480ec364c',
    major: 1,
    why: 'versions of Kubernetes with a known vulnerability',
  }),
  cves({
    rule: 'node-images',
    id: '04408ca5-aa10-42ce-8536-98955cdddd4c',
    major: 1,
    parameters: { allowedNodeOsUpgradeChannels: ['NodeImage', 'SecurityPatch'] },
    why: 'nodes get security updates without somebody thinking of it; channels without a tested image do not count',
  }),
  roles({
    rule: 'cluster-admin',
    id: 'a3dc4946-dba6-43e6-950d-f96532848c9f',
    major: 1,
    why: 'who has cluster-admin, bindings in system namespaces included',
  }),
  roles({
    rule: 'wildcards',
    id: 'ca8d5704-aa2b-40cf-b110-dc19052825ad',
    major: 1,
    why: 'roles that allow everything on something, or something on everything',
  }),
  ingress({
    rule: 'https',
    id: '1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d',
    major: 9,
    inCluster: true,
    denies: true,
    why: 'each Ingress takes HTTPS only; it refuses by default, so the effect is given here',
  }),
  policies({
    rule: 'internal-load-balancers',
    id: '3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e',
    major: 8,
    inCluster: true,
    denies: true,
    why: 'nothing in the cluster gets a public address past the gateway; it refuses by default, so the effect is given here',
  }),
  vaults({
    rule: 'built-in-firewall',
    id: '55615ac9-af46-4a59-874e-391cc3dfb490',
    major: 3,
    why: 'a firewall, or no public access at all; single addresses are nobody’s rule here, so they are not restricted further; refused by Steward’s own definition',
  }),
  vaults({
    rule: 'built-in-deletion-protection',
    id: '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53',
    major: 2,
    why: 'soft delete and purge protection: a key that is gone takes the disks that it encrypts with it; refused by Steward’s own definitions',
  }),
  vaults({
    rule: 'built-in-private-link',
    id: 'a6abeaec-4d90-4a02-805f-6b26c4d3fbe9',
    major: 1,
    why: 'a private endpoint; not refused, for the endpoint is made after the vault',
  }),
  vaults({
    rule: 'built-in-authorization',
    id: '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5',
    major: 1,
    why: 'rights on keys and secrets are roles; not refused, for a switch cuts off who has an access policy only',
  }),
  logs({
    rule: 'built-in-resource-logs',
    id: '245fc9df-fa96-4414-9a0b-3738c2f7341c',
    major: 1,
    effect: 'AuditIfNotExists',
    parameters: { requiredRetentionDays: '90' },
    why: 'logs of the control plane go somewhere; 90 days as for flow logs, and it only counts where a storage account keeps them',
  }),
];
