import { namespacesOfAks } from '../managed-namespaces';

/** What the judgement has to know besides the objects. What is absent is not known. */
export interface ClusterRoleFacts {
  /** Kinds that could not be read, and why. */
  readonly unread?: Readonly<Record<string, string>>;
  /** The ARM property `aadProfile.adminGroupObjectIDs`. */
  readonly adminGroups?: readonly string[];
  /** How many members each group has, by its object id. */
  readonly members?: Readonly<Record<string, number>>;
  /** Whether the cluster takes its local administrator's certificate. */
  readonly localAccounts?: boolean;
  /** Whether Azure RBAC decides about people, so that their rights are not to be seen in the cluster. */
  readonly azureRbac?: boolean;
  /** Whether people have narrower rights on the cluster than its administrators, by role assignments of Azure. */
  readonly azureRoles?: boolean;
  /** Why that could not be read. */
  readonly azureRolesUnread?: string;
  /** ServiceAccounts that need broad rights, `namespace/name`, with who answers for it and why. */
  readonly exceptions?: readonly { readonly account: string; readonly owner: string; readonly reason: string }[];
  /** Namespaces that AKS manages, besides those that it manages on every cluster. */
  readonly managedNamespaces?: readonly string[];
  /** As `1.35`: from then on a WebSocket's exec needs create, too. */
  readonly kubernetesVersion?: string;
}

export function isManaged(namespace: string, facts: ClusterRoleFacts): boolean {
  return namespacesOfAks.includes(namespace) || facts.managedNamespaces?.includes(namespace) === true;
}
