import type { Inventory } from '../../core/inventory';
import type { Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { ownRule } from '../../policy/own-rule';
import { hasName, isAllOfV4, isAllOfV6, named, type Addresses } from './addresses';
import allowAll from './allow-all-inbound.policy.json';
import { servesGateway, type Guard } from './limits';
import type { Rule } from './rule';
import { inDirection, located, openedBy, outside } from './rule-set';
import { spansTouch, spansWithout } from '../../core/spans';
import { allTraffic, type Traffic } from './traffic';

const allowsAll = ownRule(allowAll, { severity: 'high' });

/** Whether everybody is let in where machines are administered, or everywhere, or everything out. */
export function openingsOf(guard: Guard, group: Resource, inventory: Inventory): Verdict {
  const wide = inDirection(guard.rules, 'Inbound').filter((rule) => isAllOf(rule, 'source'));
  // The definition finds nothing that the model does not find, and takes longer.
  const whole = wide.length === 0 ? undefined : allowsAll(group, inventory);
  if (whole?.state === 'unknown') return whole;
  const isWhole = whole?.state === 'violation';
  const problems = [...(isWhole ? [allIn(wide)] : []), ...administrationIn(guard, isWhole), ...allOut(guard)];
  if (problems.length > 0) return { state: 'violation', problems };
  const exception = openByNeed(guard).length === 0 ? '' : `; that all may go out is what Application Gateway needs`;
  return { state: 'compliant', reason: `no rule opens SSH, RDP or everything to everybody${exception}` };
}

function allIn(wide: readonly Rule[]): Problem {
  const reason = `${subjectOf(wide)} lets everybody in on all ports; name the sources and the ports`;
  return { severity: 'high', reason };
}

function subjectOf(rules: readonly Rule[]): string {
  return rules.map(({ name }) => name).join(', ');
}

/** Any TCP or UDP port, from or to everywhere. */
function isAllOf({ access, traffic }: Rule, side: 'source' | 'destination'): boolean {
  const hasPorts = traffic.protocols.some((protocol) => protocol === 'tcp' || protocol === 'udp');
  const rest = spansWithout([{ from: 1, to: 65_536 }], traffic.destinationPorts);
  return access === 'Allow' && hasPorts && rest.length === 0 && isEverywhere(traffic[side]);
}

export function isEverywhere(addresses: Addresses): boolean {
  return isAllOfV4(addresses) || isAllOfV6(addresses) || hasName(addresses, 'internet');
}

const administered = [
  { port: 22, title: 'SSH (22)' },
  { port: 3_389, title: 'RDP (3389)' },
];

function administrationIn({ rules }: Guard, isWhole: boolean): readonly Problem[] {
  if (!rules.some(mayOpen)) return [];
  const inbound = inDirection(located(rules, named()), 'Inbound');
  const found = administered.flatMap(({ port, title }) => {
    const opening = outside
      .map((from) => openedBy(oneTcpPort(port, named(from)), inbound))
      .find((rule) => rule !== undefined);
    const isTold = opening === undefined || (isWhole && isAllOf(opening, 'source'));
    return isTold ? [] : [{ title, rule: opening }];
  });
  return [...Map.groupBy(found, ({ rule }) => rule.name)].map(([rule, ports]) => ({
    severity: 'high',
    reason: `${rule} opens ${ports.map(({ title }) => title).join(' and ')} to everybody; let in only Azure Bastion or named addresses`,
  }));
}

function mayOpen({ access, direction, traffic }: Rule): boolean {
  if (access !== 'Allow' || direction !== 'Inbound') return false;
  return administered.some(({ port }) => spansTouch(traffic.destinationPorts, [{ from: port, to: port + 1 }]));
}

function oneTcpPort(port: number, source: Addresses): Traffic {
  return { ...allTraffic, protocols: ['tcp'], source, destinationPorts: [{ from: port, to: port + 1 }] };
}

function allOut(guard: Guard): readonly Problem[] {
  const { rules, places } = guard;
  const wide = inDirection(rules, 'Outbound').filter((rule) => isAllOf(rule, 'destination'));
  if (wide.length === 0 || (places.length > 0 && places.every((place) => servesGateway(guard, place)))) return [];
  const reason = `${subjectOf(wide)} lets everything out to everywhere; name the destinations and the ports`;
  return [{ severity: 'medium', reason }];
}

/** Outbound rules that are wide for a gateway's sake. */
function openByNeed({ rules }: Guard): readonly Rule[] {
  return inDirection(rules, 'Outbound').filter((rule) => isAllOf(rule, 'destination'));
}
