import { isWithinRanges } from '../../core/ip-ranges';
import { labelsOfNamespace } from '../reachability/pod-classes';
import type { Peer, Rule } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import { trafficTo } from '../reachability/rule-ports';
import { selects } from '../reachability/selector';
import type { PolicyRule } from '../reachability/sides';
import { isWithinTraffic, portsOf, type Traffic } from '../reachability/traffic';
import type { PodShape } from '../reachability/workloads';
import type { NetworkPolicyProblem } from './problem';

const dnsUdp = portsOf('UDP', 53, 53);
const dnsTcp = portsOf('TCP', 53, 53);

/** Rules that allow DNS over UDP only: answers that do not fit into a packet come over TCP. */
export function dnsProblems(rules: readonly PolicyRule[]): readonly NetworkPolicyProblem[] {
  const overTcp = rules.filter(({ rule }) => opens(rule, dnsTcp));
  return rules
    .filter(({ rule }) => rule.ports !== undefined && opens(rule, dnsUdp) && !opens(rule, dnsTcp))
    .filter((one) => !overTcp.some((other) => hasPeersOf(other, one)))
    .map(({ policy, rule }) => ({
      rule: 'dns-without-tcp',
      severity: 'low' as const,
      reason: `policy ${policy.name}: DNS is allowed over UDP 53 but not over TCP 53; add TCP 53`,
      object: policy.object,
      path: `${rule.path}.ports`,
    }));
}

/** Why pods whose egress rules are these cannot resolve names; undefined when nothing leaves them, or nothing is wrong. */
export function nameLookupProblem(rules: readonly PolicyRule[], localDns: boolean): string | undefined {
  const lookups = rules.filter(({ rule }) => opens(rule, dnsUdp));
  if (rules.length === 0) return undefined;
  if (lookups.length === 0)
    return 'has egress rules but none for DNS (UDP and TCP 53), so that it can resolve no names';
  if (!localDns || lookups.some(({ rule }) => meansResolver(rule))) return undefined;
  return 'asks the resolver of its node for names, and no egress rule allows 169.254.10.0/24';
}

const resolver = { v4: [{ from: 0xa9fe0a0a, to: 0xa9fe0a0b }], v6: [] };

function meansResolver({ peers }: Rule): boolean {
  return peers?.some((peer) => peer.kind === 'block' && isWithinRanges(resolver, peer.ranges)) ?? true;
}

function opens({ ports }: Rule, wanted: Traffic): boolean {
  return ports === undefined || isWithinTraffic(wanted, trafficTo(ports, []));
}

function hasPeersOf(one: PolicyRule, other: PolicyRule): boolean {
  if (one.rule.peers === undefined) return true;
  if (one.policy.namespace !== other.policy.namespace) return false;
  const keys = new Set(one.rule.peers.map(keyOf));
  return other.rule.peers?.every((peer) => keys.has(keyOf(peer))) ?? false;
}

const keyOf = (peer: Peer): string =>
  peer.kind === 'block' ? peer.cidr : JSON.stringify([peer.namespaces?.key, peer.pods?.key]);

/** The port on which a pod asks to be scraped, if it does. */
export function scrapedPort({ annotations, ports }: PodShape): number | undefined {
  if (annotations['prometheus.io/scrape'] !== 'true') return undefined;
  const port = Number(annotations['prometheus.io/port'] ?? ports[0]?.port);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** What keeps the agents in kube-system from scraping a pod that asks for it. */
export function scrapeProblem(pod: PodShape, reachability: Reachability): string | undefined {
  const port = scrapedPort(pod);
  const rules = reachability.rulesOf(pod, 'ingress');
  if (port === undefined || rules === undefined) return undefined;
  const agents = labelsOfNamespace('kube-system', reachability.namespaces);
  const wanted = portsOf('TCP', port, port);
  const allowed = rules.some(
    ({ rule }) =>
      (rule.ports === undefined || isWithinTraffic(wanted, trafficTo(rule.ports, pod.ports))) &&
      (rule.peers?.some((peer) => isOf(peer, agents)) ?? true),
  );
  if (allowed) return undefined;
  return `asks to be scraped on TCP ${port}, and no rule lets the agents of kube-system in`;
}

function isOf(peer: Peer, namespaceLabels: Readonly<Record<string, string>>): boolean {
  return peer.kind === 'pods' && peer.namespaces !== undefined && selects(peer.namespaces, namespaceLabels);
}
