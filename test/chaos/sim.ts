import type { LifecycleRule } from '../../shared/flow-logging/types';
import type { Breaker } from '../../shared/core/breaker';
import type { Body } from '../../shared/core/control';
import type { Announcement } from '../../shared/core/finding';
import type { LoggedChange, Receipts } from '../../shared/core/delivery';
import type { BreakerKey, RunStore, World } from '../../shared/core/ports';
import type { Sweeps } from '../../shared/core/sweeps';
import { keyOf } from '../../shared/core/resource';
import type { Azure } from './azure';
import { foreignRulesOf, keyOfRule } from './deeds';
import type { Ledgers } from './ledger';
import type { Port, Schedule } from './schedule';
import type { Tables } from './tables';
import type { Timeline } from './timeline';

/** A sentence that has to be true and is not. */
export interface Broken {
  readonly invariant: Invariant;
  readonly text: string;
}

export const invariants = [
  'everything right',
  'findings as they are',
  'transitions in order',
  'transitions complete',
  'event ids unique',
  'rows have their own times',
  'outbox empty',
  'a posture every hour',
  'no write without consent',
  'only what was allowed',
  'what owners chose stays',
  'retention never shortened',
  'nothing written twice',
  'rules of others stay',
  'nothing poisoned',
  'the ledger is complete',
  'no lock held',
  'comes to rest',
  'no change unheard',
] as const;
export type Invariant = (typeof invariants)[number];

export interface Note {
  readonly at: number;
  readonly who: string;
  readonly text: string;
}

/** What the owner of a lifecycle rule wants, and since when. */
export interface Wish {
  readonly accountId: string;
  readonly name: string;
  readonly wanted: LifecycleRule | undefined;
  readonly at: number;
}

/** A write of ours as Azure accepted it. */
export interface Written {
  readonly at: number;
  readonly id: string;
  readonly body: Body;
  readonly changesNothing: boolean;
}

/** All that a story is made of. */
export interface Sim {
  readonly schedule: Schedule;
  readonly start: number;
  readonly time: Timeline;
  readonly azure: Azure;
  readonly tables: Tables;
  readonly ledger: Ledgers;
  readonly breakers: Map<string, readonly [BreakerKey, Breaker]>;
  readonly runs: RunStore;
  readonly receipts: Receipts;
  /** Azure's activity log. */
  readonly logged: LoggedChange[];
  readonly sweeps: Sweeps;
  /** What Sentinel's table of findings got, and its table of postures. */
  readonly rows: Announcement['row'][];
  readonly postures: Announcement['row'][];
  readonly poison: string[];
  readonly wishes: Map<string, Wish>;
  readonly written: Written[];
  readonly broken: Broken[];
  readonly notes: Note[];
  readonly verbose: boolean;
  readonly tamper: (world: World) => Partial<World>;
  /** How often something was done, by its name; answers the number before. */
  count(what: Port | 'operation' | 'owner' | 'message' | 'delivery'): number;
  note(who: string, text: string): void;
  report(invariant: Invariant, text: string): void;
}

export function wish(sim: Sim, accountId: string, name: string, wanted: LifecycleRule | undefined): void {
  sim.wishes.set(keyOfRule(accountId, name), { accountId, name, wanted, at: sim.time.now() });
}

export function forgetRules(sim: Sim, accountId: string, since = 0): void {
  for (const [key, one] of sim.wishes)
    if (keyOf(one.accountId) === keyOf(accountId) && one.at >= since) sim.wishes.delete(key);
}

export function wishForAll(sim: Sim, accountId: string): void {
  for (const rule of foreignRulesOf(sim.azure, accountId)) wish(sim, accountId, rule.name ?? '', rule);
}
