import { fieldsOf, isFields, listOf, textOf, type Fields } from './fields';
import { nameOf, namespaceOf, titleOf } from './names';
import type { Subject } from './subject';

/** A workload, and whether its pods can sign in as their ServiceAccount. */
export interface TokenUse {
  /** `Deployment app/web`. */
  readonly workload: string;
  readonly account: Extract<Subject, { kind: 'ServiceAccount' }>;
  readonly mountsToken: boolean;
}

const templates: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  ReplicationController: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Every workload among the objects, with the ServiceAccount that its pods have («Kubernetes: configure service accounts»). */
export function tokenUses(objects: readonly Fields[]): readonly TokenUse[] {
  const accounts = new Map(
    objects
      .filter((object) => object.kind === 'ServiceAccount')
      .map((object) => [`${namespaceOf(object)}/${nameOf(object)}`, object]),
  );
  return objects.flatMap((object) => useOf(object, accounts) ?? []);
}

function useOf(object: Fields, accounts: ReadonlyMap<string, Fields>): TokenUse | undefined {
  const kind = textOf(object, 'kind') ?? '';
  const path = Object.hasOwn(templates, kind) ? templates[kind] : undefined;
  if (path === undefined) return undefined;
  const spec = fieldsOf(path.reduce<Fields>(fieldsOf, object), 'spec');
  const namespace = namespaceOf(object);
  const name = textOf(spec, 'serviceAccountName') ?? textOf(spec, 'serviceAccount') ?? 'default';
  return {
    workload: titleOf(kind, namespace, nameOf(object)),
    account: { kind: 'ServiceAccount', namespace, name },
    mountsToken: mountsToken(spec, accounts.get(`${namespace}/${name}`)),
  };
}

/** The pod's own word, else the ServiceAccount's, else yes; or a token that the pod asks for as a volume. */
function mountsToken(spec: Fields, account: Fields | undefined): boolean {
  const said = [spec, account].map((one) => one?.automountServiceAccountToken).find((one) => typeof one === 'boolean');
  return said !== false || listOf(spec, 'volumes').some(isTokenVolume);
}

function isTokenVolume(volume: unknown): boolean {
  return listOf(fieldsOf(volume, 'projected'), 'sources').some((source) => {
    if (!isFields(source) || !isFields(source.serviceAccountToken)) return false;
    return isForApiServer(textOf(source.serviceAccountToken, 'audience'));
  });
}

/** A token for another audience, as for the exchange of workload identity, does not open the API server. */
function isForApiServer(audience: string | undefined): boolean {
  return audience === undefined || audience.startsWith('https://');
}
