import { chance, type Chance } from './chance';

/** A story as data: what others do, how Event Grid tells of it, and what fails. The seed decides the rest. */
export interface Schedule {
  readonly seed: number;
  readonly instances: number;
  /** Whether REMEDIATE names the control. */
  readonly remediate: boolean;
  /** Without the timer, the queue alone has to bring everything to its end. */
  readonly timer: boolean;
  /** A day passes between the faults and the end. */
  readonly pause: boolean;
  readonly deeds: readonly Deed[];
  readonly faults: readonly Fault[];
}

export const deedKinds = [
  'create network',
  'touch network',
  'delete network',
  'add subnet',
  'remove subnet',
  'delegate subnet',
  'create group',
  'attach group',
  'detach group',
  'delete group',
  'delete log',
  'switch log off',
  'filter log',
  'shorten log',
  'weaken log',
  'tag log',
  'set log to 60 minutes',
  'create log',
  'delete account',
  'restore account',
  'close account',
  'add rule',
  'change rule',
  'remove rule',
  'delete watcher',
  'create watcher',
] as const;
export type DeedKind = (typeof deedKinds)[number];

/** What somebody else does at a time; `which` and `how` choose among what is there at that time. */
export interface Deed {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly kind: DeedKind;
  readonly which: number;
  readonly how: number;
  readonly told: Told;
}

/** How Event Grid tells of it. No copies: the event is lost. */
export interface Told {
  readonly copies: number;
  readonly afterMs: number;
}

export const ports = [
  'azure.read',
  'azure.put',
  'azure.poll',
  'findings.read',
  'findings.write',
  'findings.list',
  'outbox.list',
  'outbox.delete',
  'locks.read',
  'locks.write',
  'ledger.append',
  'ledger.index',
  'ledger.read',
  'queue.send',
  'queue.delete',
  'ingest',
] as const;
export type Port = (typeof ports)[number];

export type Fault =
  /** The instance dies at the nth call of this port, before or after it took effect. */
  | { readonly kind: 'crash'; readonly port: Port; readonly nth: number; readonly landed: boolean }
  /** The connection is cut at the nth call of this port, before or after it took effect. */
  | { readonly kind: 'cut'; readonly port: Port; readonly nth: number; readonly landed: boolean }
  | {
      readonly kind: 'refusals';
      readonly at: number;
      readonly ms: number;
      readonly of: 'reads' | 'writes' | 'all';
      readonly answer: RefusalKind;
      /** From 0 to 1. */
      readonly share: number;
    }
  | {
      readonly kind: 'outage';
      readonly at: number;
      readonly ms: number;
      readonly of: 'tables' | 'storage' | 'ingestion';
    }
  | { readonly kind: 'slow'; readonly at: number; readonly ms: number; readonly factor: number }
  | { readonly kind: 'clock'; readonly at: number; readonly ms: number; readonly instance: number; readonly by: number }
  /** The nth long-running operation fails after its 202, or hangs for ten minutes and then fails. */
  | { readonly kind: 'operation'; readonly nth: number; readonly ends: 'fails' | 'fails for now' | 'hangs' };

export const refusalKinds = ['429', '429 with Retry-After', '500', '403', 'timeout'] as const;
export type RefusalKind = (typeof refusalKinds)[number];

/** Milliseconds from the start after which nothing fails any more and nobody else does anything. */
export const span = 20 * 60_000;

export type Profile = 'everything' | 'crashes';

/** The schedule of a seed with so many deeds. `crashes`: no event is lost, no timer helps, no clock is wrong. */
export function scheduleOf(seed: number, count: number, profile: Profile = 'everything'): Schedule {
  const dice = chance(seed);
  const moments = Array.from({ length: Math.max(1, Math.ceil(count / 4)) }, () => dice.between(5_000, span - 240_000));
  const strict = profile === 'crashes';
  return {
    seed,
    instances: dice.between(1, 3),
    remediate: strict || dice.holds(0.9),
    timer: !strict,
    pause: !strict && dice.holds(0.2),
    deeds: Array.from({ length: count }, () => deed(dice, moments, strict)).toSorted((a, b) => a.at - b.at),
    faults: Array.from({ length: dice.between(0, Math.max(2, Math.ceil(count / 2))) }, () =>
      fault(dice, moments, strict),
    ),
  };
}

function near(dice: Chance, moments: readonly number[], ms: number): number {
  return dice.pick(moments) + dice.below(dice.holds(0.6) ? 1_500 : ms);
}

function deed(dice: Chance, moments: readonly number[], strict: boolean): Deed {
  const lost = !strict && dice.holds(0.15);
  const late = dice.holds(0.25) ? dice.between(3_000, 180_000) : dice.between(50, 3_000);
  return {
    at: near(dice, moments, 90_000),
    kind: dice.pick(deedKinds),
    which: dice.below(12),
    how: dice.below(12),
    told: { copies: lost ? 0 : dice.pick([1, 1, 1, 2, 3]), afterMs: late },
  };
}

function fault(dice: Chance, moments: readonly number[], strict: boolean): Fault {
  const kinds = ['crash', 'crash', 'cut', 'cut', 'operation', 'refusals', 'slow'] as const;
  const more = ['refusals', 'outage', 'outage', 'clock'] as const;
  const kind: Fault['kind'] = dice.pick(strict ? kinds : [...kinds, ...more]);
  const at = Math.max(0, near(dice, moments, 60_000) - 1_000);
  switch (kind) {
    case 'crash':
    case 'cut':
      return { kind, port: dice.pick(ports), nth: dice.below(dice.pick([5, 30, 100])), landed: dice.holds(0.5) };
    case 'operation':
      return { kind, nth: dice.below(8), ends: dice.pick(['fails for now', 'hangs', strict ? 'hangs' : 'fails']) };
    case 'refusals':
      return {
        kind,
        at,
        ms: dice.between(1_000, strict ? 60_000 : 240_000),
        of: dice.pick(['reads', 'writes', 'all']),
        answer: dice.pick(refusalKinds.filter((one) => !strict || one !== '403')),
        share: dice.pick([0.2, 0.5, 1]),
      };
    case 'outage':
      return {
        kind,
        at,
        ms: dice.between(1_000, 600_000),
        of: dice.pick(['tables', 'storage', 'ingestion', 'ingestion']),
      };
    case 'slow':
      return { kind, at, ms: dice.between(5_000, 60_000), factor: dice.pick([5, 20]) };
    case 'clock':
      return {
        kind,
        at,
        ms: dice.between(10_000, 600_000),
        instance: dice.below(3),
        by: dice.between(-30_000, 30_000),
      };
  }
}
