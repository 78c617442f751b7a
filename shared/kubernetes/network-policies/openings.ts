import { everyAddress, isWithinRanges, jointRanges, type IpRanges } from '../../core/ip-ranges';
import type { Severity } from '../../core/verdict';
import { isEveryPod } from '../reachability/exposure';
import { directions, type Direction, type Peer, type Policy, type Rule } from '../reachability/policy';
import type { RulePort } from '../reachability/rule-ports';
import { isEmptySelector } from '../reachability/selector';
import type { PodShape } from '../reachability/workloads';
import type { Engine } from './facts';
import type { NetworkPolicyProblem } from './problem';

export interface OpeningLimits {
  readonly engine: Engine | undefined;
  readonly widestRange: number;
}

/** Where a policy allows more than what «maximally restrictive» means. `selected` are the pods that it is about. */
export function openingsOf(
  policy: Policy,
  selected: readonly PodShape[],
  limits: OpeningLimits,
): readonly NetworkPolicyProblem[] {
  return directions
    .flatMap((direction) =>
      (policy[direction] ?? []).flatMap((rule) => [
        ...peerOpenings(rule, direction, limits.engine),
        ...portOpenings(rule, direction, selected, limits),
      ]),
    )
    .map(({ reason, ...opening }) => ({
      ...opening,
      reason: `policy ${policy.name}: ${reason}`,
      object: policy.object,
    }));
}

interface Opening {
  readonly rule: string;
  readonly severity: Severity;
  readonly reason: string;
  readonly mild?: true;
  readonly path: string;
}

function peerOpenings(rule: Rule, direction: Direction, engine: Engine | undefined): readonly Opening[] {
  const whom = direction === 'ingress' ? 'lets in' : 'lets out to';
  if (rule.peers === undefined) {
    const severity = rule.ports === undefined ? 'high' : 'medium';
    const what = rule.ports === undefined ? 'on every port' : 'on its ports';
    return [
      {
        rule: 'no-peers',
        severity,
        reason: `a rule without peers ${whom} anyone, the internet too, ${what}`,
        path: rule.path,
      },
    ];
  }
  return rule.peers.flatMap((peer) => {
    const found = wideness(peer, engine);
    return found === undefined ? [] : [{ ...found, reason: `a rule ${whom} ${found.reason}`, path: peer.path }];
  });
}

function wideness(peer: Peer, engine: Engine | undefined): Omit<Opening, 'path'> | undefined {
  if (peer.kind === 'block') return widenessOfBlock(peer.ranges, peer.cidr, engine);
  if (isEveryPod(peer)) return { rule: 'every-pod', severity: 'medium', reason: 'every pod of every namespace' };
  if (peer.pods !== undefined && isEmptySelector(peer.pods) && peer.namespaces === undefined) {
    return { rule: 'own-namespace', severity: 'low', mild: true, reason: 'every pod of the namespace' };
  }
  if (peer.namespaces !== undefined && isEmptySelector(peer.namespaces)) {
    return {
      rule: 'labels-alone',
      severity: 'low',
      mild: true,
      reason: 'pods of any namespace by their labels, which whoever may create pods can set',
    };
  }
  return undefined;
}

function widenessOfBlock(
  ranges: IpRanges,
  cidr: string,
  engine: Engine | undefined,
): Omit<Opening, 'path'> | undefined {
  if (coversAFamily(ranges)) {
    const inside = engine === 'azure' || engine === 'calico' ? ', pods and nodes of the cluster too' : '';
    return { rule: 'every-address', severity: 'medium', reason: `every address (${cidr})${inside}` };
  }
  const length = Number(cidr.split('/')[1]);
  return length < 8
    ? { rule: 'wide-range', severity: 'low', mild: true, reason: `a very wide range (${cidr})` }
    : undefined;
}

function coversAFamily({ v4, v6 }: IpRanges): boolean {
  return (
    isWithinRanges({ v4: everyAddress.v4, v6: [] }, { v4, v6: [] }) ||
    isWithinRanges({ v4: [], v6: everyAddress.v6 }, { v4: [], v6 })
  );
}

/** Ranges that are each part of the whole and together are all of it. */
export function jointOpening(
  policies: readonly Policy[],
  direction: Direction,
): Omit<NetworkPolicyProblem, 'path'> | undefined {
  const blocks = policies.flatMap((policy) =>
    (policy[direction] ?? []).flatMap(({ peers = [] }) =>
      peers.flatMap((peer) => (peer.kind === 'block' ? [peer] : [])),
    ),
  );
  const alone = blocks.some(({ ranges }) => coversAFamily(ranges));
  if (alone || !coversAFamily(jointRanges(blocks.map(({ ranges }) => ranges)))) return undefined;
  const cidrs = [...new Set(blocks.map(({ cidr }) => cidr))].slice(0, 5).join(', ');
  return {
    rule: 'every-address',
    severity: 'medium',
    reason: `${direction} rules together name every address (${cidrs})`,
  };
}

function portOpenings(
  rule: Rule,
  direction: Direction,
  selected: readonly PodShape[],
  { widestRange }: OpeningLimits,
): readonly Opening[] {
  const path = `${rule.path}.ports`;
  if (rule.ports === undefined) {
    return rule.peers === undefined
      ? []
      : [{ rule: 'no-ports', severity: 'low', reason: 'a rule without ports opens every port', path }];
  }
  return rule.ports.flatMap((port, at): readonly Opening[] => {
    const here = { severity: 'low' as const, path: `${path}[${at}]` };
    const wide = wideRange(port, widestRange);
    if (wide !== undefined) return [{ rule: 'wide-ports', reason: wide, ...here }];
    const reason = direction === 'ingress' ? undeclared(port, selected) : undefined;
    return reason === undefined ? [] : [{ rule: 'undeclared-port', reason, mild: true, ...here }];
  });
}

function wideRange(port: RulePort, widest: number): string | undefined {
  if (!('first' in port) || port.last - port.first + 1 <= widest) return undefined;
  return `${port.protocol} ${port.first}-${port.last} opens ${port.last - port.first + 1} ports; ${widest} are the most that is wanted`;
}

/** Pods that declare nothing may still listen: nothing is said about those. */
function undeclared(port: RulePort, selected: readonly PodShape[]): string | undefined {
  if (selected.length === 0 || selected.some(({ ports }) => ports.length === 0)) return undefined;
  const declared = selected.flatMap(({ ports }) => ports).filter(({ protocol }) => protocol === port.protocol);
  if ('name' in port) {
    const known = declared.some(({ name }) => name === port.name);
    return known ? undefined : `no container of the selected pods has a ${port.protocol} port named ${port.name}`;
  }
  if (port.first !== port.last || declared.some((one) => one.port === port.first)) return undefined;
  return `no container of the selected pods declares ${port.protocol} port ${port.first}`;
}
