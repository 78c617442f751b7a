import type { Inventory } from '../../core/inventory';
import { nameOf } from '../../core/resource';
import type { Severity, Verdict } from '../../core/verdict';

/** Something that is wrong, or that could not be read. */
export type Remark =
  | { readonly kind: 'wrong'; readonly severity: Severity; readonly reason: string }
  | { readonly kind: 'unread'; readonly reason: string };

export function wrong(severity: Severity, reason: string): Remark {
  return { kind: 'wrong', severity, reason };
}

export function unread(reason: string): Remark {
  return { kind: 'unread', reason };
}

/** What is wrong counts before what is not known, and both before what is right. */
export function concluded(remarks: readonly Remark[], right: string): Verdict {
  const problems = remarks.filter((remark) => remark.kind === 'wrong');
  if (problems.length > 0)
    return { state: 'violation', problems: problems.map(({ severity, reason }) => ({ severity, reason })) };
  if (remarks.length > 0) return { state: 'unknown', reason: remarks.map(({ reason }) => reason).join('; ') };
  return { state: 'compliant', reason: right };
}

/** What is wrong with where something goes, as `the add-on sends to workspace`; undefined where it is there. */
export function absenceOf(id: string, who: string, inventory: Inventory): Remark | undefined {
  const found = inventory.get(id);
  if (found.state === 'unread') return unread(`${who} ${nameOf(id)}, which could not be read: ${found.reason}`);
  return found.value === undefined ? wrong('high', `${who} ${nameOf(id)}, which does not exist`) : undefined;
}
