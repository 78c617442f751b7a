import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { nameOf, same, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import type { Problem, Verdict } from '../core/verdict';
import {
  coverageOf,
  isOn,
  isUncovered,
  logsOn,
  regionFor,
  type Coverage,
  type Log,
  type Region,
} from '../flow-logging/coverage';
import { loggable, protectedBy, type Protected } from '../flow-logging/protected';
import { flowLogRemedy } from './flow-logs/remedy';
import { remarksOn } from './flow-logs/rightness';
import { types, type Network, type NetworkInterface } from '../flow-logging/types';
import { unloggableBecause } from '../flow-logging/unloggable';

export const flowLogs = {
  id: 'flow-logs',
  title: 'The traffic of every subnet is logged to a StorageV2 account, kept long enough and analysed',
  judges: [
    'Each subnet is covered by a flow log: on its network interfaces, on itself, on its network, or, while it lives, on its network security group; the narrower one beats the wider.',
    'A Network Watcher exists in the region, whatever its name and resource group are.',
    'The log is switched on, its provisioning state is Succeeded, its format is JSON version 2, and no filter and no choice of record types drops flows.',
    'Its storage account exists, is StorageV2 and Standard, lies in the region of the network and lets trusted Azure services through its firewall.',
    'Flows are kept for FLOW_LOG_RETENTION_DAYS at least; of the log’s own policy and the lifecycle rules of its account, the shorter counts.',
    'Traffic analytics is on, every 10 or 60 minutes, with a workspace that exists.',
    'A network that is logged twice is a finding of low severity, for it costs twice.',
    'Subnets of services whose traffic flow logs do not see are not applicable; so is a security group that protects nothing.',
  ],
  severity: 'high',
  requirement: '3',
  subjects: [types.network, types.securityGroup],
  reads: [types.watcher, types.flowLog, types.account, types.lifecycle, types.workspace, types.interface],
  evaluate: (subject, inventory, settings): Verdict =>
    judged(withoutNulls(subject), inventoryWithoutNulls(inventory), settings),
  concerns: (written) => {
    const resource = withoutNulls(written);
    if (same(resource.type, types.flowLog)) return networkOfTarget(resource as Log);
    if (same(resource.type, types.interface)) return aroundInterface(resource as Resource<NetworkInterface>);
    if (!same(resource.type, types.network)) return [];
    const { subnets = [] } = (resource as Resource<Network>).properties ?? {};
    return definedIds(subnets.map((subnet) => subnet.properties?.networkSecurityGroup?.id));
  },
  remedy: flowLogRemedy,
} satisfies Control;

function judged(subject: Resource, inventory: Inventory, settings: Settings): Verdict {
  const region = regionFor(subject, inventory);
  const parts = protectedBy(subject, inventory);
  if (parts.state === 'unread') return { state: 'unknown', reason: parts.reason };
  const excused = noNeedToLog(subject, parts.value);
  if (excused !== undefined) return { state: 'notApplicable', reason: excused };
  if (region.state === 'unread') return { state: 'unknown', reason: region.reason };
  return verdictOn(findingsOn(subject, loggable(parts.value), region.value), { inventory, settings });
}

/** Of a log on something else, everybody whose verdict rests on the list that it is in. */
function networkOfTarget({ properties }: Log): readonly string[] {
  const target = properties?.targetResourceId ?? '';
  const network = /^.+\/virtualNetworks\/[^/]+/i.exec(target)?.[0];
  return definedIds([network]);
}

function aroundInterface({ properties }: Resource<NetworkInterface>): readonly string[] {
  const subnets = (properties?.ipConfigurations ?? []).map(({ properties: place }) => place?.subnet?.id);
  const networks = subnets.map((subnet) => subnet?.replace(/\/subnets\/[^/]+$/i, ''));
  return definedIds([properties?.networkSecurityGroup?.id, ...networks]);
}

function definedIds(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}

function noNeedToLog(subject: Resource, parts: readonly Protected[]): string | undefined {
  if (parts.length > 0 && loggable(parts).length === 0) {
    return parts.map(({ subnet }) => unloggableBecause(subnet)).join('; ');
  }
  const idle = parts.length === 0 && same(subject.type, types.securityGroup);
  return idle ? 'it protects no subnet and no network interface' : undefined;
}

/** What is to be said about a subject before each log is looked at. */
interface Findings {
  readonly problems: readonly Problem[];
  readonly logs: readonly Log[];
}

function findingsOn(subject: Resource, parts: readonly Protected[], region: Region): Findings {
  if (region.watcherId === undefined) {
    return {
      problems: [{ severity: 'high', reason: `region ${region.name} has no Network Watcher, so nothing is logged` }],
      logs: [],
    };
  }
  const isNetwork = same(subject.type, types.network);
  const coverages = parts.map((part) => coverageOf(part, region));
  const onNetwork = isNetwork ? logsOn(subject.id, region) : [];
  const unused = isNetwork && parts.length === 0;
  return {
    problems: [
      ...uncovered(coverages),
      ...(unused && onNetwork.length === 0
        ? [{ severity: 'high' as const, reason: 'no flow log covers this network' }]
        : []),
      ...(isNetwork ? loggedTwice(coverages, onNetwork) : []),
    ],
    logs: [
      ...new Set([
        ...coverages.flatMap(({ effective, overrides }) => [...effective, ...overrides]),
        ...(unused ? onNetwork : []),
      ]),
    ],
  };
}

function uncovered(coverages: readonly Coverage[]): readonly Problem[] {
  const names = coverages.filter(isUncovered);
  if (names.length === 0) return [];
  const subnets = names.map(({ subnet }) => subnet.name).join(', ');
  return [{ severity: 'high', reason: `no flow log covers ${names.length === 1 ? 'subnet' : 'subnets'} ${subnets}` }];
}

function loggedTwice(coverages: readonly Coverage[], onNetwork: readonly Log[]): readonly Problem[] {
  const again = new Set([...coverages.flatMap(({ twice }) => twice), ...onNetwork.filter(isOn).slice(1)]);
  return [...again].map((log) => {
    const target = nameOf(log.properties?.targetResourceId ?? '');
    return {
      severity: 'low',
      reason: `flow log ${log.name} of ${target} logs the same traffic again, which costs twice: switch it off`,
    };
  });
}

function verdictOn(found: Findings, known: { readonly inventory: Inventory; readonly settings: Settings }): Verdict {
  const remarks = found.logs.flatMap((log) => remarksOn(log, known.inventory, known.settings));
  const problems = [...found.problems, ...remarks.filter(({ unread }) => unread !== true)];
  if (problems.length > 0)
    return { state: 'violation', problems: problems.map(({ severity, reason }) => ({ severity, reason })) };
  const unread = remarks.map(({ reason }) => reason);
  if (unread.length > 0) return { state: 'unknown', reason: unread.join('; ') };
  return { state: 'compliant', reason: `logged by ${found.logs.map(describe).join(' and ')}` };
}

function describe(log: Log): string {
  return `${log.name} to ${nameOf(log.properties?.storageId ?? '')}`;
}
