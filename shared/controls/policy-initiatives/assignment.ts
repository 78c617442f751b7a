import type { Inventory } from '../../core/inventory';
import { keyOf, nameOf, same, type Json, type Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { objectAt, textAt } from '../../policy/arm-json';
import { sameJson, type Value } from '../../policy/json';
import { covers } from '../../policy/selectors';
import type { Unknown } from '../../policy/unknown';
import { imageProblems } from './images';
import { inForce, types, type InForce } from './in-force';
import { isAudit, isDeny, namespaceDoubts, namespaceProblems } from './namespaces';
import { promiseOf, promiseProblems } from './promises';

/** What is said of one assignment, for the subscription whose roles and clusters it is looked at with. */
export function judgedAssignment(resource: Resource, scope: string, inventory: Inventory): Verdict {
  const one = inForce(resource, inventory);
  const roles = roleProblems(one, scope, inventory);
  const reach = reachProblems(one, scope, inventory);
  const untuned = untunedProblems(one, scope, inventory);
  const problems = [
    ...namespaceProblems(one),
    ...untuned.problems,
    ...promiseProblems(one),
    ...imageProblems(one.rules),
    ...roles.problems,
    ...reach.problems,
    ...enforcementProblems(one, inventory.now),
  ];
  if (problems.length > 0) return { state: 'violation', problems };
  const doubts = [one.unread, namespaceDoubts(one), roles.unread, reach.unread, untuned.unread].flat();
  if (doubts.length > 0) return { state: 'unknown', reason: [...new Set(doubts)].join('; ') };
  return rightOrNothing(one);
}

/** What is wrong, and what has to be read to tell. */
export interface Found {
  readonly problems: readonly Problem[];
  readonly unread: readonly string[];
}

const nothing: Found = { problems: [], unread: [] };

function rightOrNothing(one: InForce): Verdict {
  const kubernetes = one.rules.filter(({ isKubernetes }) => isKubernetes);
  const count = (some: readonly unknown[], what: string): readonly string[] =>
    some.length === 0 ? [] : [`${some.length} ${what}`];
  if (kubernetes.length > 0) {
    const others = kubernetes.filter((rule) => !isAudit(rule) && !isDeny(rule));
    const parts = [
      ...count(kubernetes.filter(isDeny), 'to deny'),
      ...count(kubernetes.filter(isAudit), 'to audit'),
      ...count(others, 'with another effect'),
    ];
    return { state: 'compliant', reason: `definitions for clusters: ${parts.join(', ')}, in the right namespaces` };
  }
  if (promiseOf(one) !== undefined) return { state: 'compliant', reason: 'its effect is what its text says' };
  if (one.rules.some(isDeploying)) return { state: 'compliant', reason: 'its identity has a role' };
  return {
    state: 'notApplicable',
    reason: 'it is not for what runs in clusters, deploys nothing, and does not say that it denies',
  };
}

const isDeploying = ({ effect }: { readonly effect: string | Unknown }): boolean =>
  effect === 'deployifnotexists' || effect === 'modify';

/** What deploys or changes resources does so with the rights of the assignment's identity. */
function roleProblems({ resource, rules }: InForce, scope: string, inventory: Inventory): Found {
  if (!rules.some(isDeploying)) return nothing;
  const principals = principalsOf(resource);
  if (principals.length === 0) return withoutRole('it has effects that write, but no identity to write with');
  const roles = inventory.list<Role>(types.role, scope);
  if (roles.state === 'unread') return { problems: [], unread: [`role assignments: ${roles.reason}`] };
  const has = principals.some((id) => holdersIn(roles.value).has(keyOf(id)));
  return has
    ? nothing
    : withoutRole('its identity has no role, so it can write nothing: give it those that its definitions name');
}

interface Role {
  readonly principalId?: string;
}

const holders = new WeakMap<readonly Resource[], ReadonlySet<string>>();

/** Who has a role, in lower case; worked out once for each list. */
function holdersIn(roles: readonly Resource<Role>[]): ReadonlySet<string> {
  const known = holders.get(roles) ?? new Set(roles.map(({ properties }) => keyOf(properties?.principalId ?? '')));
  holders.set(roles, known);
  return known;
}

function withoutRole(reason: string): Found {
  return { problems: [{ severity: 'medium', reason }], unread: [] };
}

function principalsOf({ identity = {} }: Resource): readonly string[] {
  const assigned = Object.values(objectAt(identity as Json, 'userAssignedIdentities'));
  return [identity as Json, ...assigned].map((each) => textAt(each, 'principalId')).filter((id) => id !== '');
}

/** An assignment whose excluded scopes take out every cluster below it enforces nothing. */
function reachProblems({ assignment, rules }: InForce, scope: string, inventory: Inventory): Found {
  if (assignment.notScopes.length === 0 || !rules.some(({ isKubernetes }) => isKubernetes)) return nothing;
  const clusters = inventory.list(types.cluster, scope);
  if (clusters.state === 'unread') return { problems: [], unread: [`clusters: ${clusters.reason}`] };
  const isAbove = /^\/providers\/Microsoft\.Management\//i.test(assignment.scope);
  const places = clusters.value.map(({ id, type, location }) => ({ id, type, location, managementGroups: [] }));
  const below = places.filter((place) => isAbove || covers(assignment.scope, place));
  const left = below.filter((place) => !assignment.notScopes.some((one) => covers(one, place)));
  if (below.length === 0 || left.length > 0) return nothing;
  const reason = `its excluded scopes take out every cluster that it would be for: ${assignment.notScopes.join(', ')}`;
  return { problems: [{ severity: 'medium', reason }], unread: [] };
}

const restricted = '/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00';
/** To choose the effect and the namespaces is no tuning to the workload. */
const untuning = ['effect', 'excludednamespaces'];

/** The restricted initiative as it comes, with no initiative of one's own in its place. */
function untunedProblems(one: InForce, scope: string, inventory: Inventory): Found {
  const { assignment, assigned } = one;
  if (!same(assignment.definitionId, restricted) || assigned === undefined) return nothing;
  const tuned = [...assignment.parameters].filter(([name, value]) => {
    const standard = defaultOf(assigned, name);
    return !untuning.includes(keyOf(name)) && (standard === undefined || !sameJson(value, standard));
  });
  if (tuned.length > 0 || assignment.overrides.length > 0) return nothing;
  const others = inventory.list(types.assignment, scope);
  if (others.state === 'unread') return { problems: [], unread: [`policy assignments: ${others.reason}`] };
  const hasOwn = others.value.some((other) => isOwnInitiative(inForce(other, inventory)));
  if (hasOwn) return nothing;
  const reason =
    'the restricted initiative is assigned as it comes and no initiative of your own is in its place: tune its parameters to the workload, or make a custom initiative of its members';
  return { problems: [{ severity: 'medium', reason }], unread: [] };
}

function defaultOf(assigned: Json, name: string): Value {
  const parameters = objectAt(objectAt(assigned, 'properties'), 'parameters');
  const found = Object.entries(parameters).find(([each]) => same(each, name))?.[1];
  return found === undefined ? undefined : objectAt({ found }, 'found')['defaultValue'];
}

/** A custom initiative with definitions for clusters. */
export function isOwnInitiative({ isCustomInitiative, rules }: InForce): boolean {
  return isCustomInitiative && rules.some(({ isKubernetes }) => isKubernetes);
}

const longDays = 30;

/** To try a policy without enforcing it is right for a while. */
function enforcementProblems({ resource, assignment, rules }: InForce, now: string): readonly Problem[] {
  if (assignment.enforcement !== 'DoNotEnforce' || rules.every(({ effect }) => effect === 'disabled')) return [];
  const metadata = objectAt(objectAt(resource as unknown as Json, 'properties'), 'metadata');
  const system = objectAt(resource as unknown as Json, 'systemData');
  const since = ['updatedOn', 'createdOn', 'assignedOn'].map((name) => textAt(metadata, name)).find(isTime);
  const at = since ?? ['lastModifiedAt', 'createdAt'].map((name) => textAt(system, name)).find(isTime) ?? now;
  const days = Math.floor((Date.parse(now) - Date.parse(at)) / 86_400_000);
  if (days <= longDays) return [];
  const reason = `${nameOf(resource.id)} has had the enforcement mode DoNotEnforce for ${days} days: look at its states, then enforce it or remove it`;
  return [{ severity: 'low', reason }];
}

const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));
