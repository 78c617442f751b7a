import type { Resource } from '../../core/resource';
import { isOn, propertiesOf, type ManagedCluster } from './cluster';

/** What is wrong, by the key of the rule that says so. */
const complaints: Readonly<Record<string, (cluster: ManagedCluster) => string>> = {
  'local-accounts': ({ disableLocalAccounts: value }) =>
    `local accounts are on${told('disableLocalAccounts', value)}; whoever holds their certificate gets past Entra ID and Conditional Access: set it to true, then rotate the certificates of the cluster`,
  'entra-integration': ({ aadProfile }) =>
    aadProfile === undefined
      ? 'people do not sign in with Microsoft Entra ID (there is no aadProfile): enable the managed integration'
      : `the Entra integration is not the managed one${told('aadProfile.managed', aadProfile.managed)}: move to it`,
  'azure-rbac': ({ aadProfile }) =>
    `Azure RBAC is off${told('aadProfile.enableAzureRBAC', aadProfile?.enableAzureRBAC)}, so rights in the cluster are bindings that no access review sees: enable it and assign roles`,
  'api-server-reach': ({ apiServerAccessProfile }) => {
    const wide = [apiServerAccessProfile?.authorizedIPRanges ?? []].flat().filter(isWide);
    return wide.length === 0
      ? 'the API server takes connections from the whole internet (the cluster is not private and has no authorizedIPRanges): name the ranges that may connect, or make the cluster private'
      : `the API server takes connections from ${wide.join(', ')} (authorizedIPRanges): name the ranges of your own, or make the cluster private`;
  },
  'run-command': ({ apiServerAccessProfile }) =>
    `run command is on${told('apiServerAccessProfile.disableRunCommand', apiServerAccessProfile?.disableRunCommand)}; it runs pods past the network of the cluster: set it to true`,
  'workload-identity': ({ oidcIssuerProfile, securityProfile }) => {
    const off = [
      ...(isOn(oidcIssuerProfile) ? [] : ['the OIDC issuer (oidcIssuerProfile.enabled)']),
      ...(isOn(securityProfile?.workloadIdentity)
        ? []
        : ['workload identity (securityProfile.workloadIdentity.enabled)']),
    ];
    return `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off, so workloads have no identity of their own: enable ${off.length === 1 ? 'it' : 'both'}`;
  },
};

export function complaintOf(key: string): (cluster: Resource) => string {
  return (cluster) => complaints[key]?.(propertiesOf(cluster)) ?? '';
}

function told(name: string, value: unknown): string {
  return value === undefined ? ` (${name} is not set)` : ` (${name} is ${JSON.stringify(value)})`;
}

function isWide(range: string): boolean {
  return /\/[0-7]$/.test(range);
}
