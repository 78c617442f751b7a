import type { Inventory, Reading } from '../../core/inventory';
import type { Resource } from '../../core/resource';
import type { Aspect, Problem, Verdict } from '../../core/verdict';
import { limitsOf, type Guard } from './limits';
import { openingsOf } from './openings';
import { platformOf } from './platform';
import { rulesFrom, type Rules } from './rule';
import { shadowedIn, type Shadowed } from './rule-set';
import { ownerAks, placesOf, type Place, type SecurityGroup } from './surroundings';

/** What is to be said about a security group: one aspect for each thing that can be put right by itself. */
export function judgedGroup(group: Resource<SecurityGroup>, inventory: Inventory): Verdict | readonly Aspect[] {
  const { securityRules = [], subnets = [], networkInterfaces = [] } = group.properties ?? {};
  const ids = subnets.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const owner = ownerAks(group.id, inventory);
  const places = placesOf(ids, inventory);
  if (owner.state === 'unread') return { state: 'unknown', reason: owner.reason };
  if (owner.value !== undefined)
    return { state: 'notApplicable', reason: `${owner.value} manages it: its rules are left to AKS` };
  if (ids.length + networkInterfaces.length === 0)
    return { state: 'notApplicable', reason: 'it protects no subnet and no network interface' };
  if (!Array.isArray(securityRules)) return { state: 'unknown', reason: 'its securityRules are no list' };
  return aspectsOf({ group, rules: rulesFrom(securityRules), places, inventory });
}

interface Judging {
  readonly group: Resource<SecurityGroup>;
  readonly rules: Rules;
  readonly places: Reading<readonly Place[]>;
  readonly inventory: Inventory;
}

function aspectsOf({ group, rules, places, inventory }: Judging): readonly Aspect[] {
  const within = (judge: (guard: Guard) => Verdict | undefined): Verdict | undefined => {
    if (places.state === 'unread') return { state: 'unknown', reason: places.reason };
    return doubted(judge({ rules: rules.rules, places: places.value }), rules);
  };
  const said: readonly (readonly [key: string, title: string, verdict: Verdict | undefined])[] = [
    ['limits', 'Rules say what may pass, and deny the rest', within(limitsOf)],
    ['openings', 'Nothing is open to everybody', within((guard) => openingsOf(guard, group, inventory))],
    ['platform', 'What Azure’s own services need can pass', within(platformOf)],
    ['order', 'Each rule decides something', doubted(orderOf(rules.rules), rules)],
    ['sharing', 'The security group serves one subnet', within(sharingOf)],
  ];
  return said.flatMap(([key, title, verdict]) => (verdict === undefined ? [] : [{ key, title, verdict }]));
}

/** What was found is found; that nothing was found says nothing where a rule was not understood. */
function doubted<V extends Verdict | undefined>(verdict: V, { unclear }: Rules): V | Verdict {
  if (verdict?.state !== 'compliant' || unclear.length === 0) return verdict;
  return { state: 'unknown', reason: unclear.join('; ') };
}

function orderOf(rules: Guard['rules']): Verdict {
  const problems = shadowedIn(rules).map(shadowProblem);
  if (problems.length > 0) return { state: 'violation', problems };
  return { state: 'compliant', reason: 'no rule is hidden by those before it' };
}

/** Of two rules that say the same one is too many; of two that do not, somebody believes in the wrong one. */
function shadowProblem({ rule, by }: Shadowed): Problem {
  const isContradicted = by.some(({ access }) => access !== rule.access);
  const names = by.map((other) => `${other.name} (${other.priority})`).join(', ');
  return {
    severity: isContradicted ? 'medium' : 'low',
    reason: `${rule.name} (${rule.access.toLowerCase()}, ${rule.priority}) never decides, for ${names} ${by.length === 1 ? 'does' : 'do'} before it; remove it or move it up`,
  };
}

function sharingOf({ places }: Guard): Verdict {
  const subnets = places.map((place) => place.name).join(', ');
  if (places.length === 0) return { state: 'notApplicable', reason: 'it protects network interfaces only' };
  if (places.length === 1) return { state: 'compliant', reason: `it serves ${subnets} alone` };
  const reason = `it serves ${subnets} and has to be as loose as the loosest needs; give each a group of its own`;
  return { state: 'violation', problems: [{ severity: 'medium', reason }] };
}
