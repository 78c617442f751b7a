import type { ObjectKind } from '../core/kubernetes-object';
import { readKinds } from '../kubernetes/kinds';
import type { Right } from './rights';

const clusters = 'Microsoft.ContainerService/managedClusters';

/** Groups whose kinds have actions of their own (Azure Kubernetes Service: data actions); others are custom resources. */
const ownGroups = ['', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io'];

/** Reading what is in clusters: how they are reached, and exactly the kinds that are read. */
export const clusterRights: readonly Right[] = [
  {
    action: `${clusters}/listClusterUserCredential/action`,
    at: 'subscription',
    role: 'cluster-reader',
    why: 'the address and the authority of a cluster’s API server; only asked of clusters with Entra ID, where it holds no key',
  },
  ...readKinds.map(({ why, names, ...kind }): Right => ({
    action: dataActionOf(kind),
    at: 'subscription',
    role: 'cluster-reader',
    plane: 'data',
    why: [
      `${kind.plural}: ${why}`,
      ...(names === undefined ? [] : [`only ${names.join(', ')} are asked for, which Azure’s roles cannot say`]),
    ].join('; '),
  })),
];

function dataActionOf({ group, plural }: ObjectKind): string {
  if (!ownGroups.includes(group)) return `${clusters}/customresources/read`;
  return [clusters, ...(group === '' ? [] : [group]), plural, 'read'].join('/');
}
