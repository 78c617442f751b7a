import type { Control } from '../core/control';
import type { Inventory, Reading } from '../core/inventory';
import { keyOf, nameOf, subscriptionScope, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
import type { Problem, Verdict } from '../core/verdict';
import { ancestorsIn, types, type Ancestors } from './management-group/ancestors';
import { carriedBy, repeated, type Carried, type Repeated } from './management-group/carried';
import { templateFor } from './management-group/template';

export const managementGroup = {
  id: 'management-group',
  title: 'Policies come from a management group that all subscriptions have in common',
  judges: [
    'Where Steward keeps several subscriptions, a management group above all of them carries policies; the tenant’s root group counts.',
    'A definition that several subscriptions assign with the same parameters could be assigned once above them. What a group above carries already is repeated on purpose, and what Defender for Cloud assigns by itself is left alone.',
    'For one subscription alone, a group that carries its policies is advice.',
    'What comes from above is told by the scope of the assignments that Azure lists with the subscription. Where nothing does, the groups have to be read, for which the app needs the role Management Group Reader; without it the verdict is unknown.',
    'The finding holds Bicep for the assignment at the management group. Steward makes no group, moves no subscription, and removes no assignment because a group carries the same.',
  ],
  severity: 'medium',
  requirement: '6',
  subjects: [types.subscription],
  reads: [types.assignment, types.group, types.descendant],
  evaluate: (subject, inventory, settings): Verdict => {
    const carried = everywhere(subject, inventory, settings);
    if (carried.state === 'unread') return { state: 'unknown', reason: carried.reason };
    const [own, ...others] = carried.value;
    return own === undefined ? { state: 'unknown', reason: 'it has no scope' } : judged(own, others, inventory);
  },
} satisfies Control;

/** The subscription first, then the others that Steward keeps. */
function everywhere(
  subject: Resource,
  inventory: Inventory,
  { subscriptionIds }: Settings,
): Reading<readonly [Carried, ...Carried[]]> {
  const own = subscriptionScope(subject.id);
  const others = subscriptionIds.map((id) => `/subscriptions/${id}`).filter((scope) => keyOf(scope) !== keyOf(own));
  const first = carriedBy(own, inventory);
  const rest = others.map((scope) => carriedBy(scope, inventory));
  if (first.state === 'unread') return first;
  const found: [Carried, ...Carried[]] = [first.value];
  for (const one of rest) {
    if (one.state === 'unread') return one;
    found.push(one.value);
  }
  return { state: 'read', value: found };
}

function judged(own: Carried, others: readonly Carried[], inventory: Inventory): Verdict {
  const lower = repeated(own, others);
  const carrying = commonScopes([own, ...others]);
  if (carrying.length > 0 && lower.length === 0)
    return { state: 'compliant', reason: `policies come from management group ${carrying.map(nameOf).join(', ')}` };
  const problems = lower.map((one) => lowerThanNeeded(one));
  if (carrying.length > 0) return { state: 'violation', problems };
  const ancestors = ancestorsIn(inventory);
  const above = ancestors.state === 'read' ? chainsOf([own, ...others], ancestors.value) : ancestors;
  if (above.state === 'read') return { state: 'violation', problems: [...uncarried(own, above.value), ...problems] };
  return problems.length > 0 ? { state: 'violation', problems } : { state: 'unknown', reason: above.reason };
}

interface Chains {
  /** Groups above each subscription, the nearest first. */
  readonly chains: readonly (readonly string[])[];
  readonly root: string | undefined;
}

function chainsOf(all: readonly Carried[], { of, root }: Ancestors): Reading<Chains> {
  const lost = all.find(({ scope }) => of(scope).length === 0);
  if (lost === undefined) return { state: 'read', value: { chains: all.map(({ scope }) => of(scope)), root } };
  return {
    state: 'unread',
    reason: `no management group that the app may read is above subscription ${nameOf(lost.scope)}`,
  };
}

/** Groups that assign something to every one of them. */
function commonScopes([first, ...others]: readonly Carried[]): readonly string[] {
  const scopes = new Set((first?.above ?? []).map(({ scope }) => keyOf(scope)));
  return [...scopes].filter((scope) => others.every(({ above }) => above.some((one) => keyOf(one.scope) === scope)));
}

function uncarried(own: Carried, { chains, root }: Chains): readonly Problem[] {
  const [chain = []] = chains;
  const common = chain.filter((group) => chains.every((one) => one.includes(group)));
  const template = own.own[0] === undefined ? '' : `. To begin with:\n${templateFor(own.own[0])}`;
  if (chains.length === 1) return [{ severity: 'low', reason: `${adviceFor(chain, root)}${template}` }];
  const nearest = common.find((group) => group !== root);
  const found =
    nearest === undefined
      ? `the ${chains.length} subscriptions that Steward keeps have no management group in common${common.length > 0 ? ' but the tenant’s root' : ''}, and nothing above them assigns a policy to all: put them below one group, and assign their policies there`
      : `management group ${nameOf(nearest)} is above all ${chains.length} subscriptions that Steward keeps and assigns no policy: assign there what is for all of them`;
  return [{ severity: 'medium', reason: `${found}${template}` }];
}

/** Worded as advice: one subscription alone loses nothing by it. */
function adviceFor([nearest]: readonly string[], root: string | undefined): string {
  const where =
    nearest === root
      ? 'the subscription is directly under the tenant’s root group'
      : `the subscription is in management group ${nameOf(nearest ?? '')}`;
  return `${where}, and no policy is assigned above it. For one subscription this is advice: a management group that carries its policies makes the next subscription begin with them`;
}

function lowerThanNeeded({ assignment, scopes }: Repeated): Problem {
  const names = scopes.map(nameOf).join(', ');
  const reason = `«${assignment.displayName}» is assigned in the same way to ${names}: assign it once at a management group above them. What is here may stay:\n${templateFor(assignment)}`;
  return { severity: 'low', reason };
}
