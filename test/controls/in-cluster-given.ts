import type { Control } from '../../shared/core/control';
import { keyOfQuery } from '../../shared/core/inventory';
import { judgementOf, type Judgement } from '../../shared/core/judgement';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import type { Json, Resource } from '../../shared/core/resource';
import { reasonOf, worstOf, type Aspect } from '../../shared/core/verdict';
import { readKinds, type ReadKind } from '../../shared/kubernetes/kinds';
import { having, inventoryOf, settings, type StoredObjects } from '../given';
import { cluster, clusterId, type Properties } from './clusters';

export { cluster, clusterId };

/** What a cluster holds besides its objects, and what of it could not be read. */
export interface Surroundings {
  readonly subject?: Resource;
  readonly resources?: readonly Resource[];
  /** Reasons, by plural or by the id or query of something else. */
  readonly unread?: Readonly<Record<string, string>>;
}

/** What a control says of a cluster that holds these objects and no others. */
export function judgedIn(control: Control, objects: readonly KubernetesObject[], around: Surroundings = {}): Judgement {
  const { subject = cluster, resources = [], unread = {} } = around;
  const reasons = Object.entries(unread).flatMap(([name, reason]) => {
    const kinds = readKinds.filter(({ plural }) => plural === name);
    return kinds.length === 0
      ? [[name, reason] as const]
      : kinds.map((kind) => [keyOfQuery({ ...kind, kind: 'objects', cluster: clusterId }), reason] as const);
  });
  const inventory = inventoryOf(resources, Object.fromEntries(reasons), [], stored(objects));
  return judgementOf(control, subject, inventory, settings);
}

function stored(objects: readonly KubernetesObject[]): readonly StoredObjects[] {
  return [...Map.groupBy(objects, kindOf)].map(([kind, items]) => ({ ...kind, cluster: clusterId, items }));
}

function kindOf({ apiVersion, kind }: KubernetesObject): ReadKind {
  const found = readKinds.find(
    (one) => one.kind === kind && apiVersion === (one.group === '' ? one.version : `${one.group}/${one.version}`),
  );
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is not among what is read`);
  return found;
}

const root = `${clusterId}/kubernetes/`;

/** `violation, high: why`, of everything that is judged, by what follows `<cluster id>/kubernetes/` in its key. */
export function told({ aspects = [] }: Judgement): Readonly<Record<string, string>> {
  return Object.fromEntries(aspects.map((aspect) => [placeOf(aspect), textOf(aspect)]));
}

function placeOf({ key }: Aspect): string {
  return key.startsWith(root) ? key.slice(root.length) : key.replace(clusterId, 'cluster');
}

function textOf({ verdict }: Aspect): string {
  const state = verdict.state === 'violation' ? `violation, ${worstOf(verdict.problems)}` : verdict.state;
  return `${state}: ${reasonOf(verdict)}`;
}

export function only(judgement: Judgement, place: string): string | undefined {
  return told(judgement)[place];
}

/** The cluster with properties changed; `undefined` takes one away. */
export const clusterHaving = (properties: Readonly<Record<string, Json | undefined>>): Resource =>
  having(cluster as Resource<Properties>, properties);

export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

/** An object with another field, as its API server would never have it; `undefined` takes the field away. */
export function broken(object: KubernetesObject, field: string, value: unknown): KubernetesObject {
  const rest = Object.entries({ ...object, [field]: value }).filter(([, one]) => one !== undefined);
  return Object.fromEntries(rest) as unknown as KubernetesObject;
}

export const wrongValues: readonly (readonly [string, unknown])[] = [
  ['missing', undefined],
  ['null', null],
  ['a text', 'all'],
  ['a number', 7],
  ['a list', [{}]],
  ['empty', {}],
];

/** What holds for every control that judges objects: nothing is said of a cluster of which something is not seen. */
export function neverGuesses(control: Control, good: readonly KubernetesObject[], subject: Resource = cluster): void {
  test('what it looks up is declared, and every kind of it is read', () => {
    const asked: string[] = [];
    const inventory = inventoryOf([]);
    const listening = {
      ...inventory,
      objects: ((id, kind) => {
        asked.push(`${kind.group}/${kind.plural}`);
        return inventory.objects(id, kind);
      }) as typeof inventory.objects,
    };
    control.evaluate(subject, listening, settings);
    expect(new Set(asked)).toEqual(new Set(control.kinds?.map(({ group, plural }) => `${group}/${plural}`)));
  });

  test.each([...new Set(control.kinds?.map(({ plural }) => plural))])(
    'without %s, which are forbidden, the cluster is unknown although the rest is good, and the reason says what to grant',
    (plural) => {
      const reason = 'Forbidden: bind the ClusterRole steward-reader to the app';
      const { verdict } = judgedIn(control, good, { subject, unread: { [plural]: reason } });
      expect(verdict.state).toBe('unknown');
      expect(reasonOf(verdict)).toContain(`${plural} could not be read: ${reason}`);
    },
  );

  test('a cluster that the app has no way to is unknown, and the reason is told once', () => {
    const reason = 'ClusterNotReached: the API server does not answer';
    const unread = Object.fromEntries((control.kinds ?? []).map(({ plural }) => [plural, reason]));
    const { verdict, aspects } = judgedIn(control, good, { subject, unread });
    expect(verdict.state).toBe('unknown');
    expect(reasonOf(verdict).split(reason)).toHaveLength(2);
    expect(aspects).toBeUndefined();
  });
}
