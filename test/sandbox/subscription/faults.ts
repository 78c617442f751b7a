import type { Answer, Caller, Request } from './wire';
import { placeOf } from './ids';

export type FaultAnswer =
  | ({ readonly kind: 'respond' } & Answer)
  /** A long-running operation is accepted and fails later; a write that is none is refused with 409. */
  | { readonly kind: 'operationFails'; readonly code: string; readonly message: string }
  /** A long-running operation is accepted and never ends; `idle()` does not wait for it. */
  | { readonly kind: 'operationHangs' }
  | { readonly kind: 'disconnect' }
  /** Waits, then looks for the next fault that matches. */
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultedRequest {
  readonly method: string;
  readonly path: string;
  /** Resource type of the item, or of a list's items; `dataCollectionRules/streams` for log ingestion. */
  readonly type: string;
  readonly caller: Caller;
}

export interface Fault {
  readonly match: (request: FaultedRequest) => boolean;
  /** How many requests it meets; 1 unless told, `Infinity` allowed. */
  readonly times?: number;
  readonly answer: FaultAnswer;
}

export interface EventFault {
  /** Share of events (0 to 1) that are delivered twice. */
  readonly duplicate?: number;
  /** Share of events (0 to 1) that are never delivered. */
  readonly drop?: number;
  readonly delayMs?: number;
  /** The same seed gives the same choice for the same order of events. */
  readonly seed?: number;
}

export interface Faults {
  /** Faults that match are used in the order of their addition. Returns how to take the fault back. */
  add(fault: Fault): () => void;
  events(fault: EventFault): () => void;
}

export interface ActiveFaults extends Faults {
  /** Takes the next fault for the request and counts it. */
  next(request: Request): FaultAnswer | undefined;
  /** What happens to one event. */
  eventFate(): { readonly copies: number; readonly delayMs: number };
}

export function createFaults(): ActiveFaults {
  const active: { readonly fault: Fault; left: number }[] = [];
  let event: EventFault = {};
  let random = seededRandom(1);

  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      active.push(entry);
      return () => void (entry.left = 0);
    },
    events(fault) {
      event = fault;
      random = seededRandom(fault.seed ?? 1);
      return () => void (event = {});
    },
    next(request) {
      if (active.length === 0) return undefined;
      const { method, path, caller } = request;
      const seen = { method, path, caller, type: faultTypeOf(path) };
      const entry = active.find(({ fault, left }) => left > 0 && fault.match(seen));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) active.splice(active.indexOf(entry), 1);
      return entry.fault.answer;
    },
    eventFate() {
      const { drop = 0, duplicate = 0, delayMs = 0 } = event;
      if (drop === 0 && duplicate === 0) return { copies: 1, delayMs };
      if (random() < drop) return { copies: 0, delayMs };
      return { copies: random() < duplicate ? 2 : 1, delayMs };
    },
  };
}

function faultTypeOf(path: string): string {
  if (path.startsWith('/dataCollectionRules/')) return 'dataCollectionRules/streams';
  const place = placeOf(path);
  return 'type' in place ? place.type : '';
}

/** Mulberry32, public domain: small, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
