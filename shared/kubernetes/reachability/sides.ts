import type { PeerSets } from './peers';
import type { PodClass } from './pod-classes';
import type { Direction, Policy, Rule } from './policy';
import { trafficTo } from './rule-ports';
import { selects } from './selector';
import { allTraffic, jointTraffic, noTraffic, type Traffic } from './traffic';

/** A policy's rule, and whose it is. */
export interface PolicyRule {
  readonly policy: Policy;
  readonly rule: Rule;
}

export interface Sides {
  /** Rules that isolate a class; undefined when no policy does. */
  readonly rulesOf: (own: PodClass, direction: Direction) => readonly PolicyRule[] | undefined;
  /** What a class may get from another (`ingress`) or send to it (`egress`), as far as its own policies say. */
  readonly side: (own: PodClass, other: PodClass, direction: Direction) => Traffic;
}

/** A rule, and the classes that are its peers marked with 1. */
interface MarkedRule {
  readonly rule: Rule;
  readonly marks: Uint8Array;
}

export function sidesOf(classes: readonly PodClass[], policies: readonly Policy[], peerSets: PeerSets): Sides {
  const rules = rulesByClass(classes, policies);
  const known: Readonly<Record<Direction, (readonly MarkedRule[])[]>> = { ingress: [], egress: [] };
  const markedRule = ruleMarker(classes.length, peerSets);
  const openedBy = opener();
  const joinedOf = joiner();
  return { side, rulesOf: (own, direction) => rules[direction][own.index] };

  function side(own: PodClass, other: PodClass, direction: Direction): Traffic {
    const found = rules[direction][own.index];
    if (found === undefined) return allTraffic;
    const marked = (known[direction][own.index] ??= found.map(markedRule));
    const open = marked.filter(({ marks }) => marks[other.index] === 1);
    const [first, second] = open;
    if (first === undefined) return noTraffic;
    const listener = direction === 'ingress' ? own : other;
    if (second === undefined) return openedBy(first.rule, listener);
    return joinedOf([...new Set(open.map(({ rule }) => openedBy(rule, listener)))]);
  }
}

function ruleMarker(size: number, peerSets: PeerSets): (one: PolicyRule) => MarkedRule {
  const known = new Map<Rule, MarkedRule>();
  return ({ rule, policy }) => {
    const found = known.get(rule);
    if (found !== undefined) return found;
    const marks = new Uint8Array(size).fill(rule.peers === undefined ? 1 : 0);
    for (const { index } of (rule.peers ?? []).flatMap((peer) => peerSets(peer, policy.namespace))) marks[index] = 1;
    const marked = { rule, marks };
    known.set(rule, marked);
    return marked;
  };
}

/** What a rule opens towards a listener; the same object when it was asked before. */
function opener(): (rule: Rule, listener: PodClass) => Traffic {
  const opened = new Map<Rule, Map<string, Traffic>>();
  return (rule, listener) => {
    if (rule.ports === undefined) return allTraffic;
    const byPorts = opened.get(rule) ?? new Map<string, Traffic>();
    opened.set(rule, byPorts);
    const known = byPorts.get(listener.portsKey) ?? trafficTo(rule.ports, listener.ports);
    byPorts.set(listener.portsKey, known);
    return known;
  };
}

function joiner(): (traffics: readonly Traffic[]) => Traffic {
  const numbers = new Map<Traffic, number>();
  const joined = new Map<string, Traffic>();
  const numberOf = (traffic: Traffic): number => {
    const number = numbers.get(traffic) ?? numbers.size;
    numbers.set(traffic, number);
    return number;
  };
  return (traffics) => {
    const key = traffics.map(numberOf).join();
    const known = joined.get(key) ?? jointTraffic(traffics);
    joined.set(key, known);
    return known;
  };
}

type RulesByClass = Readonly<Record<Direction, readonly (readonly PolicyRule[] | undefined)[]>>;

function rulesByClass(classes: readonly PodClass[], policies: readonly Policy[]): RulesByClass {
  const byNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
  const isolating = classes.map(({ namespace, labels, free }) =>
    free ? [] : (byNamespace.get(namespace) ?? []).filter(({ selector }) => selects(selector, labels)),
  );
  const of = (direction: Direction) =>
    isolating.map((policies) => {
      const found = policies.filter((policy) => policy[direction] !== undefined);
      if (found.length === 0) return undefined;
      return found.flatMap((policy) => (policy[direction] ?? []).map((rule) => ({ policy, rule })));
    });
  return { ingress: of('ingress'), egress: of('egress') };
}
