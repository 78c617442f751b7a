import type { KubernetesObject } from '../object';
import { ciliumRuleSetsOf, ciliumSelects } from './cilium';
import { connectionsOf, connectionTexts, unprotectedOf, workloadText } from './connections';
import { exposedText, exposuresOf } from './exposure';
import { ingressConnections } from './ingress-paths';
import { isOutside, joinedNeighbours, type ConnectionLine } from './neighbours';
import { directions, type Direction } from './policy';
import { reachabilityOf, type Reachability } from './reachability';
import { isEmptySelector, selects } from './selector';
import { trafficText } from './traffic';
import type { PodShape } from './workloads';

/** A question about objects, and its answer. */
export type ReachabilityCase =
  | { readonly question: 'connections'; readonly expect: ExpectedConnections }
  | { readonly question: 'selected'; readonly expect: { readonly selected: boolean } }
  | { readonly question: 'dangling'; readonly expect: { readonly dangling: boolean } }
  | { readonly question: 'covered'; readonly expect: { readonly covered: Readonly<Record<Direction, boolean>> } };

export interface ExpectedConnections {
  readonly connections: readonly ConnectionLine[];
  readonly unprotected?: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly kind: string;
    readonly direction: string;
  }[];
  readonly exposure?: Readonly<Record<Direction, readonly ConnectionLine[]>>;
}

/** Where the answer differs from what a case expects; empty when they agree. */
export function differencesOf(
  objects: readonly KubernetesObject[],
  { question, expect }: ReachabilityCase,
): readonly string[] {
  const reachability = reachabilityOf(objects, { ownership: 'owner', hostNetwork: 'bound', ipBlocks: 'outside' });
  if (question === 'connections') return connectionDifferences(reachability, objects, expect);
  if (question === 'dangling') return differing('dangling', isDangling(reachability, objects), expect.dangling);
  if (question === 'selected') return differing('selected', isSelected(reachability, objects), expect.selected);
  const covered = coverageOf(reachability, objects);
  return [
    ...differing('covered for ingress', covered.ingress, expect.covered.ingress),
    ...differing('covered for egress', covered.egress, expect.covered.egress),
  ];
}

function differing(what: string, found: boolean, expected: boolean): readonly string[] {
  return found === expected ? [] : [`${what}: ${found} instead of ${expected}`];
}

function connectionDifferences(
  reachability: Reachability,
  objects: readonly KubernetesObject[],
  { connections, unprotected, exposure }: ExpectedConnections,
): readonly string[] {
  const found = [...connectionsOf(reachability), ...ingressConnections(reachability, objects)].map(connectionTexts);
  return [
    ...listDifferences('connection', found, connections),
    ...(unprotected === undefined ? [] : unprotectedDifferences(reachability, unprotected)),
    ...(exposure === undefined ? [] : exposureDifferences(reachability, exposure)),
  ];
}

function unprotectedDifferences(
  reachability: Reachability,
  expected: NonNullable<ExpectedConnections['unprotected']>,
): readonly string[] {
  const lines = unprotectedOf(reachability).map(({ workload, direction }) => `${workloadText(workload)} ${direction}`);
  const wanted = expected.map(({ direction, ...workload }) => `${workloadText(workload)} ${direction.toLowerCase()}`);
  return differencesIn('unprotected', lines, wanted);
}

type ExposureLines = Readonly<Record<Direction, readonly ConnectionLine[]>>;

function exposureDifferences(reachability: Reachability, expected: ExposureLines): readonly string[] {
  const exposures = exposuresOf(reachability);
  const linesOf = (direction: Direction) =>
    exposures
      .filter((one) => one.direction === direction)
      .map(({ workload, to, traffic }): ConnectionLine => [
        workloadText(workload),
        exposedText(to),
        trafficText(traffic),
      ]);
  const found = ofExposedToPods({ ingress: linesOf('ingress'), egress: linesOf('egress') });
  const wanted = ofExposedToPods(expected);
  return directions.flatMap((direction) =>
    listDifferences(`${direction} exposure`, found[direction], wanted[direction]),
  );
}

/** The outside stands among the connections; the exposure repeats it for workloads that are open to some pods, too. */
function ofExposedToPods(lines: ExposureLines): ExposureLines {
  const toPods = [...lines.ingress, ...lines.egress].filter(([, to]) => !isOutside(to));
  const exposed = new Set(toPods.map(([workload]) => workload));
  const kept = (direction: Direction) => lines[direction].filter(([workload]) => exposed.has(workload));
  return { ingress: kept('ingress'), egress: kept('egress') };
}

function listDifferences(
  what: string,
  found: readonly ConnectionLine[],
  expected: readonly ConnectionLine[],
): readonly string[] {
  const texts = (lines: readonly ConnectionLine[]) =>
    joinedNeighbours(lines).map((line) => withSortedValues(line.join(' | ')));
  return differencesIn(what, texts(found), texts(expected));
}

/** The values of a requirement are a set, in whatever order a policy writes them. */
function withSortedValues(text: string): string {
  return text.replace(/(?<=Values:\[)[^\]]*/g, (values) => values.split(' ').toSorted().join(' '));
}

function differencesIn(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  const [has, wants] = [new Set(found), new Set(expected)];
  return [
    ...[...has].filter((line) => !wants.has(line)).map((line) => `unexpected ${what}: ${line}`),
    ...[...wants].filter((line) => !has.has(line)).map((line) => `missing ${what}: ${line}`),
  ];
}

const podsOf = ({ workloads }: Reachability): readonly PodShape[] => workloads.flatMap(({ pods }) => pods);

function isDangling(reachability: Reachability, objects: readonly KubernetesObject[]): boolean {
  const pods = podsOf(reachability);
  const plain = reachability.policies.some(
    ({ namespace, selector }) =>
      !isEmptySelector(selector) && !pods.some((pod) => pod.namespace === namespace && selects(selector, pod.labels)),
  );
  return (
    plain ||
    ciliumRuleSetsOf(objects).some(
      (set) =>
        set.selector !== undefined &&
        !isEmptySelector(set.selector) &&
        !pods.some((pod) => ciliumSelects(set, pod, reachability.namespaces)),
    )
  );
}

function isSelected(reachability: Reachability, objects: readonly KubernetesObject[]): boolean {
  const cilium = ciliumRuleSetsOf(objects);
  return podsOf(reachability).every(
    (pod) =>
      reachability.policies.some(
        ({ namespace, selector }) => namespace === pod.namespace && selects(selector, pod.labels),
      ) || cilium.some((set) => ciliumSelects(set, pod, reachability.namespaces)),
  );
}

function coverageOf(
  reachability: Reachability,
  objects: readonly KubernetesObject[],
): Readonly<Record<Direction, boolean>> {
  const cilium = ciliumRuleSetsOf(objects);
  const isolated = (pod: PodShape, direction: Direction): boolean =>
    reachability.rulesOf(pod, direction) !== undefined ||
    cilium.some((set) => set.isolates.includes(direction) && ciliumSelects(set, pod, reachability.namespaces));
  const pods = podsOf(reachability);
  return {
    ingress: pods.every((pod) => isolated(pod, 'ingress')),
    egress: pods.every((pod) => isolated(pod, 'egress')),
  };
}
