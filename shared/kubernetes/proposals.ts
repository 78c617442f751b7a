import type { Inventory } from '../core/inventory';
import { keyOf, type Resource } from '../core/resource';
import type { Fields } from './fields';
import { objectIdOf, referenceOf } from './ids';
import { aspectsOf, foundIn } from './in-cluster-control';
import { outcomeOf, proposalOf, type InClusterJudgement, type ObjectFinding } from './judgement';
import { keeperOf } from './keepers';
import type { KubernetesObject } from './object';

/** What is said of an object, with what a person could apply. */
export interface ObjectProposal {
  readonly controlId: string;
  readonly finding: ObjectFinding;
  /** Keys by which findings about a cluster tell it from the others; the first is the usual one. */
  readonly keys: readonly string[];
  /** What keeps the objects as it wants them, so that the change belongs to its source, as sentences. */
  readonly keepers: () => readonly string[];
}

export type Proposals =
  | { readonly state: 'read'; readonly value: readonly ObjectProposal[] }
  | { readonly state: 'unread'; readonly reason: string };

/** Everything that a judgement says of the objects of a cluster as they are now, whatever comes of it. */
export function proposalsIn(cluster: Resource, inventory: Inventory, judgement: InClusterJudgement): Proposals {
  const found = foundIn(cluster, inventory, judgement);
  if (found.state === 'unread') return found;
  return { state: 'read', value: proposalsAmong(cluster.id, found.value, found.objects, judgement.controlId) };
}

/** The same of findings that are made already, among the objects that they were made from. */
export function proposalsAmong(
  clusterId: string,
  findings: readonly ObjectFinding[],
  objects: readonly KubernetesObject[],
  controlId: string,
): readonly ObjectProposal[] {
  const known = new Map(objects.map((object) => [objectIdOf('', referenceOf(object)), object]));
  return findings.map((finding) => ({
    controlId,
    finding,
    keys: [
      ...aspectsOf(clusterId, [finding]).map(({ key }) => key),
      ...(finding.aspect === undefined ? [] : [finding.aspect]),
    ].map(keyOf),
    keepers: () => keepersOf(finding, known),
  }));
}

function keepersOf(finding: ObjectFinding, known: ReadonlyMap<string, KubernetesObject>): readonly string[] {
  const written = (proposalOf(finding)?.objects ?? []).map((one) => referenceOf(one as unknown as KubernetesObject));
  const kept = [finding.object, ...written].flatMap((one) => known.get(objectIdOf('', one)) ?? []);
  return [...new Set(kept.flatMap((one) => keeperOf(one) ?? []))];
}

/** What can be applied: nothing where all is right, or where a person has to decide everything. */
export function patchOf({ finding }: Pick<ObjectProposal, 'finding'>): readonly Fields[] {
  return outcomeOf(finding) === 'open' ? (proposalOf(finding)?.objects ?? []) : [];
}

/** What a person has to decide where nothing can be applied. */
export function decisionsOn(finding: ObjectFinding): readonly string[] {
  const { problems, advice = [] } = finding;
  const said = proposalOf(finding)?.effects ?? advice;
  return said.length > 0 ? said : problems.map(({ reason }) => reason);
}
