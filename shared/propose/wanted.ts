import { singleFindings, type Finding } from '../core/finding';
import type { World } from '../core/ports';
import { keyOf, same } from '../core/resource';

/** What somebody asks about: things that a control judges of a resource. */
export interface Wanted {
  readonly controlId: string;
  /** The resource that the control judges, as the cluster. */
  readonly subjectId: string;
  readonly findings: readonly Finding[];
  /** All that the control judges of the resource, also what it found since. */
  readonly isWhole: boolean;
}

/** The findings of a reference: the id of one, of the one that sums them up, or the id of the resource that they are about. */
export async function wantedBy(
  world: Pick<World, 'findings'>,
  reference: string,
  subscriptionIds: readonly string[],
): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = [];
  for (const subscriptionId of subscriptionIds)
    for await (const finding of world.findings.of(subscriptionId)) wanted.push(...meantIn(finding, reference));
  return wanted;
}

function meantIn(finding: Finding, reference: string): readonly Wanted[] {
  const isMeant = ({ findingId, resourceId }: Finding): boolean =>
    reference.startsWith('/') ? same(resourceId, reference) : findingId === keyOf(reference);
  const isWhole = isMeant(finding);
  const single = singleFindings(finding);
  const findings = isWhole ? single : single.filter(isMeant);
  if (findings.length === 0) return [];
  return [{ controlId: finding.controlId, subjectId: finding.resourceId, findings, isWhole }];
}
