import type { Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { anyAddress, bothOf, isNowhere, named, noAddress, type Addresses } from './addresses';
import type { Guard } from './limits';
import { isEverywhere } from './openings';
import type { Direction, Rule } from './rule';
import { closedBy, inDirection, located, openedBy, outside, withDefaults } from './rule-set';
import { spansWithout, type Span } from '../../core/spans';
import { isBastion, type Gateway, type Place } from './surroundings';
import { allPorts, allTraffic, type Traffic } from './traffic';

/** Whether what Azure needs can pass; undefined where it needs nothing. */
export function platformOf(guard: Guard): Verdict | undefined {
  const { places } = guard;
  const services = places.flatMap((place) => [
    ...(isBastion(place) ? ['Azure Bastion'] : []),
    ...place.gateways.map(({ name }) => `Application Gateway ${name}`),
    ...place.pools.map((pool) => `node pool ${pool}`),
  ]);
  if (services.length === 0) return undefined;
  const problems = places.flatMap((place) => [
    ...gatewayProblems(guard, place),
    ...bastionProblems(guard, place),
    ...poolProblems(guard, place),
  ]);
  if (problems.length > 0) return { state: 'violation', problems };
  return { state: 'compliant', reason: `what has to pass for ${[...new Set(services)].join(' and ')} can pass` };
}

interface Need {
  readonly direction: Direction;
  readonly from: Addresses;
  readonly to: Addresses;
  readonly ports: readonly Span<number>[];
  readonly what: string;
  /** A part of it is enough, as the addresses of those who are meant to come. */
  readonly partly?: true;
}

/** The rule that stands in the way of what is needed; undefined: none does. */
function obstacle(need: Need, { rules }: Guard, place: Place): string | undefined {
  const all = inDirection(located(withDefaults(rules), place.network), need.direction);
  const { from: source, to: destination, ports: destinationPorts } = need;
  const traffic: Traffic = { ...allTraffic, protocols: ['tcp'], source, destination, destinationPorts };
  if (need.partly === true) return openedBy(traffic, all) === undefined ? 'no rule allows it' : undefined;
  const rule = closedBy(traffic, all);
  return rule && `${rule.name} denies it`;
}

function addressesOf({ addresses }: Place): Addresses {
  return isNowhere(addresses) ? named('virtualnetwork') : addresses;
}

/** «Application Gateway infrastructure configuration: network security groups». */
function gatewayProblems(guard: Guard, place: Place): readonly Problem[] {
  const gateways = place.gateways.filter(isPublic);
  if (gateways.length === 0) return [];
  const control = gateways.some(isV2) ? { from: 65_200, to: 65_536 } : { from: 65_503, to: 65_535 };
  const range = `${control.from}-${control.to - 1}`;
  const here = addressesOf(place);
  const inbound = { direction: 'Inbound', to: here } as const;
  const needs: readonly Need[] = [
    { ...inbound, from: named('gatewaymanager'), ports: [control], what: `ports ${range} in from GatewayManager` },
    { ...inbound, from: named('azureloadbalancer'), ports: allPorts, what: 'all in from AzureLoadBalancer' },
    { direction: 'Outbound', from: here, to: named(outside[0]), ports: allPorts, what: 'all out to the Internet' },
  ];
  const names = gateways.map(({ name }) => name).join(', ');
  const missing = needs.flatMap((need): readonly Problem[] => {
    const found = obstacle(need, guard, place);
    const reason = `Application Gateway ${names} needs ${need.what}, and ${found ?? ''}; allow it before that`;
    return found === undefined ? [] : [{ severity: 'high', reason }];
  });
  return [...missing, ...wideControl(guard, control)];
}

/** Without a public frontend it runs isolated, and needs none of this. */
function isPublic({ properties }: Resource<Gateway>): boolean {
  const { frontendIPConfigurations: fronts } = properties ?? {};
  return fronts === undefined || fronts.some((front) => front.properties?.publicIPAddress?.id !== undefined);
}

function isV2({ properties }: Resource<Gateway>): boolean {
  return /_v2$/i.test(properties?.sku?.tier ?? properties?.sku?.name ?? '_v2');
}

function wideControl({ rules }: Guard, control: Span<number>): readonly Problem[] {
  const isWide = ({ access, traffic }: Rule): boolean =>
    access === 'Allow' &&
    spansWithout(traffic.destinationPorts, [control]).length === 0 &&
    isEverywhere(traffic.source);
  return inDirection(rules, 'Inbound')
    .filter(isWide)
    .map((rule) => ({
      severity: 'low',
      reason: `${rule.name} opens the gateway’s ports ${control.from}-${control.to - 1} to everybody, and GatewayManager is enough`,
    }));
}

const port = (number: number): Span<number> => ({ from: number, to: number + 1 });
const network = named('virtualnetwork');
const people = bothOf({ ...noAddress, v4: anyAddress.v4, v6: anyAddress.v6 }, named('virtualnetwork', ...outside));

/** «Azure Bastion: working with NSG access». */
function bastionProblems(guard: Guard, place: Place): readonly Problem[] {
  if (!isBastion(place)) return [];
  const here = addressesOf(place);
  const inbound = { direction: 'Inbound', to: here } as const;
  const outbound = { direction: 'Outbound', from: here } as const;
  const between = [port(5_701), port(8_080)];
  const needs: readonly Need[] = [
    { ...inbound, from: people, ports: [port(443)], what: '443 in from its users', partly: true },
    { ...inbound, from: named('gatewaymanager'), ports: [port(443)], what: '443 in from GatewayManager' },
    { ...inbound, from: named('azureloadbalancer'), ports: [port(443)], what: '443 in from AzureLoadBalancer' },
    { ...inbound, from: network, ports: between, what: '8080 and 5701 in from VirtualNetwork' },
    { ...outbound, to: network, ports: [port(22), port(3_389)], what: '22 and 3389 out to VirtualNetwork' },
    { ...outbound, to: network, ports: between, what: '8080 and 5701 out to VirtualNetwork' },
    { ...outbound, to: named('azurecloud'), ports: [port(443)], what: '443 out to AzureCloud' },
    { ...outbound, to: named(outside[0]), ports: [port(80)], what: '80 out to the Internet' },
  ];
  return needs.flatMap((need): readonly Problem[] => {
    const found = obstacle(need, guard, place);
    const reason = `Azure Bastion needs ${need.what}, and ${found ?? ''}; allow it before that`;
    return found === undefined ? [] : [{ severity: 'medium', reason }];
  });
}

/** What AKS needs among the nodes («AKS: network security groups»); that some of it is denied, as SSH, is the owner's business. */
function poolProblems(guard: Guard, place: Place): readonly Problem[] {
  if (place.pools.length === 0) return [];
  const here = addressesOf(place);
  const inbound = { direction: 'Inbound', to: here, ports: allPorts, partly: true } as const;
  const needs: readonly Need[] = [
    { ...inbound, from: here, what: 'traffic between its nodes' },
    { ...inbound, from: named('azureloadbalancer'), what: 'probes in from AzureLoadBalancer' },
  ];
  return needs.flatMap((need): readonly Problem[] => {
    const found = obstacle(need, guard, place);
    const reason = `node pool ${place.pools.join(', ')} needs ${need.what}, and ${found ?? ''}; allow it before the deny`;
    return found === undefined ? [] : [{ severity: 'high', reason }];
  });
}
