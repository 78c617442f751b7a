import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import type { Resource } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { objectIdOf } from './ids';
import { outcomeOf, type ClusterFacts, type InClusterJudgement, type ObjectFinding } from './judgement';
import type { ReadKind } from './kinds';

export type About = Pick<Control, 'title' | 'judges' | 'severity' | 'requirement'>;

/**
 * A control that judges the objects of each cluster, one thing for each object. It says nothing of a cluster of which it could
 * not read all that it asks for: what is missing might be what makes the rest right.
 */
export function inClusterControl(about: About, judgement: InClusterJudgement, kinds: readonly ReadKind[]): Control {
  return {
    ...about,
    id: judgement.controlId,
    subjects: ['Microsoft.ContainerService/managedClusters'],
    reads: [],
    kinds,
    evaluate: (cluster, inventory) => judged(cluster, inventory, judgement, kinds),
  };
}

function judged(
  cluster: Resource,
  inventory: Inventory,
  judgement: InClusterJudgement,
  kinds: readonly ReadKind[],
): Verdict | readonly Aspect[] {
  const readings = kinds.map((kind) => ({ kind, reading: inventory.objects(cluster.id, kind) }));
  const unread = readings.flatMap(({ kind, reading }) =>
    reading.state === 'unread' ? [{ plural: kind.plural, reason: reading.reason }] : [],
  );
  if (unread.length > 0) return { state: 'unknown', reason: unreadReason(unread) };
  const objects = readings.flatMap(({ reading }) => (reading.state === 'read' ? reading.value : []));
  const findings = judgement.judge(objects, factsOf(cluster, inventory.now));
  if (findings.length === 0) return { state: 'notApplicable', reason: 'there is nothing of this kind in the cluster' };
  return findings.map((finding) => aspectOf(cluster.id, finding));
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

function aspectOf(clusterId: string, finding: ObjectFinding): Aspect {
  const id = objectIdOf(clusterId, finding.object);
  return {
    key: finding.aspect === undefined ? id : `${id}#${finding.aspect}`,
    title: finding.title,
    verdict: verdictOf(finding),
  };
}

function verdictOf(finding: ObjectFinding): Verdict {
  const { problems, unknown = [], advice = [], title } = finding;
  switch (outcomeOf(finding)) {
    case 'open':
      return { state: 'violation', problems: problems.map(({ severity, reason }) => ({ severity, reason })) };
    case 'unknown':
      return { state: 'unknown', reason: unknown.join('; ') };
    case 'compliant':
      return { state: 'compliant', reason: [title, ...advice].join('; ') };
  }
}
