import type { ClusterObject } from '../wire';
import { fieldsOf, itemsOf, textOf } from '../wire';

/** Kinds that every cluster of today has, by group and version. derived: from the API reference. */
const builtIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/v1': {
    namespaces: 'Namespace',
    pods: 'Pod',
    services: 'Service',
    configmaps: 'ConfigMap',
    secrets: 'Secret',
    serviceaccounts: 'ServiceAccount',
    nodes: 'Node',
  },
  'apps/v1': {
    deployments: 'Deployment',
    daemonsets: 'DaemonSet',
    statefulsets: 'StatefulSet',
    replicasets: 'ReplicaSet',
  },
  'batch/v1': { jobs: 'Job', cronjobs: 'CronJob' },
  'networking.k8s.io/v1': {
    networkpolicies: 'NetworkPolicy',
    ingresses: 'Ingress',
    ingressclasses: 'IngressClass',
  },
  'rbac.authorization.k8s.io/v1': {
    roles: 'Role',
    rolebindings: 'RoleBinding',
    clusterroles: 'ClusterRole',
    clusterrolebindings: 'ClusterRoleBinding',
  },
};

/** Kinds by their plural, of each group and version that the cluster serves. */
export type Served = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What is built in, what its definitions define, and what it has objects of. */
export function servedBy(objects: readonly ClusterObject[]): Served {
  const served = new Map(Object.entries(builtIn).map(([at, kinds]) => [at, new Map(Object.entries(kinds))]));
  const add = (at: string, plural: string, kind: string): void => {
    served.set(at, (served.get(at) ?? new Map<string, string>()).set(plural, kind));
  };
  for (const { group, version, plural, object } of objects) {
    add(`${group}/${version}`, plural, textOf(object['kind']));
    if (plural !== 'customresourcedefinitions') continue;
    const { group: defined, names, versions, version: only } = fieldsOf(object, 'spec');
    const all = [
      ...itemsOf(versions)
        .filter(({ served }) => served !== false)
        .map(({ name }) => textOf(name)),
      textOf(only),
    ].filter((name) => name !== '');
    for (const one of all)
      add(`${textOf(defined)}/${one}`, textOf(fieldsOf(names)['plural']), textOf(fieldsOf(names)['kind']));
  }
  return served;
}

/** Stable ones first, and of these the newest. */
export function versionsOf(served: Served, group: string): readonly string[] {
  const versions = [...served.keys()]
    .filter((at) => at.startsWith(`${group}/`))
    .map((at) => at.slice(group.length + 1));
  const rank = (version: string): number => {
    const [, major = '0', stage = 'stable', minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return ['alpha', 'beta', 'stable'].indexOf(stage) * 1e6 + Number(major) * 1e3 + Number(minor);
  };
  return versions.toSorted((left, right) => rank(right) - rank(left));
}
