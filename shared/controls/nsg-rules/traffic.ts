import { addressesWithout, anyAddress, commonAddresses, isNowhere, type Addresses } from './addresses';
import { commonSpans, spansWithout, type Spans } from './spans';

/** All traffic of these protocols, from these to these; everything in it with everything else in it. */
export interface Traffic {
  readonly protocols: readonly Protocol[];
  readonly source: Addresses;
  readonly sourcePorts: Spans<number>;
  readonly destination: Addresses;
  readonly destinationPorts: Spans<number>;
}

export const protocols = ['tcp', 'udp', 'icmp', 'esp', 'ah', 'other'] as const;
export type Protocol = (typeof protocols)[number];

export const allPorts: Spans<number> = [{ from: 0, to: 65_536 }];

export const allTraffic: Traffic = {
  protocols,
  source: anyAddress,
  sourcePorts: allPorts,
  destination: anyAddress,
  destinationPorts: allPorts,
};

export function commonTraffic(a: Traffic, b: Traffic): Traffic | undefined {
  const shared = a.protocols.filter((protocol) => b.protocols.includes(protocol));
  if (shared.length === 0) return undefined;
  const destinationPorts = commonSpans(a.destinationPorts, b.destinationPorts);
  if (destinationPorts.length === 0) return undefined;
  const sourcePorts = commonSpans(a.sourcePorts, b.sourcePorts);
  if (sourcePorts.length === 0) return undefined;
  const source = commonAddresses(a.source, b.source);
  if (isNowhere(source)) return undefined;
  const destination = commonAddresses(a.destination, b.destination);
  return isNowhere(destination) ? undefined : { protocols: shared, source, sourcePorts, destination, destinationPorts };
}

/** What is left of `a`, in pieces that do not overlap. */
export function trafficWithout(a: Traffic, b: Traffic): readonly Traffic[] {
  const common = commonTraffic(a, b);
  if (common === undefined) return [a];
  const pieces: Traffic[] = [];
  let rest = a;
  const cut = <K extends keyof Traffic>(part: K, outside: Traffic[K], isEmpty: boolean): void => {
    if (!isEmpty) pieces.push({ ...rest, [part]: outside });
    rest = { ...rest, [part]: common[part] };
  };
  const otherProtocols = a.protocols.filter((protocol) => !b.protocols.includes(protocol));
  cut('protocols', otherProtocols, otherProtocols.length === 0);
  for (const part of ['sourcePorts', 'destinationPorts'] as const) {
    const outside = spansWithout(a[part], b[part]);
    cut(part, outside, outside.length === 0);
  }
  for (const part of ['source', 'destination'] as const) {
    const outside = addressesWithout(a[part], b[part]);
    cut(part, outside, isNowhere(outside));
  }
  return pieces;
}

export function isWithin(a: Traffic, b: Traffic): boolean {
  return trafficWithout(a, b).length === 0;
}

/** Pieces, beyond which it is not worth knowing. */
const mostPieces = 2_000;

/** Whether each bit of the traffic is in one of the others. Where that would take too long to tell: no. */
export function isCovered(traffic: Traffic, others: readonly Traffic[]): boolean {
  if (others.some((other) => isWithin(traffic, other))) return true;
  if (!others.some((other) => reachesAsFar(other, traffic))) return false;
  let left: readonly Traffic[] = [traffic];
  for (const other of others) {
    left = left.flatMap((piece) => trafficWithout(piece, other));
    if (left.length === 0) return true;
    if (left.length > mostPieces) return false;
  }
  return false;
}

/** What has no end, as an address that nobody names, is only covered by what has none there either. */
function reachesAsFar(other: Traffic, traffic: Traffic): boolean {
  return (['source', 'destination'] as const).every((part) => !traffic[part].names.allBut || other[part].names.allBut);
}
