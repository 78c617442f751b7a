import { isFields } from '../fields';
import { fieldsIn, textIn } from './field-paths';
import type { Objection } from './selector';
import { jointTraffic, namedPort, portsOf, protocols, type Protocol, type Traffic } from './traffic';
import type { ContainerPort } from './workloads';

/** Ports of a rule: a name is looked up on the pod that listens. */
export type RulePort =
  | { readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly protocol: Protocol; readonly name: string };

export function rulePortsFrom(ports: readonly unknown[], path: string, objection: Objection): readonly RulePort[] {
  return ports.flatMap((port, at) => {
    const here = `${path}[${at}]`;
    if (port !== null && !isFields(port)) objection(here, 'a port is an object');
    const protocol = textIn(port, 'protocol') ?? 'TCP';
    if (isProtocol(protocol)) return portFrom(protocol, fieldsIn(port), here, objection);
    objection(`${here}.protocol`, `"${protocol}" is not a protocol: TCP, UDP and SCTP are`);
    return [];
  });
}

function portFrom(
  protocol: Protocol,
  { port, endPort }: Readonly<Record<string, unknown>>,
  path: string,
  objection: Objection,
): readonly RulePort[] {
  if (isGiven(endPort) && typeof port !== 'number') {
    objection(`${path}.endPort`, 'an endPort needs a port that is a number');
  }
  if (!isGiven(port)) return [{ protocol, first: 1, last: 65_535 }];
  if (typeof port === 'string') return nameFrom(protocol, port, path, objection);
  return spanFrom(protocol, port, isGiven(endPort) ? endPort : port, (field, message) => {
    objection(`${path}.${field}`, message);
  });
}

function spanFrom(protocol: Protocol, first: unknown, last: unknown, objection: Objection): readonly RulePort[] {
  if (!isPort(first)) {
    objection('port', `${JSON.stringify(first)} is not a port from 1 to 65535`);
    return [];
  }
  if (isPort(last) && last >= first) return [{ protocol, first, last }];
  objection('endPort', `${JSON.stringify(last)} is not a port from ${first} to 65535`);
  return [];
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function nameFrom(protocol: Protocol, name: string, path: string, objection: Objection): readonly RulePort[] {
  const valid = name.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && /[a-z]/.test(name);
  if (!valid) objection(`${path}.port`, `"${name}" is neither a port number nor the name of a port`);
  return [{ protocol, name }];
}

const isPort = (port: unknown): port is number =>
  typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;

export function isProtocol(text: string): text is Protocol {
  return protocols.some((protocol) => protocol === text);
}

/** What rule ports open towards a pod that listens on these container ports. */
export function trafficTo(ports: readonly RulePort[], listener: readonly ContainerPort[]): Traffic {
  return jointTraffic(
    ports.flatMap((port) => {
      if ('first' in port) return [portsOf(port.protocol, port.first, port.last)];
      return listener
        .filter(({ name, protocol }) => name === port.name && protocol === port.protocol)
        .map((found) => portsOf(found.protocol, found.port, found.port));
    }),
  );
}

/** The same towards pods that do not exist yet: names stay names. */
export function trafficToAnyone(ports: readonly RulePort[]): Traffic {
  return jointTraffic(
    ports.map((port) =>
      'first' in port ? portsOf(port.protocol, port.first, port.last) : namedPort(port.protocol, port.name),
    ),
  );
}
