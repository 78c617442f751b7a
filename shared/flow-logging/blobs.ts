import { nameOf, parseId, type Resource } from '../core/resource';
import type { FlowLog } from './types';

export const containers = {
  network: 'insights-logs-flowlogflowevent',
  securityGroup: 'insights-logs-networksecuritygroupflowevent',
} as const;

export function lifecycleIdOf(accountId: string): string {
  return `${accountId}/managementPolicies/default`;
}

/** Where a log's blobs begin (Network Watcher: flow-log FAQ; NSG flow logs overview). */
export function blobsOf(log: Resource<FlowLog>): string {
  return `${containerOf(log)}/${spelledFolder(log)}`;
}

export function containerOf(log: Resource<FlowLog>): string {
  return isOfGroup(log) ? containers.securityGroup : containers.network;
}

/**
 * The folder of a log as Azure writes it, all in capitals (Network Watcher: read flow logs, whose script puts every part
 * in capitals), below the container.
 */
export function folderOf(log: Resource<FlowLog>): string {
  return capitals(spelledFolder(log));
}

/**
 * Other folders that the documentation names: with the whole id of the log (Network Watcher: manage virtual network flow
 * logs, CLI and PowerShell), and in the case of the id (flow-log FAQ).
 */
export function otherFoldersOf(log: Resource<FlowLog>): readonly string[] {
  const spelled = spelledFolder(log);
  const whole = isOfGroup(log) ? [] : [capitals(`flowLogResourceID=${log.id}/`)];
  return [...whole, spelled].filter((folder) => folder !== folderOf(log));
}

/** `y=2026/m=03/d=01/h=08/`: a flow log has one blob per network interface and hour, in UTC. */
export function hourFolder(time: string): string {
  const [date = '', clock = ''] = time.split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `y=${year}/m=${month}/d=${day}/h=${clock.slice(0, 2)}/`;
}

function isOfGroup(log: Resource<FlowLog>): boolean {
  return /\/networkSecurityGroups\//i.test(log.properties?.targetResourceId ?? '');
}

function spelledFolder(log: Resource<FlowLog>): string {
  if (isOfGroup(log)) return `resourceId=${log.properties?.targetResourceId ?? ''}/`;
  const { subscriptionId, resourceGroup = '', parent = '' } = parseId(log.id);
  return `flowLogResourceID=/${subscriptionId}_${resourceGroup}/${nameOf(parent)}_${log.name}/`;
}

/** The name of the first field stays as it is. */
function capitals(folder: string): string {
  const start = folder.indexOf('/');
  return `${folder.slice(0, start)}${folder.slice(start).toUpperCase()}`;
}
