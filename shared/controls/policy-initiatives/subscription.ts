import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, same, type Resource } from '../../core/resource';
import type { Aspect, Verdict } from '../../core/verdict';
import { withoutNulls } from '../../core/without-nulls';
import { leavesOut } from '../../policy/assignments';
import { judgedAssignment } from './assignment';
import { inForce, types, type InForce, type Rule } from './in-force';
import { isAudit, isDeny } from './namespaces';

/** What a subscription is to have at all, and what it has from above, which is not judged where it is assigned. */
export function judgedSubscription(scope: string, inventory: Inventory): Verdict | readonly Aspect[] {
  const state = stateOf(scope, inventory);
  if (state.state === 'unread') return { state: 'unknown', reason: state.reason };
  const { assignments, clusters } = state.value;
  return [
    ...initiativeKinds.map((kind) => ofInitiatives(kind, state.value)),
    addOnOf(clusters, state.value),
    ...recommended.map((group) => ofRecommended(group, state.value, scope)),
    ...assignments.flatMap((one) => inherited(one, scope, inventory)),
  ];
}

export interface State {
  readonly assignments: readonly InForce[];
  readonly clusters: Reading<readonly Resource[]>;
}

export function stateOf(scope: string, inventory: Inventory): Reading<State> {
  const assignments = inventory.list(types.assignment, scope);
  const clusters = inventory.list(types.cluster, scope);
  if (assignments.state === 'unread') return { state: 'unread', reason: `policy assignments: ${assignments.reason}` };
  const read = assignments.value.map((one) => inForce(one, inventory));
  return {
    state: 'read',
    value: { assignments: read.filter(({ assignment }) => !leavesOut(assignment, scope)), clusters },
  };
}

export interface InitiativeKind {
  readonly name: 'deny' | 'audit';
  readonly title: string;
  readonly is: (rule: Rule) => boolean;
  readonly isNot: (rule: Rule) => boolean;
}

export const initiativeKinds: readonly InitiativeKind[] = [
  { name: 'deny', title: 'One custom initiative denies in clusters', is: isDeny, isNot: isAudit },
  { name: 'audit', title: 'One custom initiative audits in clusters', is: isAudit, isNot: isDeny },
];

function ofInitiatives(kind: InitiativeKind, state: State): Aspect {
  return { key: `initiative|${kind.name}`, title: kind.title, verdict: initiativeVerdict(kind, state) };
}

export function initiativeVerdict(kind: InitiativeKind, { assignments, clusters }: State): Verdict {
  const using = assignments.filter(({ rules }) => rules.some(kind.is));
  const custom = using.filter(({ isCustomInitiative }) => isCustomInitiative);
  const own = custom.filter(({ rules }) => !rules.some(kind.isNot));
  const single = using.filter(({ isCustomInitiative }) => !isCustomInitiative);
  const distinct = new Set(own.map(({ assignment }) => keyOf(assignment.definitionId)));
  if (distinct.size > 1)
    return low(`${distinct.size} custom initiatives ${kind.name} in clusters: one is easier to keep`);
  if (distinct.size === 1 && single.length > 0)
    return low(`${countOf(single)} ${kind.name} besides the custom initiative: take what they assign into it`);
  if (distinct.size === 1)
    return { state: 'compliant', reason: `«${own[0]?.assignment.displayName ?? ''}» is assigned` };
  const unread = assignments.flatMap((one) => one.unread.map((reason) => `«${one.assignment.displayName}»: ${reason}`));
  if (unread.length > 0) return { state: 'unknown', reason: unread.join('; ') };
  if (clusters.state === 'unread') return { state: 'unknown', reason: `clusters: ${clusters.reason}` };
  const isIdle = clusters.value.length === 0 && using.length === 0;
  if (isIdle) return { state: 'notApplicable', reason: 'the subscription has no cluster' };
  const found = foundInstead(kind, custom.length > 0 ? custom : single, custom.length > 0);
  return {
    state: 'violation',
    problems: [
      {
        severity: 'medium',
        reason: `no custom initiative only for what is to ${kind.name} in clusters is assigned; ${found}`,
      },
    ],
  };
}

function foundInstead({ name }: InitiativeKind, some: readonly InForce[], isMixed: boolean): string {
  if (some.length === 0) return `nothing is assigned that would ${name}`;
  if (isMixed) return `«${some[0]?.assignment.displayName ?? ''}» mixes what denies and what audits: split it`;
  return `${countOf(some)} of single definitions or built-in initiatives ${name}: group what they assign in one`;
}

function countOf(some: readonly unknown[]): string {
  return some.length === 1 ? '1 assignment' : `${some.length} assignments`;
}

const low = (reason: string): Verdict => ({ state: 'violation', problems: [{ severity: 'low', reason }] });

interface Cluster {
  readonly addonProfiles?: Readonly<Record<string, { readonly enabled?: boolean } | undefined>>;
}

/** Without the add-on nobody enforces what is assigned; Azure spells its name in two ways. */
function addOnOf(clusters: Reading<readonly Resource[]>, { assignments }: State): Aspect {
  const common = { key: 'add-on', title: 'Every cluster has the policy add-on' };
  if (clusters.state === 'unread')
    return { ...common, verdict: { state: 'unknown', reason: `clusters: ${clusters.reason}` } };
  const without = clusters.value.filter((cluster) => !hasAddOn(withoutNulls(cluster) as Resource<Cluster>));
  if (clusters.value.length === 0)
    return { ...common, verdict: { state: 'notApplicable', reason: 'the subscription has no cluster' } };
  if (without.length === 0)
    return { ...common, verdict: { state: 'compliant', reason: 'the add-on is on in every cluster' } };
  const names = without.map(({ name }) => name).join(', ');
  const unenforced = assignments.filter(({ rules }) => rules.some(({ isKubernetes }) => isKubernetes)).length;
  const reason = `the policy add-on is off in ${names}, so nobody enforces there what is assigned (${unenforced} for clusters): switch it on`;
  return { ...common, verdict: { state: 'violation', problems: [{ severity: 'high', reason }] } };
}

function hasAddOn({ properties }: Resource<Cluster>): boolean {
  const profiles = Object.entries(properties?.addonProfiles ?? {});
  return profiles.some(([name, profile]) => same(name, 'azurePolicy') && profile?.enabled === true);
}

interface Recommended {
  readonly key: string;
  readonly title: string;
  /** Names of built-in definitions or initiatives; one of each line is to be there. */
  readonly wanted: readonly { readonly what: string; readonly names: readonly string[] }[];
}

const recommended: readonly Recommended[] = [
  {
    key: 'regulatory',
    title: 'The regulatory initiatives are assigned',
    wanted: [
      { what: 'Microsoft cloud security benchmark', names: ['1f3afdf9-d0c9-4c3d-847f-89da613e70a8'] },
      { what: 'PCI DSS 4.0.1', names: ['a06d5deb-24aa-4991-9d58-fa7563154e31'] },
    ],
  },
  {
    key: 'baseline',
    title: 'Locations and public addresses of network interfaces are limited by policy',
    wanted: [
      { what: 'Allowed locations', names: ['e56962a6-4747-49cd-b67b-bf8b01975c4c'] },
      {
        what: 'Network interfaces should not have public IPs',
        names: ['83a86a26-fd1f-447c-b59d-e51f44264114'],
      },
    ],
  },
];

/** What is assigned below the subscription is not for the whole of it. */
function ofRecommended({ key, title, wanted }: Recommended, { assignments }: State, scope: string): Aspect {
  const whole = assignments.filter(({ assignment }) => same(assignment.scope, scope) || isAbove(assignment.scope));
  const ids = whole.flatMap(({ assignment, rules }) => [
    assignment.definitionId,
    ...rules.map(({ definitionId }) => definitionId),
  ]);
  const there = new Set(ids.map((id) => keyOf(nameOf(id))));
  const missing = wanted.filter(({ names }) => !names.some((name) => there.has(name)));
  const unread = whole.flatMap((one) => one.unread.map((reason) => `«${one.assignment.displayName}»: ${reason}`));
  if (missing.length === 0) return { key, title, verdict: { state: 'compliant', reason: 'they are assigned' } };
  if (unread.length > 0) return { key, title, verdict: { state: 'unknown', reason: unread.join('; ') } };
  const names = missing.map(({ what }) => `«${what}»`).join(' and ');
  return {
    key,
    title,
    verdict: low(`${names}: not assigned to the subscription or above it; assigning it is advised`),
  };
}

export const isAbove = (scope: string): boolean => /^\/providers\/Microsoft\.Management\//i.test(scope);

/** An assignment of a management group is nobody's in this subscription, and counts in it. */
function inherited({ resource, assignment }: InForce, scope: string, inventory: Inventory): readonly Aspect[] {
  if (!isAbove(assignment.scope)) return [];
  const verdict = judgedAssignment(resource, scope, inventory);
  if (verdict.state === 'notApplicable') return [];
  const title = `«${assignment.displayName}» of management group ${nameOf(assignment.scope)}`;
  return [{ key: keyOf(assignment.id), title, verdict }];
}
