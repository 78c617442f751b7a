import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, same, type Json, type Resource } from '../../core/resource';
import { withoutNulls } from '../../core/without-nulls';
import { leavesOut, readAssignment, type Assignment } from '../../policy/assignments';
import { sameJson } from '../../policy/json';
import { types } from './ancestors';

/** What is assigned to a subscription itself and to the management groups above it. */
export interface Carried {
  /** `/subscriptions/…`, in lower case. */
  readonly scope: string;
  readonly own: readonly Assigned[];
  readonly above: readonly Assignment[];
}

export interface Assigned extends Assignment {
  /** Of its identity, where it has one to write with. */
  readonly location: string | undefined;
}

/** A list of a subscription shows what it has from above, too: `properties.scope` tells them apart. */
export function carriedBy(subscription: string, inventory: Inventory): Reading<Carried> {
  const list = inventory.list(types.assignment, subscription);
  if (list.state === 'unread')
    return { state: 'unread', reason: `policy assignments of ${nameOf(subscription)}: ${list.reason}` };
  // Azure lists them in any order, and what is said of them has to stay the same.
  const read = list.value.map(assignmentOf).toSorted((a, b) => (keyOf(a.id) < keyOf(b.id) ? -1 : 1));
  return {
    state: 'read',
    value: {
      scope: keyOf(subscription),
      own: read.filter(({ scope, name }) => same(scope, subscription) && !madeByAzure(name)),
      above: read.filter((one) => isGroup(one.scope) && !leavesOut(one, subscription)),
    },
  };
}

function assignmentOf(written: Resource): Assigned {
  const resource = withoutNulls(written);
  const location = resource.identity === undefined ? undefined : (resource.location ?? '');
  return { ...readAssignment(resource as unknown as Json), location };
}

function isGroup(scope: string): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i.test(scope);
}

/** Defender for Cloud assigns its benchmark to each subscription by itself. */
const madeByAzure = (name: string): boolean => same(name, 'SecurityCenterBuiltIn');

/** Own assignments that another subscription has in the same way, and that no group above carries already. */
export function repeated(carried: Carried, others: readonly Carried[]): readonly Repeated[] {
  return carried.own.flatMap((assignment): readonly Repeated[] => {
    if (carried.above.some((one) => isSame(one, assignment))) return [];
    const among = others.filter(({ own }) => own.some((one) => isSame(one, assignment)));
    return among.length === 0 ? [] : [{ assignment, scopes: among.map(({ scope }) => scope) }];
  });
}

export interface Repeated {
  readonly assignment: Assigned;
  readonly scopes: readonly string[];
}

function isSame(left: Assignment, right: Assignment): boolean {
  const values = ({ parameters }: Assignment): Json =>
    Object.fromEntries([...parameters].map(([name, value]) => [keyOf(name), value]));
  return same(left.definitionId, right.definitionId) && sameJson(values(left), values(right));
}
