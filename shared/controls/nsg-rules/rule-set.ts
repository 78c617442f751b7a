import { allPorts, isCovered, isWithin, protocols, trafficTouches, trafficWithout, type Traffic } from './traffic';
import { addressesFrom, anyAddress, bothOf, hasName, isAllOfV4, isAllOfV6, named, type Addresses } from './addresses';
import type { Direction, Rule } from './rule';
import { isWithinSpans, type Spans } from '../../core/spans';

/** Names of what lies outside: beside the tag `Internet`, of which each address has a family. */
export const outside = ['@internet-v4', '@internet-v6'] as const;

/** Tags of what Azure reaches from public addresses. */
const publicTags = ['internet', 'gatewaymanager', 'azurecloud'] as const;

export function inDirection(rules: readonly Rule[], direction: Direction): readonly Rule[] {
  return rules.filter((rule) => rule.direction === direction);
}

/** A rule that never decides, and the rules before it that decide in its place. */
export interface Shadowed {
  readonly rule: Rule;
  readonly by: readonly Rule[];
}

/** Rules all of whose traffic is decided by rules of a lower number. */
export function shadowedIn(rules: readonly Rule[]): readonly Shadowed[] {
  return rules.flatMap((rule) => {
    const earlier = rules.filter(({ direction, priority }) => direction === rule.direction && priority < rule.priority);
    const touching = earlier.filter(({ traffic }) => trafficTouches(rule.traffic, traffic));
    const all = touching.map(({ traffic }) => traffic);
    if (!isCovered(rule.traffic, all)) return [];
    const single = touching.find(({ traffic }) => isWithin(rule.traffic, traffic));
    return [{ rule, by: single === undefined ? touching : [single] }];
  });
}

/**
 * The rules with what is known of their tags: `VirtualNetwork` holds these addresses at least, `Internet` and
 * 0.0.0.0/0 hold the tags of public services.
 */
export function located(rules: readonly Rule[], network: Addresses): readonly Rule[] {
  return rules.map((rule) => {
    const source = known(rule.traffic.source, network);
    const destination = known(rule.traffic.destination, network);
    const isSame = source === rule.traffic.source && destination === rule.traffic.destination;
    return isSame ? rule : { ...rule, traffic: { ...rule.traffic, source, destination } };
  });
}

function known(addresses: Addresses, network: Addresses): Addresses {
  const { keys, allBut } = addresses.names;
  if (addresses === anyAddress || (!allBut && keys.length === 0 && addresses.v4.length + addresses.v6.length === 0))
    return addresses;
  const parts = [
    ...(hasName(addresses, 'virtualnetwork') ? [network] : []),
    ...(hasName(addresses, 'internet') ? [named(...outside, ...publicTags)] : []),
    ...(isAllOfV4(addresses) ? [named(outside[0], ...publicTags, 'virtualnetwork')] : []),
    ...(isAllOfV6(addresses) ? [named(outside[1])] : []),
    ...(isWithinSpans(probes, addresses.v4) ? [named('azureloadbalancer')] : []),
  ];
  return parts.reduce(bothOf, addresses);
}

/** The one address that `AzureLoadBalancer` stands for («What is IP address 168.63.129.16?»). */
const probes: Spans<number> = addressesFrom('168.63.129.16')?.v4 ?? [];

/** The rules that each group has besides its own («Azure Virtual Network: default security rules»). */
export function withDefaults(rules: readonly Rule[]): readonly Rule[] {
  return [...rules, ...defaults];
}

function standard(direction: Direction, priority: number, access: Rule['access'], traffic: Partial<Traffic>): Rule {
  const all = { protocols, sourcePorts: allPorts, destinationPorts: allPorts };
  const whole: Traffic = { ...all, source: anyAddress, destination: anyAddress, ...traffic };
  return { name: `the default rule ${priority}`, direction, access, priority, traffic: whole };
}

const network = named('virtualnetwork');

const defaults: readonly Rule[] = [
  standard('Inbound', 65_000, 'Allow', { source: network, destination: network }),
  standard('Inbound', 65_001, 'Allow', { source: named('azureloadbalancer') }),
  standard('Inbound', 65_500, 'Deny', {}),
  standard('Outbound', 65_000, 'Allow', { source: network, destination: network }),
  standard('Outbound', 65_001, 'Allow', { destination: named('internet') }),
  standard('Outbound', 65_500, 'Deny', {}),
];

/** The first rule that allows a part of the traffic that no rule before it denies. */
export function openedBy(traffic: Traffic, rules: readonly Rule[]): Rule | undefined {
  let left: readonly Traffic[] = [traffic];
  for (const rule of rules) {
    if (rule.access === 'Allow' && left.some((piece) => trafficTouches(piece, rule.traffic))) return rule;
    left = left.flatMap((piece) => trafficWithout(piece, rule.traffic));
  }
  return undefined;
}

/** The first rule that denies a part of the traffic that no rule before it allows. */
export function closedBy(traffic: Traffic, rules: readonly Rule[]): Rule | undefined {
  let left: readonly Traffic[] = [traffic];
  for (const rule of rules) {
    if (rule.access === 'Deny' && left.some((piece) => trafficTouches(piece, rule.traffic))) return rule;
    left = left.flatMap((piece) => trafficWithout(piece, rule.traffic));
  }
  return undefined;
}
