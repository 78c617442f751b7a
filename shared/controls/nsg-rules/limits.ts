import type { Problem, Severity, Verdict } from '../../core/verdict';
import { bothOf, isNowhere, named, noAddress, type Addresses } from './addresses';
import type { Direction, Rule } from './rule';
import { commonSpans, isWithinSpans, type Span } from '../../core/spans';
import { inDirection, located, outside } from './rule-set';
import type { Place } from './surroundings';
import { allTraffic, isCovered, isWithin, type Traffic } from './traffic';

/** The rules of a group and what they stand before. */
export interface Guard {
  /** The group's own rules by priority. */
  readonly rules: readonly Rule[];
  readonly places: readonly Place[];
}

/** Whether the rules say what may pass and deny the rest. */
export function limitsOf(guard: Guard): Verdict {
  const { rules } = guard;
  const pools = guard.places.flatMap((place) => place.pools);
  const found = [...generalProblem(guard, pools), ...unclosed(guard, pools)];
  if (found.length > 0) return { state: 'violation', problems: found };
  const count = rules.length === 1 ? 'its rule says' : `its ${rules.length} rules say`;
  return { state: 'compliant', reason: `${count} what may pass and what may not` };
}

function generalProblem({ rules, places }: Guard, pools: readonly string[]): readonly Problem[] {
  const severity: Severity = pools.length > 0 ? 'high' : 'medium';
  const before = pools.length > 0 ? `, and it stands before ${nodePools(pools)}` : '';
  const proposal = pools.length > 0 ? `; ${proposalForPools(places)}` : '';
  if (rules.length === 0) {
    const reason = `it has nothing but the default rules, which let the whole virtual network in and everything out${before}`;
    return [{ severity, reason: `${reason}${proposal || '; add rules for what has to pass, then a deny'}` }];
  }
  if (rules.every(isForAdministration)) {
    const reason = `its rules are about ${administeredBy(rules)} only${before}; all else is left to the default rules`;
    return [{ severity, reason: `${reason}${proposal || '; add rules for what has to pass, then a deny'}` }];
  }
  if (pools.length === 0 || rules.some(isSpecific)) return [];
  const reason = `none of its rules is about what ${nodePools(pools)} ${pools.length === 1 ? 'needs' : 'need'}${proposal}`;
  return [{ severity, reason }];
}

/** A direction that has rules for what may pass, and the default rules let pass the rest. */
function unclosed(guard: Guard, pools: readonly string[]): readonly Problem[] {
  const { rules } = guard;
  if (rules.every(isForAdministration) || (pools.length > 0 && !rules.some(isSpecific))) return [];
  return (['Inbound', 'Outbound'] as const).flatMap((direction): readonly Problem[] => {
    const own = inDirection(rules, direction);
    const isLimited = own.some(({ access }) => access === 'Allow') || (pools.length > 0 && direction === 'Inbound');
    if (!isLimited || isClosed(guard, direction) || mayStayOpen(guard, direction)) return [];
    const rest = direction === 'Inbound' ? 'the whole virtual network in' : 'everything out';
    const last = Math.min(4_096, Math.max(0, ...own.map(({ priority }) => priority)) + 1_000);
    const reason = `its ${direction.toLowerCase()} rules end without a deny, so that the default rules let ${rest}; add one (priority ${last}) once the flow logs show nothing that it would cut off`;
    return [{ severity: 'medium', reason }];
  });
}

/** Application Gateway forbids rules that deny what goes out («Application Gateway infrastructure: network security groups»). */
function mayStayOpen(guard: Guard, direction: Direction): boolean {
  return direction === 'Outbound' && guard.places.some((place) => servesGateway(guard, place));
}

const controlPlane: Span<number> = { from: 65_200, to: 65_536 };

/** It holds a gateway, or is empty yet and has the rule by which only a gateway is managed. */
export function servesGateway({ rules }: Guard, { gateways, isEmpty, pools }: Place): boolean {
  const isReady = rules.some(
    ({ access, direction, traffic }) =>
      access === 'Allow' && direction === 'Inbound' && isWithinSpans(traffic.destinationPorts, [controlPlane]),
  );
  return gateways.length > 0 || (isEmpty && pools.length === 0 && isReady);
}

/** Whether the group's own rules decide all that the default rules would allow. */
function isClosed({ rules, places }: Guard, direction: Direction): boolean {
  const own = places.map(({ addresses }) => addresses).reduce(bothOf, noAddress);
  const here = isNowhere(own) ? named('virtualnetwork') : own;
  const network = places.map((place) => place.network).reduce(bothOf, noAddress);
  const decided = inDirection(located(rules, network), direction).map(({ traffic }) => traffic);
  return byDefault(direction, here).every((traffic) => isCovered(traffic, decided));
}

function byDefault(direction: Direction, here: Addresses): readonly Traffic[] {
  if (direction === 'Inbound') return [{ ...allTraffic, source: named('virtualnetwork'), destination: here }];
  return ['virtualnetwork', outside[0]].map((there) => ({ ...allTraffic, source: here, destination: named(there) }));
}

const administration: Traffic = {
  ...allTraffic,
  destinationPorts: [
    { from: 22, to: 23 },
    { from: 3_389, to: 3_390 },
  ],
};

function isForAdministration({ traffic }: Rule): boolean {
  return isWithin(traffic, administration);
}

function administeredBy(rules: readonly Rule[]): string {
  const named = [
    ['SSH', { from: 22, to: 23 }],
    ['RDP', { from: 3_389, to: 3_390 }],
  ] as const;
  const isIn = (span: Span<number>): boolean =>
    rules.some(({ traffic }) => commonSpans(traffic.destinationPorts, [span]).length > 0);
  return named.flatMap(([name, span]) => (isIn(span) ? [name] : [])).join(' and ');
}

/** It tells some traffic from other traffic, more than administration and more than the default rules do. */
function isSpecific(rule: Rule): boolean {
  return !isForAdministration(rule) && !isGeneral(rule.traffic);
}

const broad = ['virtualnetwork', 'azureloadbalancer', 'internet'];

function isGeneral({ source, destination, ...ports }: Traffic): boolean {
  const whole = isWithin(allTraffic, { ...allTraffic, ...ports });
  return whole && [source, destination].every(isBroad);
}

function isBroad({ v4, v6, names }: Addresses): boolean {
  return names.allBut || (v4.length + v6.length === 0 && names.keys.every((key) => broad.includes(key)));
}

function nodePools(pools: readonly string[]): string {
  return `${pools.length === 1 ? 'node pool' : 'node pools'} ${pools.join(', ')}`;
}

/** What AKS needs stays open («AKS: network security groups»). */
function proposalForPools(places: readonly Place[]): string {
  const nodes = [...new Set(places.flatMap((place) => place.nodes))];
  const inside = nodes.length === 0 ? 'the nodes' : `the nodes (${nodes.join(', ')})`;
  return (
    `proposal, once the flow logs show what is needed: in, allow ${inside}, AzureLoadBalancer and the callers of your ` +
    `ingress, then deny the rest; out, allow ${inside}, the API server and HTTPS (443), DNS (53), time (UDP 123), then deny the rest`
  );
}
