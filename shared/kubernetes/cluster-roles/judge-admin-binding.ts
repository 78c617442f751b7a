import { same } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import type { Binding } from '../permissions/binding';
import { isAnonymous, isEverybody } from '../permissions/binding-shapes';
import { subjectTitle, type Subject } from '../permissions/subject';
import type { ClusterRoleFacts } from './facts';

/** Judges the bindings by which AKS makes people administrators: by who stands behind them («AKS: Entra integration»). */
export function adminBindingVerdict(binding: Binding, facts: ClusterRoleFacts): Verdict {
  const problems = binding.subjects.flatMap((subject) => problemOf(subject, facts) ?? []);
  if (problems.length > 0) return { state: 'violation', problems };
  return { state: 'compliant', reason: 'makes nobody administrator: local accounts are off, and its groups are empty' };
}

function problemOf(subject: Subject, facts: ClusterRoleFacts): Problem | undefined {
  if (subject.kind === 'User' && subject.name === 'clusterAdmin') return ofLocalAccount(facts);
  if (subject.kind === 'Group' && !isAnonymous(subject) && !isEverybody(subject)) return ofGroup(subject.name, facts);
  return { severity: 'high', reason: `${subjectTitle(subject)} does not belong into this binding of AKS; remove it` };
}

function ofLocalAccount({ localAccounts }: ClusterRoleFacts): Problem | undefined {
  if (localAccounts === false) return undefined;
  const known = localAccounts === true ? 'local accounts are on' : 'whether local accounts are off is not known';
  return {
    severity: 'high',
    reason: `User clusterAdmin is administrator of the whole cluster by a certificate that names nobody, and ${known}; turn local accounts off`,
  };
}

function ofGroup(group: string, { adminGroups, members }: ClusterRoleFacts): Problem | undefined {
  if (adminGroups?.some((id) => same(id, group)) === false) {
    return {
      severity: 'high',
      reason: `Group ${group} is administrator of the whole cluster and none of the groups that the cluster's settings name; remove it`,
    };
  }
  const count = memberCount(group, members);
  if (count === 0) return undefined;
  const who =
    count === undefined ? 'its members are not known' : `it has ${count} ${count === 1 ? 'member' : 'members'}`;
  return {
    severity: 'medium',
    reason: `Group ${group} is administrator of the whole cluster, and ${who}; give people roles of their job and let nobody be in this group for good`,
  };
}

function memberCount(group: string, members: ClusterRoleFacts['members']): number | undefined {
  return Object.entries(members ?? {}).find(([id]) => same(id, group))?.[1];
}
