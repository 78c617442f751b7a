import { keyOf } from '../../core/resource';
import { addressesFrom, bothOf, named, noAddress, type Addresses } from './addresses';
import { spansOf, type Span, type Spans } from '../../core/spans';
import { allPorts, protocols, type Protocol, type Traffic } from './traffic';

/** A security rule as ARM sends it. */
export interface WireRule {
  readonly name?: string;
  readonly properties?: {
    readonly protocol?: string;
    readonly access?: string;
    readonly direction?: string;
    readonly priority?: number;
    readonly sourcePortRange?: string;
    readonly sourcePortRanges?: readonly string[];
    readonly destinationPortRange?: string;
    readonly destinationPortRanges?: readonly string[];
    readonly sourceAddressPrefix?: string;
    readonly sourceAddressPrefixes?: readonly string[];
    readonly sourceApplicationSecurityGroups?: readonly { readonly id?: string }[];
    readonly destinationAddressPrefix?: string;
    readonly destinationAddressPrefixes?: readonly string[];
    readonly destinationApplicationSecurityGroups?: readonly { readonly id?: string }[];
  };
}

export type Direction = 'Inbound' | 'Outbound';
export type Access = 'Allow' | 'Deny';

export interface Rule {
  readonly name: string;
  readonly direction: Direction;
  readonly access: Access;
  readonly priority: number;
  readonly traffic: Traffic;
}

export interface Rules {
  /** By priority. */
  readonly rules: readonly Rule[];
  /** What could not be understood, as sentences. */
  readonly unclear: readonly string[];
}

export function rulesFrom(wire: readonly WireRule[]): Rules {
  const read = wire.map(ruleFrom);
  const rules = read.filter((one) => typeof one !== 'string');
  return {
    rules: rules.toSorted((a, b) => a.priority - b.priority),
    unclear: read.filter((one) => typeof one === 'string'),
  };
}

class Unclear extends Error {}

function ruleFrom(wire: WireRule | null): Rule | string {
  if (typeof wire !== 'object' || wire === null) return 'a rule is no object';
  const name = typeof wire.name === 'string' ? wire.name : 'without a name';
  try {
    return readRule(name, wire.properties ?? {});
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    return `rule ${name}: ${error.message}`;
  }
}

type Properties = NonNullable<WireRule['properties']>;

function readRule(name: string, properties: Properties): Rule {
  const { direction, access, priority, protocol } = properties;
  if (typeof priority !== 'number' || !Number.isInteger(priority))
    throw unclear('priority', priority, 'a whole number');
  return {
    name,
    direction: oneOf('direction', direction, ['Inbound', 'Outbound']),
    access: oneOf('access', access, ['Allow', 'Deny']),
    priority,
    traffic: {
      protocols: protocolsFrom(protocol),
      source: addressesOf(properties, 'source'),
      sourcePorts: portsOf(properties, 'source'),
      destination: addressesOf(properties, 'destination'),
      destinationPorts: portsOf(properties, 'destination'),
    },
  };
}

function oneOf<T extends string>(field: string, value: unknown, wanted: readonly T[]): T {
  const found = wanted.find((one) => typeof value === 'string' && keyOf(one) === keyOf(value));
  if (found === undefined) throw unclear(field, value, wanted.join(' or '));
  return found;
}

function protocolsFrom(value: unknown): readonly Protocol[] {
  if (value === '*') return protocols;
  return [
    oneOf(
      'protocol',
      value,
      protocols.filter((protocol) => protocol !== 'other'),
    ),
  ];
}

type Side = 'source' | 'destination';

function portsOf(properties: Properties, side: Side): Spans<number> {
  const texts = textsOf(`${side} ports`, properties[`${side}PortRange`], properties[`${side}PortRanges`]);
  if (texts.length === 0) throw unclear(`${side}PortRange`, undefined, 'ports');
  return texts.includes('*') ? allPorts : spansOf(texts.map((text) => portSpan(text, side)));
}

function portSpan(text: string, side: Side): Span<number> {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.replaceAll(' ', '')) ?? [];
  const isRange = first !== '' && Number(first) <= Number(last) && Number(last) <= 65_535;
  if (!isRange) throw unclear(`${side}PortRange`, text, 'a port or a range of ports');
  return { from: Number(first), to: Number(last) + 1 };
}

function addressesOf(properties: Properties, side: Side): Addresses {
  const texts = textsOf(`${side} addresses`, properties[`${side}AddressPrefix`], properties[`${side}AddressPrefixes`]);
  const groups = properties[`${side}ApplicationSecurityGroups`] ?? [];
  if (texts.length + groups.length === 0) throw unclear(`${side}AddressPrefix`, undefined, 'addresses');
  const ids = groups.map(({ id = '' }) => keyOf(id));
  const [first = noAddress, ...others] = [
    ...texts.map((text) => parsed(text, side)),
    ...(ids.length === 0 ? [] : [named(...ids)]),
  ];
  return others.reduce(bothOf, first);
}

function parsed(text: string, side: Side): Addresses {
  const found = addressesFrom(text.trim());
  if (found === undefined) throw unclear(`${side}AddressPrefix`, text, 'an address, a range or a service tag');
  return found;
}

/** The singular and the plural field hold together; Azure fills one of them. */
function textsOf(what: string, one: unknown, many: unknown): readonly string[] {
  const all = [...(one === undefined || one === '' ? [] : [one]), ...(Array.isArray(many) ? (many as unknown[]) : [])];
  if (many !== undefined && !Array.isArray(many)) throw unclear(what, many, 'a list');
  return all.map((value) => {
    if (typeof value !== 'string') throw unclear(what, value, 'text');
    return value;
  });
}

function unclear(field: string, value: unknown, wanted: string): Unclear {
  const found = value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 100);
  return new Unclear(`its ${field} is ${found ?? 'missing'}; ${wanted} is needed`);
}
