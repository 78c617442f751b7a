import { keyOf, same, type Resource } from '../../core/resource';
import type { Aspect, Severity, Verdict } from '../../core/verdict';
import type { AssignedState, AssignedVerdict } from '../../policy/judge-assigned';
import type { Member } from '../../policy/initiatives';
import { sentenceOf } from '../../policy/reasons';

/** A definition's verdict as a finding of its own; undefined when the definition is not about the resource. */
export function aspectOf({ member, verdict }: AssignedVerdict, subject: Resource): Aspect | undefined {
  const said = verdictOf(verdict, member, subject);
  return said && { key: keyOfMember(member), title: titleOf(member), verdict: said };
}

export function keyOfMember({ assignment, referenceId }: Member): string {
  return keyOf(`${assignment.id}|${referenceId}`);
}

export function titleOf({ definition, definitionId, assignment }: Member): string {
  const name = definition?.ok === true ? definition.definition.displayName : '';
  return `${name === '' ? definitionId : name} (assigned as «${assignment.displayName}»)`;
}

function verdictOf(state: AssignedState, member: Member, subject: Resource): Verdict | undefined {
  switch (state.state) {
    case 'compliant':
      return { state: 'compliant', reason: `effect ${state.effect}${caveat(state.via)}` };
    case 'nonCompliant':
      return {
        state: 'violation',
        problems: [{ severity: severityOf(state.effect), reason: complaint(state, member) }],
      };
    case 'exempt':
      return { state: 'notApplicable', reason: exemptionText(state.exemption) };
    case 'error':
      return {
        state: 'unknown',
        reason: `the definition cannot be evaluated: ${state.problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
      };
    case 'unknown':
      return state.unknown.kind === 'delegated'
        ? delegated(member, subject)
        : { state: 'unknown', reason: `${state.unknown.path}: ${state.unknown.message}` };
    case 'notApplicable':
      return undefined;
  }
}

function caveat(via: 'table' | 'hop'): string {
  return via === 'hop' ? '; field names were resolved without Azure’s table of aliases' : '';
}

/** A resource that a deny would refuse today was there before, or came past it. */
function severityOf(effect: string): Severity {
  return same(effect, 'deny') ? 'high' : 'medium';
}

function complaint(state: AssignedState & { readonly state: 'nonCompliant' }, { assignment, message }: Member): string {
  const enforced = assignment.enforcement === 'DoNotEnforce' ? ', not enforced' : '';
  const reasons = state.reasons.map(sentenceOf).join('; ');
  return `${message === undefined ? '' : `${message}: `}${reasons} (effect ${state.effect}${enforced}${caveat(state.via)})`;
}

function exemptionText({
  displayName,
  category,
  expiresOn,
}: (AssignedState & { readonly state: 'exempt' })['exemption']): string {
  return `exempt by «${displayName}» (${category}) ${expiresOn === undefined ? 'without an end' : `until ${expiresOn}`}`;
}

interface Cluster {
  readonly addonProfiles?: Readonly<Record<string, { readonly enabled?: boolean }>>;
  readonly powerState?: { readonly code?: string };
}

/** Rules of the data plane are judged where the data is: for a cluster, by its policy add-on. */
function delegated(member: Member, subject: Resource): Verdict {
  const mode = member.definition?.ok === true ? member.definition.definition.mode : '';
  if (!same(mode, 'Microsoft.Kubernetes.Data'))
    return { state: 'notApplicable', reason: `delegated to the data plane (${mode})` };
  const { addonProfiles = {}, powerState } = (subject.properties ?? {}) as Cluster;
  const addon = Object.entries(addonProfiles).find(([name]) => same(name, 'azurePolicy'))?.[1];
  if (addon?.enabled !== true) {
    const reason = 'it is delegated to the policy add-on of the cluster, which is off: nobody looks at it';
    return { state: 'violation', problems: [{ severity: 'high', reason }] };
  }
  if (same(powerState?.code, 'Stopped'))
    return {
      state: 'unknown',
      reason: 'it is delegated to the policy add-on of the cluster, and the cluster is stopped',
    };
  return { state: 'notApplicable', reason: 'delegated to the policy add-on of the cluster, which is on' };
}
