import type { Option, Place } from './own-rights';

/** What Azure checks besides, when a write is sent. */
export interface Check {
  readonly actions: readonly string[];
  readonly at: readonly Place[];
  readonly why: string;
  readonly option?: Option;
}

const network = 'Microsoft.Network';
const account = 'Microsoft.Storage/storageAccounts';
const insights = 'Microsoft.Insights';

/** Network Watcher: Azure role-based access control permissions required to use Network Watcher capabilities. */
const flowLogWrite: readonly Check[] = [
  {
    actions: [
      `${network}/networkWatchers/configureFlowLog/action`,
      `${network}/networkWatchers/queryFlowLogStatus/action`,
    ],
    at: ['subscription'],
    why: 'Azure names it for flow logs',
  },
  {
    actions: ['read', 'listKeys/action', 'listServiceSas/action', 'listAccountSas/action'].map(
      (verb) => `${account}/${verb}`,
    ),
    at: ['ownGroup', 'flowLogStorage'],
    why: 'Network Watcher writes to the account with its key',
  },
  {
    actions: [
      ...[
        'applicationGateways',
        'connections',
        'expressRouteCircuits',
        'loadBalancers',
        'localNetworkGateways',
        'networkInterfaces',
        'networkSecurityGroups',
        'publicIPAddresses',
        'routeTables',
        'virtualNetworkGateways',
        'virtualNetworks',
      ].map((type) => `${network}/${type}/read`),
      'Microsoft.Compute/virtualMachines/read',
      'Microsoft.Compute/virtualMachineScaleSets/read',
    ],
    at: ['subscription'],
    why: 'traffic analytics names what the addresses belong to; it is not satisfied with a role of a management group',
  },
  {
    actions: [
      'Microsoft.OperationalInsights/workspaces/read',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
      ...['dataCollectionRules', 'dataCollectionEndpoints'].flatMap((type) =>
        ['read', 'write', 'delete'].map((verb) => `${insights}/${type}/${verb}`),
      ),
    ],
    at: ['workspaceGroup'],
    why: 'traffic analytics makes a data collection rule and endpoint of its own beside the workspace',
  },
  {
    actions: [`${network}/networkSecurityGroups/write`],
    at: ['subscription'],
    why: 'Azure names it for flow logs of network security groups alone',
    option: 'nsg-flow-logs',
  },
  {
    actions: [`${network}/locations/operations/read`, `${network}/locations/operationResults/read`],
    at: ['subscription'],
    why: 'a flow log is written by a long-running operation, whose end is waited for',
  },
];

/** By the write that brings them about. */
export const azureChecks: Readonly<Record<string, readonly Check[]>> = {
  [`${network}/networkWatchers/flowLogs/write`]: flowLogWrite,
};
