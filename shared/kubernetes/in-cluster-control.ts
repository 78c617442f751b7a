import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import type { Resource } from '../core/resource';
import { sumOf } from '../core/judgement';
import { severities, worstOf, type Aspect, type Verdict } from '../core/verdict';
import { objectIdOf } from './ids';
import { outcomeOf, type ClusterFacts, type InClusterJudgement, type ObjectFinding } from './judgement';
import { readKindsOf } from './kinds';
import type { KubernetesObject } from './object';

export type About = Pick<Control, 'title' | 'judges' | 'severity' | 'requirement'>;

/** A control that judges the objects of each cluster: one thing, with an id of its own, for each object. */
export function inClusterControl(about: About, judgement: InClusterJudgement): Control {
  return {
    ...about,
    id: judgement.controlId,
    subjects: ['Microsoft.ContainerService/managedClusters'],
    reads: (judgement.around ?? []).flatMap(({ reads }) => reads),
    kinds: readKindsOf(judgement.kinds),
    evaluate: (cluster, inventory) => {
      const found = foundIn(cluster, inventory, judgement);
      if (found.state === 'unread') return { state: 'unknown', reason: found.reason };
      if (found.value.length === 0)
        return { state: 'notApplicable', reason: 'there is nothing of this kind in the cluster' };
      return bounded(aspectsOf(cluster.id, found.value));
    },
  };
}

/** What a judgement finds in a cluster, with what a person could apply. */
export type Found =
  | { readonly state: 'read'; readonly value: readonly ObjectFinding[]; readonly objects: readonly KubernetesObject[] }
  | { readonly state: 'unread'; readonly reason: string };

/**
 * Nothing is said of a cluster of which not all that the judgement asks for could be read: what is missing might be what makes
 * the rest right.
 */
export function foundIn(cluster: Resource, inventory: Inventory, judgement: InClusterJudgement): Found {
  const around = (judgement.around ?? []).map(({ facts }) => facts(cluster, inventory));
  const facts: ClusterFacts = Object.assign(factsOf(cluster, inventory.now), ...around);
  const readings = readKindsOf(judgement.kinds).map(({ plural, ...kind }) => ({
    plural,
    reading: inventory.objects(cluster.id, { group: kind.group, version: kind.version, plural }),
  }));
  const unread = readings.flatMap(({ plural, reading }) =>
    reading.state === 'unread' ? [{ plural, reason: reading.reason }] : [],
  );
  if (unread.length > 0) return { state: 'unread', reason: unreadReason(unread) };
  const objects = readings.flatMap(({ reading }) => (reading.state === 'read' ? reading.value : []));
  return { state: 'read', value: judgement.judge(objects, facts), objects };
}

/** Each reason once, with the kinds that it is about. */
function unreadReason(unread: readonly { readonly plural: string; readonly reason: string }[]): string {
  return [...Map.groupBy(unread, ({ reason }) => reason)]
    .map(([reason, those]) => `${those.map(({ plural }) => plural).join(', ')} could not be read: ${reason}`)
    .join('; ');
}

interface Cluster {
  readonly kubernetesVersion?: string;
  readonly currentKubernetesVersion?: string;
}

function factsOf({ properties }: Resource, now: string): ClusterFacts {
  const { currentKubernetesVersion, kubernetesVersion } = (properties ?? {}) as Cluster;
  const minor = /^\d+\.\d+/.exec(currentKubernetesVersion ?? kubernetesVersion ?? '')?.[0];
  return {
    today: now.slice(0, 10),
    cluster: (properties ?? {}) as NonNullable<ClusterFacts['cluster']>,
    isWhole: true,
    ...(minor !== undefined && { kubernetesVersion: minor }),
  };
}

/** One for each finding, told apart on every run by the id of the object. */
export function aspectsOf(clusterId: string, findings: readonly ObjectFinding[]): readonly Aspect[] {
  return findings.map((finding) => {
    const subject = objectIdOf(clusterId, finding.object);
    const isProposed = finding.propose !== undefined && outcomeOf(finding) === 'open';
    return {
      key: finding.aspect === undefined ? subject : `${subject}#${finding.aspect}`,
      title: finding.title,
      verdict: verdictOf(finding),
      ...(subject !== clusterId && { subject }),
      ...(isProposed && { proposes: true as const }),
    };
  });
}

function verdictOf(finding: ObjectFinding): Verdict {
  const { problems, unknown = [], advice = [], title, leftOut } = finding;
  switch (outcomeOf(finding)) {
    case 'notApplicable':
      return { state: 'notApplicable', reason: [leftOut, ...advice].join('; ') };
    case 'open':
      return { state: 'violation', problems: problems.map(({ severity, reason }) => ({ severity, reason })) };
    case 'unknown':
      return { state: 'unknown', reason: unknown.join('; ') };
    case 'compliant':
      return { state: 'compliant', reason: [title, ...advice].join('; ') };
  }
}

/** As many things of one cluster are told one by one. */
export const mostAspects = 5_000;

/** The worst first where there are too many; the others are counted, and count as the worst of them. */
function bounded(aspects: readonly Aspect[]): readonly Aspect[] {
  if (aspects.length <= mostAspects) return aspects;
  const sorted = aspects.toSorted((a, b) => gravity(b) - gravity(a));
  const rest = sorted.slice(mostAspects - 1);
  return [
    ...sorted.slice(0, mostAspects - 1),
    { key: 'more', title: `${rest.length} more that are not told one by one`, verdict: sumOf(rest) },
  ];
}

function gravity({ verdict }: Aspect): number {
  if (verdict.state === 'violation') return 2 + severities.indexOf(worstOf(verdict.problems));
  return verdict.state === 'unknown' ? 1 : 0;
}
