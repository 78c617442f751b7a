import type { World } from '../core/ports';
import { comments, proposalText } from '../kubernetes/proposal-text';
import { partOf, type Part, type Rest } from './part';
import { wantedBy } from './wanted';

/**
 * `proposed`: there is something to apply, or something that Steward would write. `notFound`: there is no such finding.
 * `none`: nothing can be proposed. `right`: nothing is wrong any more. `unread`: the cluster could not be looked at.
 */
export type Proposed =
  | {
      readonly state: 'proposed';
      /** YAML with comments. */
      readonly text: string;
      /** About what of it nothing is proposed, and why. */
      readonly notes: readonly string[];
    }
  | { readonly state: 'notFound' | Rest['state']; readonly reason: string };

/** What can be done about a finding, made anew from what is there now. Nothing is written. */
export async function propose(
  world: World,
  reference: string,
  subscriptionIds: readonly string[] = world.settings.subscriptionIds,
): Promise<Proposed> {
  const wanted = await wantedBy(world, reference, subscriptionIds);
  if (wanted.length === 0) return { state: 'notFound', reason: notFound(reference, subscriptionIds) };
  const parts: Part[] = [];
  for (const one of wanted) parts.push(await partOf(world, one));
  return summed(parts);
}

const notFound = (reference: string, subscriptionIds: readonly string[]): string =>
  `there is no finding ${reference} in ${subscriptionIds.join(', ')}; its id is FindingId in Sentinel’s table StewardFindings, and the resource id of what it is about serves as well`;

function summed(parts: readonly Part[]): Proposed {
  const clusters = Map.groupBy(parts, ({ subjectId }) => subjectId);
  const texts = [...clusters].flatMap(([cluster, ofCluster]) => {
    const told = ofCluster.flatMap((part) => part.told);
    const writes = ofCluster.flatMap((part) => part.writes);
    return [
      ...(told.length === 0 ? [] : [proposalText(told, { kind: 'cluster', cluster })]),
      ...(writes.length === 0 ? [] : [comments(writes)]),
    ];
  });
  const rest = parts.flatMap((part) => part.rest);
  if (texts.length > 0)
    return {
      state: 'proposed',
      text: texts.join('---\n'),
      notes: rest.filter(({ state }) => state !== 'right').map(({ reason }) => reason),
    };
  const weightiest =
    (['unread', 'none', 'right'] as const).find((state) => rest.some((one) => one.state === state)) ?? 'right';
  const reasons = rest.filter(({ state }) => state === weightiest).map(({ reason }) => reason);
  return { state: weightiest, reason: [...new Set(reasons)].join('; ') };
}
