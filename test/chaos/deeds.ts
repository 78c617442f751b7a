import { types, type FlowLog, type LifecycleRule, type Network, type Subnet } from '../../shared/flow-logging/types';
import { AzureError } from '../../shared/core/errors';
import { keyOf, nameOf, parseId, same, type Json, type Resource } from '../../shared/core/resource';
import { accountWith, resource } from '../given';
import { asJson, lifecycle, lifecycleId, rulesOf, subnetsOf, type Azure } from './azure';
import {
  accountIdOf,
  delegated,
  foreignRules,
  groupIdOf,
  groupWith,
  logWith,
  managedGroup,
  networkIdOf,
  networkWith,
  qualities,
  regions,
  subnetOf,
  watcherIdOf,
} from './estate';
import type { Deed, DeedKind } from './schedule';
import type { Timeline } from './timeline';

/** Somebody else at work. */
export interface Somebody {
  readonly azure: Azure;
  readonly time: Timeline;
  /** What owners want of lifecycle rules, by account and rule; undefined: gone. */
  readonly wish: (accountId: string, rule: string, wanted: LifecycleRule | undefined) => void;
  /** The account is gone, and its rules with it. */
  readonly forgetRules: (accountId: string) => void;
  /** Event Grid tells of it. */
  readonly tell: (id: string, kind: 'written' | 'deleted') => void;
  readonly note: (text: string) => void;
}

/** Does it, where there is something to do it to. */
export function perform(one: Somebody, deed: Deed): void {
  try {
    acts[deed.kind](one, deed);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    one.note(`${deed.kind}: Azure refuses with ${error.code}`);
  }
}

type Act = (one: Somebody, deed: Deed) => void;

const acts: Readonly<Record<DeedKind, Act>> = {
  'create network': (one, deed) => {
    const name = `vnet-new-${deed.how}`;
    const id = networkIdOf(name, deed.how === 11 ? managedGroup : 'rg-network');
    if (one.azure.get(id) !== undefined) return;
    const group = chosen(one.azure.ofType(types.securityGroup), deed);
    const region = group?.location ?? regions[0];
    const subnets = [subnetOf(id, 'snet-a', group?.id), subnetOf(id, 'snet-b')].slice(0, deed.how % 3);
    writeNetwork(one, deed, networkWith(id, region, subnets) as Resource<Network>);
  },
  'touch network': (one, deed) => {
    const network = chosenNetwork(one, deed);
    if (network !== undefined) writeNetwork(one, deed, { ...network, tags: { touched: `${deed.at}` } });
  },
  'delete network': (one, deed) => {
    const network = chosenNetwork(one, deed);
    if (network !== undefined) remove(one, network.id);
  },
  'add subnet': (one, deed) => {
    const network = chosenNetwork(one, deed);
    if (network === undefined) return;
    const group = one.azure.ofType(types.securityGroup).find(({ location }) => location === network.location);
    const subnet = subnetOf(network.id, `snet-added-${deed.how}`, deed.how % 2 === 0 ? group?.id : undefined);
    const others = subnetsIn(network).filter(({ id }) => !same(id, subnet.id));
    writeNetwork(one, deed, withSubnets(network, [...others, subnet]), subnet.id);
  },
  'remove subnet': (one, deed) => {
    const network = chosenNetwork(one, deed);
    const subnet = network && chosen(subnetsIn(network), deed);
    if (network === undefined || subnet === undefined) return;
    one.azure.remove(subnet.id);
    const others = subnetsIn(network).filter(({ id }) => id !== subnet.id);
    writeNetwork(one, deed, withSubnets(network, others), subnet.id, 'deleted');
  },
  'delegate subnet': (one, deed) =>
    changeSubnet(one, deed, (subnet) => ({ ...subnet, properties: { ...subnet.properties, delegations: delegated } })),
  'create group': (one, deed) => {
    const id = groupIdOf(`nsg-new-${deed.how}`);
    if (one.azure.get(id) !== undefined) return;
    one.azure.set(groupWith(id, regions[0]));
    one.note(`creates group ${nameOf(id)}`);
    one.tell(id, 'written');
  },
  'attach group': (one, deed) =>
    changeSubnet(one, deed, (subnet, network) => {
      const groups = one.azure.ofType(types.securityGroup).filter(({ location }) => location === network.location);
      const group = groups[deed.how % Math.max(1, groups.length)];
      return group && { ...subnet, properties: { ...subnet.properties, networkSecurityGroup: { id: group.id } } };
    }),
  'detach group': (one, deed) =>
    changeSubnet(one, deed, (subnet) => {
      if (subnet.properties?.networkSecurityGroup === undefined) return undefined;
      const { delegations = [] } = subnet.properties;
      return { ...subnet, properties: { delegations } };
    }),
  'delete group': (one, deed) => {
    const free = one.azure.ofType(types.securityGroup).filter(({ id }) => subnetsOf(one.azure, id).length === 0);
    const group = chosen(free, deed);
    if (group !== undefined) remove(one, group.id);
  },
  'delete log': (one, deed) => {
    const log = chosen(one.azure.ofType<FlowLog>(types.flowLog), deed);
    if (log === undefined || one.azure.isBusy(parseId(log.id).parent ?? '')) return;
    remove(one, log.id);
  },
  'switch log off': (one, deed) => changeLog(one, deed, () => ({ enabled: false })),
  'filter log': (one, deed) => changeLog(one, deed, () => ({ enabledFilteringCriteria: 'DstPort=443' })),
  'shorten log': (one, deed) => changeLog(one, deed, () => ({ retentionPolicy: { days: 10, enabled: true } })),
  'weaken log': (one, deed) => changeLog(one, deed, () => ({ ...qualities[deed.how % qualities.length] })),
  'tag log': (one, deed) => changeLog(one, deed, () => ({}), { tagged: `${deed.at}` }),
  'set log to 60 minutes': (one, deed) =>
    changeLog(one, deed, ({ flowAnalyticsConfiguration: found }) => {
      const analytics = found?.networkWatcherFlowAnalyticsConfiguration;
      const slower = { ...analytics, trafficAnalyticsInterval: 60 };
      return analytics && { flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: slower } };
    }),
  'create log': (one, deed) => {
    const network = chosenNetwork(one, deed);
    const region = network?.location ?? regions[0];
    const watcher = one.azure.ofType(types.watcher).find(({ location }) => location === region);
    if (network === undefined || watcher === undefined) return;
    const target = deed.how % 4 === 3 ? (subnetsIn(network)[0]?.id ?? network.id) : network.id;
    const log = logWith(watcher.id, target, region, qualities[deed.how % qualities.length]);
    put(one, deed, log);
    one.note(`creates flow log ${log.name}`);
  },
  'delete account': (one, deed) => {
    const account = chosen(one.azure.ofType(types.account), deed);
    if (account === undefined) return;
    one.forgetRules(account.id);
    remove(one, account.id);
  },
  'restore account': (one, deed) => {
    const region = chosenNetwork(one, deed)?.location ?? regions[0];
    writeAccount(one, accountWith(accountIdOf(region), region));
  },
  'close account': (one, deed) => {
    const account = chosen(one.azure.ofType(types.account), deed);
    if (account === undefined) return;
    const networkAcls = { bypass: 'None', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] };
    writeAccount(one, { ...account, properties: { ...(account.properties as object), networkAcls } });
  },
  'add rule': (one, deed) => writeRule(one, deed, foreignRules[deed.how % 2 === 0 ? 0 : deed.how % 3]!),
  'change rule': (one, deed) => {
    const rule = foreignRules[deed.how % 2 === 0 ? 0 : 1];
    writeRule(one, deed, { ...rule, definition: withDays(rule.definition, 100 + deed.how) });
  },
  'remove rule': (one, deed) => {
    const account = chosen(one.azure.ofType(types.account), deed);
    const rule = account && chosen(foreignRulesOf(one.azure, account.id), deed);
    if (account === undefined || rule?.name === undefined) return;
    const rules = rulesOf(one.azure, lifecycleId(account.id)).filter(({ name }) => name !== rule.name);
    one.azure.set(lifecycle(lifecycleId(account.id), rules));
    one.wish(account.id, rule.name, undefined);
    one.note(`removes rule ${rule.name} of ${nameOf(account.id)}`);
    one.tell(lifecycleId(account.id), 'written');
  },
  'delete watcher': (one, deed) => {
    const watcher = chosen(one.azure.ofType(types.watcher), deed);
    if (watcher === undefined || deed.how > 3 || one.azure.isBusy(watcher.id)) return;
    remove(one, watcher.id);
  },
  'create watcher': (one, deed) => {
    const location = regions[deed.how % 2]!;
    one.azure.put({ id: watcherIdOf(location), body: { location }, by: 'somebody', told: deed.told });
    one.note(`creates the watcher of ${location}`);
  },
};

function chosen<T>(some: readonly T[], { which }: Deed): T | undefined {
  return some[which % Math.max(1, some.length)];
}

function chosenNetwork({ azure }: Somebody, deed: Deed): Resource<Network> | undefined {
  return chosen(azure.ofType<Network>(types.network), deed);
}

function subnetsIn(network: Resource<Network>): readonly Subnet[] {
  return network.properties?.subnets ?? [];
}

function withSubnets(network: Resource<Network>, subnets: readonly Subnet[]): Resource<Network> {
  return { ...network, properties: { ...network.properties, subnets } };
}

function changeSubnet(
  one: Somebody,
  deed: Deed,
  change: (subnet: Subnet, network: Resource<Network>) => Subnet | undefined,
): void {
  const network = chosenNetwork(one, deed);
  const subnet = network && subnetsIn(network)[deed.how % Math.max(1, subnetsIn(network).length)];
  const changed = network && subnet && change(subnet, network);
  if (network === undefined || changed === undefined) return;
  const subnets = subnetsIn(network).map((other) => (other === subnet ? changed : other));
  writeNetwork(one, deed, withSubnets(network, subnets), changed.id);
}

/** A network is `Updating` for a moment; the event comes when it has settled. */
function writeNetwork(
  one: Somebody,
  deed: Deed,
  network: Resource<Network>,
  told = network.id,
  kind: 'written' | 'deleted' = 'written',
): void {
  const inState = (base: Resource<Network>, provisioningState: string): Resource<Network> => ({
    ...base,
    properties: { ...base.properties, provisioningState } as Network,
  });
  one.azure.set(inState(network, 'Updating'));
  one.note(`${deed.kind} ${nameOf(told)} of ${nameOf(network.id)}`);
  one.time.at(one.time.now() + deed.how * 200, () => {
    const found = one.azure.get<Network>(network.id);
    if (found === undefined) return;
    one.azure.set(inState(found, 'Succeeded'));
    one.tell(told, kind);
  });
}

function remove(one: Somebody, id: string): void {
  one.azure.remove(id);
  one.note(`deletes ${id.split('/').slice(-2).join('/')}`);
  one.tell(id, 'deleted');
}

function changeLog(
  one: Somebody,
  deed: Deed,
  change: (log: FlowLog) => FlowLog | undefined,
  tags: Readonly<Record<string, string>> = {},
): void {
  const log = chosen(one.azure.ofType<FlowLog>(types.flowLog), deed);
  const changed = log && change(log.properties ?? {});
  if (log === undefined || changed === undefined) return;
  put(one, deed, { ...log, tags: { ...log.tags, ...tags }, properties: { ...log.properties, ...changed } });
  one.note(`${deed.kind}: ${log.name} ${JSON.stringify({ ...changed, ...tags })}`);
}

function put(one: Somebody, { told }: Deed, log: Resource<FlowLog>): void {
  const { id, location = '', tags = {}, properties = {} } = log;
  const { provisioningState, ...rest } = properties;
  void provisioningState;
  const body = { location, tags, properties: rest as Readonly<Record<string, Json>> };
  one.azure.put({ id, body, by: 'somebody', told });
}

function writeAccount(one: Somebody, account: Resource): void {
  one.azure.set(resource(account.id, account));
  one.note(`writes account ${nameOf(account.id)}`);
  one.tell(account.id, 'written');
}

function writeRule(one: Somebody, deed: Deed, rule: LifecycleRule): void {
  const account = chosen(one.azure.ofType(types.account), deed);
  if (account === undefined) return;
  const others = rulesOf(one.azure, lifecycleId(account.id)).filter(({ name }) => name !== rule.name);
  one.azure.put({
    id: lifecycleId(account.id),
    body: { properties: { policy: { rules: asJson([...others, rule]) } } },
    by: 'somebody',
    told: deed.told,
  });
  one.wish(account.id, rule.name ?? '', rule);
  one.note(`${deed.kind} ${rule.name ?? ''} of ${nameOf(account.id)}`);
}

type Definition = NonNullable<LifecycleRule['definition']>;

function withDays(definition: Definition | undefined, days: number): Definition {
  return { ...definition, actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } } };
}

export function foreignRulesOf(azure: Azure, accountId: string): readonly LifecycleRule[] {
  return rulesOf(azure, lifecycleId(accountId)).filter(
    ({ name = '' }) => name !== 'steward-flow-logs' && !name.startsWith('flowlog-'),
  );
}

export function keyOfRule(accountId: string, rule: string): string {
  return `${keyOf(accountId)}|${rule}`;
}
