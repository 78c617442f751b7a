import type { Inventory } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, same, subscriptionScope, type Resource } from '../../core/resource';
import type { Aspect } from '../../core/verdict';
import type { AssignedVerdict } from '../../policy/judge-assigned';
import { keyOfMember, titleOf } from './aspects';

/** A state that Azure Policy keeps («Policy Insights: policy states, query results»). */
interface PolicyState {
  readonly resourceId?: string;
  readonly policyAssignmentId?: string;
  readonly policyDefinitionReferenceId?: string;
  readonly complianceState?: string;
  readonly timestamp?: string;
}

/**
 * Where Azure has judged the resource already and comes to another result, one of us is wrong, and it may be us. Without
 * Azure's states there is nothing to compare, which takes nothing from our own verdicts.
 */
export function disagreements(
  subject: Resource,
  verdicts: readonly AssignedVerdict[],
  inventory: Inventory,
): readonly Aspect[] {
  const states = inventory.list<PolicyState>('Microsoft.PolicyInsights/policyStates', subscriptionScope(subject.id));
  if (states.state === 'unread') return [];
  const own = byResource(states.value).get(keyOf(subject.id)) ?? [];
  const azure = new Map(
    own.map((state) => [keyOf(`${state.policyAssignmentId ?? ''}|${state.policyDefinitionReferenceId ?? ''}`), state]),
  );
  return verdicts.flatMap((verdict) => disagreement(verdict, azure.get(keyOfMember(verdict.member))) ?? []);
}

const byResource = oncePerList((states: readonly Resource<PolicyState>[]) =>
  Map.groupBy(
    states.map(({ properties = {} }) => properties),
    ({ resourceId = '' }) => keyOf(resourceId),
  ),
);

function disagreement({ member, verdict }: AssignedVerdict, azure: PolicyState | undefined): Aspect | undefined {
  const decided = verdict.state === 'compliant' || verdict.state === 'nonCompliant';
  const comparable = ['compliant', 'noncompliant'].includes(keyOf(azure?.complianceState ?? ''));
  if (!decided || !comparable || same(verdict.state, azure?.complianceState)) return undefined;
  const reason = `Steward says ${verdict.state}, Azure Policy said ${azure?.complianceState ?? ''} at ${azure?.timestamp ?? ''}; the resource may have changed since, else one of them is wrong`;
  return {
    key: `${keyOfMember(member)}|disagreement`,
    aside: true,
    title: `Steward and Azure Policy agree on ${titleOf(member)}`,
    verdict: { state: 'violation', problems: [{ severity: 'low', reason }] },
  };
}
