import { types, type FlowLog, type Network, type StorageAccount, type Subnet } from '../../shared/flow-logging/types';
import { nameOf, same, type Resource } from '../../shared/core/resource';
import { workspaceId } from '../given';
import { blobsOf, lifecycleId, rulesOf, type Azure } from './azure';
import { daysKept, daysOf, deletes, isOwnAccount } from './guard';

/** What the requirement says about a subject as it is; written from its sentences, without a look at the control. */
export interface Truth {
  readonly state: 'right' | 'wrong' | 'notApplicable';
  readonly because: readonly string[];
  /** Why it may not or cannot be put right without a person. */
  readonly excuse?: string;
}

const daysWanted = 90;

export function truthOf(azure: Azure, subject: Resource): Truth {
  const isNetwork = same(subject.type, types.network);
  const parts = partsOf(azure, subject);
  const loggable = parts.filter(({ subnet }) => !isUnloggable(subnet));
  if (parts.length > 0 && loggable.length === 0)
    return { state: 'notApplicable', because: ['no subnet can be logged'] };
  if (parts.length === 0 && !isNetwork) return { state: 'notApplicable', because: ['it protects nothing'] };
  const covers = loggable.map((part) => coverOf(azure, part));
  const onNetwork = parts.length === 0 ? logsOn(azure, subject.id) : [];
  const logs = [...new Set([...covers.flatMap(({ logs: some }) => some), ...onNetwork])];
  const twice = isNetwork && covers.some(({ isTwice }) => isTwice);
  const because = [
    ...(azure.ofType(types.watcher).some(({ location }) => location === subject.location) ? [] : ['no watcher']),
    ...covers.filter((cover) => cover.logs.length === 0).map(({ part }) => `${part.subnet.name} has no log`),
    ...(parts.length === 0 && onNetwork.length === 0 ? ['the network has no log'] : []),
    ...logs.flatMap((log) => wrongsOf(azure, log).map((wrong) => `${log.name} ${wrong}`)),
    ...(twice ? ['logged twice'] : []),
  ];
  if (because.length === 0) return { state: 'right', because };
  const excuse = excuseFor(azure, { subject, parts, logs, twice });
  return { state: 'wrong', because, ...(excuse !== undefined && { excuse }) };
}

interface Part {
  readonly subnet: Subnet;
  readonly network: Resource<Network>;
}

function partsOf(azure: Azure, subject: Resource): readonly Part[] {
  const all = azure
    .ofType<Network>(types.network)
    .flatMap((network) => (network.properties?.subnets ?? []).map((subnet) => ({ subnet, network })));
  return same(subject.type, types.network)
    ? all.filter(({ network }) => same(network.id, subject.id))
    : all.filter(({ subnet }) => same(subnet.properties?.networkSecurityGroup?.id, subject.id));
}

function isUnloggable(subnet: Subnet): boolean {
  return (subnet.properties?.delegations ?? []).some(({ properties }) =>
    properties?.serviceName?.startsWith('Microsoft.Web/'),
  );
}

function logsOn(azure: Azure, target: string | undefined): readonly Resource<FlowLog>[] {
  return azure.ofType<FlowLog>(types.flowLog).filter(({ properties }) => same(properties?.targetResourceId, target));
}

interface Cover {
  readonly part: Part;
  readonly logs: readonly Resource<FlowLog>[];
  readonly isTwice: boolean;
}

/** The subnet's own log, else its network's, else, while it lives, its security group's. */
function coverOf(azure: Azure, part: Part): Cover {
  const isOn = (log: Resource<FlowLog>): boolean => log.properties?.enabled === true;
  const own = logsOn(azure, part.subnet.id);
  const wide = logsOn(azure, part.network.id);
  const group = logsOn(azure, part.subnet.properties?.networkSecurityGroup?.id).filter(isOn);
  const logs = [own, wide.filter(isOn), group, wide].find((some) => some.length > 0) ?? [];
  return { part, logs, isTwice: group.length > 0 && [...own, ...wide].some(isOn) };
}

function wrongsOf(azure: Azure, log: Resource<FlowLog>): readonly string[] {
  const found = log.properties ?? {};
  const analytics = found.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  const days = daysKept(azure, log, found, 'all');
  const records = (found.recordTypes ?? '').split(',').filter((letter) => letter !== '');
  return [
    ...(found.enabled === true ? [] : ['is off']),
    ...(found.provisioningState === 'Succeeded' ? [] : [`is ${found.provisioningState ?? 'nothing'}`]),
    ...(found.format?.type === 'JSON' && found.format.version === 2 ? [] : ['has an old format']),
    ...((found.enabledFilteringCriteria ?? '') === '' ? [] : ['is filtered']),
    ...(records.length === 0 || ['B', 'C', 'E', 'D'].every((one) => records.includes(one)) ? [] : ['drops records']),
    ...wrongStorage(azure, log),
    ...(days >= daysWanted ? [] : [`is kept ${days} days`]),
    ...(found.retentionPolicy?.enabled === true && found.retentionPolicy.days === 0 ? ['is kept ambiguously'] : []),
    ...(analytics?.enabled === true && azure.get(analytics.workspaceResourceId ?? '') !== undefined
      ? []
      : ['has no analytics']),
    ...([10, 60].includes(analytics?.trafficAnalyticsInterval ?? 60) ? [] : ['is analysed at odd times']),
  ];
}

function wrongStorage(azure: Azure, log: Resource<FlowLog>): readonly string[] {
  const account = azure.get<StorageAccount>(log.properties?.storageId ?? '');
  if (account === undefined) return ['has no account'];
  const { defaultAction, bypass } = account.properties?.networkAcls ?? {};
  const isShut = defaultAction === 'Deny' && bypass !== 'AzureServices';
  const isFit = account.kind === 'StorageV2' && account.sku?.tier !== 'Premium' && account.location === log.location;
  return isFit && !isShut ? [] : ['has an unfit account'];
}

interface Excusable {
  readonly subject: Resource;
  readonly parts: readonly Part[];
  readonly logs: readonly Resource<FlowLog>[];
  readonly twice: boolean;
}

function excuseFor(azure: Azure, { subject, parts, logs, twice }: Excusable): string | undefined {
  const networks = [subject.id, ...parts.map(({ network }) => network.id)];
  if (networks.some((id) => /\/resourceGroups\/MC_/i.test(id))) return 'AKS manages it';
  if (twice) return 'a person has to switch one log off';
  if (azure.get(workspaceId) === undefined) return 'no workspace';
  const own = logs.map(({ properties }) => properties?.storageId ?? '').filter(isOwnAccount);
  const rules = azure
    .ofType(types.account)
    .filter(({ id }) => isOwnAccount(id) || own.includes(id))
    .flatMap(({ id }) => rulesOf(azure, lifecycleId(id)))
    .filter((rule) => !/^(steward-flow-logs$|flowlog-)/.test(rule.name ?? '') && daysOf(rule) < daysWanted);
  const hits = rules.find((rule) => logs.some((log) => deletes(rule, blobsOf(log))));
  return hits && `the rule ${hits.name ?? ''} of somebody in ${nameOf(own[0] ?? '')}`;
}
