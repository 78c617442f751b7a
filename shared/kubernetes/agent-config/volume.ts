import type { ClusterFacts } from '../judgement';
import type { KubernetesObject } from '../object';
import { containersOf, isOwned, podSpecOf } from '../pod-template';
import { at } from '../fields';
import type { Collected, Stream } from './collected';

/** What another setting does to the volume: which namespaces come or go, how many containers, and bytes where known. */
export function volumeEffects(
  before: Collected,
  after: Collected,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): readonly string[] {
  const counts = containersByNamespace(objects);
  const namespaces = [...new Set([...counts.keys(), ...(facts.written?.keys() ?? []), ...named(before)])].sort();
  const sizes = { counts, written: facts.written };
  const changes = (['stdout', 'stderr'] as const).flatMap((name) => {
    const more = namespaces.filter((one) => !isTaken(before[name], one) && isTaken(after[name], one));
    const less = namespaces.filter((one) => isTaken(before[name], one) && !isTaken(after[name], one));
    return [
      ...told(`${name} is collected, too, from`, more, sizes),
      ...told(`${name} is no longer collected from`, less, sizes),
    ];
  });
  const variables =
    before.environment && !after.environment
      ? ['environment variables are no longer collected: the table ContainerInventory gets smaller']
      : [];
  return [
    ...(changes.length === 0 ? ['as much of the containers’ output is collected as before'] : changes),
    ...variables,
  ];
}

interface Sizes {
  readonly counts: ReadonlyMap<string, number>;
  readonly written: ReadonlyMap<string, number> | undefined;
}

const isTaken = (stream: Stream, namespace: string): boolean =>
  stream.collected && !stream.excluded.includes(namespace);
const named = ({ stdout, stderr }: Collected): readonly string[] =>
  [stdout, stderr].flatMap((stream) => (stream.collected ? stream.excluded : []));

function told(what: string, namespaces: readonly string[], { counts, written }: Sizes): readonly string[] {
  if (namespaces.length === 0) return [];
  const containers = namespaces.map((one) => counts.get(one) ?? 0).reduce((sum, one) => sum + one, 0);
  const bytes = namespaces.map((one) => written?.get(one)).filter((one) => one !== undefined);
  const known =
    bytes.length === 0
      ? 'how much they write is not known here'
      : `they write ${megabytes(bytes)} a day, stdout and stderr together`;
  return [`${what} ${namespaces.join(', ')}: ${containers} containers of known workloads; ${known}`];
}

const megabytes = (bytes: readonly number[]): string =>
  `${Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1_000_000)} MB`;

/** Containers of the workloads of each namespace, as many as there are replicas; a pod for each node counts once. */
function containersByNamespace(objects: readonly KubernetesObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const object of objects) {
    if (isOwned(object) || podSpecOf(object) === undefined) continue;
    const replicas = at(object, 'spec', 'replicas');
    const namespace = object.metadata.namespace ?? 'default';
    const count = containersOf(object).length * (typeof replicas === 'number' ? replicas : 1);
    counts.set(namespace, (counts.get(namespace) ?? 0) + count);
  }
  return counts;
}
