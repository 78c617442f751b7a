import { commonSpans, isWithinSpans, spansOf, spansWithout, type Spans } from '../../core/spans';

export const protocols = ['SCTP', 'TCP', 'UDP'] as const;
export type Protocol = (typeof protocols)[number];

/** What may pass: ports by protocol, and named ports of peers that do not exist yet (`TCP http`). */
export interface Traffic extends Readonly<Record<Protocol, Spans<number>>> {
  readonly names: readonly string[];
}

const everyPort: Spans<number> = [{ from: 1, to: 65_536 }];

export const noTraffic: Traffic = { SCTP: [], TCP: [], UDP: [], names: [] };

export const allTraffic: Traffic = { SCTP: everyPort, TCP: everyPort, UDP: everyPort, names: [] };

/** Ports from `first` to `last`, both included. */
export function portsOf(protocol: Protocol, first = 1, last = 65_535): Traffic {
  return { ...noTraffic, [protocol]: [{ from: first, to: last + 1 }] };
}

export function namedPort(protocol: Protocol, name: string): Traffic {
  return { ...noTraffic, names: [`${protocol} ${name}`] };
}

export function bothTraffics(...parts: readonly Traffic[]): Traffic {
  return jointTraffic(parts);
}

/** The same of a list that may be too long to be handed over part by part. */
export function jointTraffic(parts: readonly Traffic[]): Traffic {
  if (parts.some(isAllTraffic)) return allTraffic;
  if (parts.length < 2) return parts[0] ?? noTraffic;
  return cleaned({
    SCTP: spansOf(parts.flatMap(({ SCTP }) => SCTP)),
    TCP: spansOf(parts.flatMap(({ TCP }) => TCP)),
    UDP: spansOf(parts.flatMap(({ UDP }) => UDP)),
    names: [...new Set(parts.flatMap(({ names }) => names))].toSorted(),
  });
}

export function commonTraffic(a: Traffic, b: Traffic): Traffic {
  if (isAllTraffic(a)) return b;
  if (isAllTraffic(b)) return a;
  return {
    SCTP: commonSpans(a.SCTP, b.SCTP),
    TCP: commonSpans(a.TCP, b.TCP),
    UDP: commonSpans(a.UDP, b.UDP),
    names: a.names.filter((name) => b.names.includes(name)),
  };
}

export function trafficWithout(a: Traffic, b: Traffic): Traffic {
  return {
    SCTP: spansWithout(a.SCTP, b.SCTP),
    TCP: spansWithout(a.TCP, b.TCP),
    UDP: spansWithout(a.UDP, b.UDP),
    names: a.names.filter((name) => !b.names.includes(name)),
  };
}

/** A named port of a protocol that is open as a whole says nothing more. */
function cleaned(traffic: Traffic): Traffic {
  if (traffic.names.length === 0) return traffic;
  return { ...traffic, names: traffic.names.filter((name) => !isWholeProtocol(traffic, name)) };
}

const isWholeProtocol = (traffic: Traffic, name: string): boolean =>
  protocols.some((protocol) => name.startsWith(`${protocol} `) && isWithinSpans(everyPort, traffic[protocol]));

export function isAllTraffic(traffic: Traffic): boolean {
  return traffic === allTraffic || protocols.every((protocol) => isWithinSpans(everyPort, traffic[protocol]));
}

export function isNoTraffic(traffic: Traffic): boolean {
  if (traffic === noTraffic || traffic === allTraffic) return traffic === noTraffic;
  return traffic.names.length === 0 && protocols.every((protocol) => traffic[protocol].length === 0);
}

export function isWithinTraffic(a: Traffic, b: Traffic): boolean {
  const names = a.names.filter((name) => !isWholeProtocol(b, name));
  return (
    names.every((name) => b.names.includes(name)) &&
    protocols.every((protocol) => isWithinSpans(a[protocol], b[protocol]))
  );
}

/** `All Connections`, or the protocols in alphabetical order: `TCP 80,443-445,UDP 53`. */
export function trafficText(traffic: Traffic): string {
  if (isAllTraffic(traffic)) return 'All Connections';
  const texts = protocols.flatMap((protocol) => {
    const spans = traffic[protocol].map(({ from, to }) => (to - from === 1 ? `${from}` : `${from}-${to - 1}`));
    const names = traffic.names
      .filter((name) => name.startsWith(`${protocol} `))
      .map((name) => name.slice(protocol.length + 1));
    const ports = [...spans, ...names];
    return ports.length === 0 ? [] : [`${protocol} ${ports.join(',')}`];
  });
  return texts.join(',');
}
