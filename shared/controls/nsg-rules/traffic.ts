import {
  addressesTouch,
  addressesWithout,
  anyAddress,
  commonAddresses,
  isNowhere,
  isWithinAddresses,
  type Addresses,
} from './addresses';
import { commonSpans, isWithinSpans, spansTouch, spansWithout, type Spans } from '../../core/spans';

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

/** Whether some traffic is in both. */
export function trafficTouches(a: Traffic, b: Traffic): boolean {
  return (
    spansTouch(a.destinationPorts, b.destinationPorts) &&
    a.protocols.some((protocol) => b.protocols.includes(protocol)) &&
    spansTouch(a.sourcePorts, b.sourcePorts) &&
    addressesTouch(a.source, b.source) &&
    addressesTouch(a.destination, b.destination)
  );
}

function commonTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    protocols: a.protocols.filter((protocol) => b.protocols.includes(protocol)),
    source: commonAddresses(a.source, b.source),
    sourcePorts: commonSpans(a.sourcePorts, b.sourcePorts),
    destination: commonAddresses(a.destination, b.destination),
    destinationPorts: commonSpans(a.destinationPorts, b.destinationPorts),
  };
}

/** What is left of `a`, in pieces that do not overlap. */
export function trafficWithout(a: Traffic, b: Traffic): readonly Traffic[] {
  if (!trafficTouches(a, b)) return [a];
  if (isWithin(a, b)) return [];
  const common = commonTraffic(a, b);
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
  return (
    isWithinSpans(a.destinationPorts, b.destinationPorts) &&
    isWithinSpans(a.sourcePorts, b.sourcePorts) &&
    a.protocols.every((protocol) => b.protocols.includes(protocol)) &&
    isWithinAddresses(a.source, b.source) &&
    isWithinAddresses(a.destination, b.destination)
  );
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
