import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, subscriptionScope, type Resource } from '../../core/resource';
import { at, fieldsIn, textOf, textsIn } from '../fields';
import type { Surroundings } from '../judgement';

const types = {
  assignment: 'Microsoft.Authorization/roleAssignments',
  definition: 'Microsoft.Authorization/roleDefinitions',
} as const;

/** What the cluster cannot tell where Azure RBAC decides about people. */
export const azureRoles: Surroundings = {
  reads: Object.values(types),
  facts: (cluster, inventory) =>
    at(cluster.properties, 'aadProfile', 'enableAzureRBAC') === true
      ? { azureRoles: azureRolesOf(cluster, inventory) }
      : {},
};

/**
 * Whether people have narrower rights in the cluster than its administrators, by role assignments of Azure: those above
 * it, at it, and at its namespaces («AKS: use Azure RBAC for Kubernetes authorization»).
 */
function azureRolesOf({ id }: Resource, inventory: Inventory): Reading<boolean> {
  const subscription = subscriptionScope(id);
  const listed = inventory.list(types.assignment, subscription);
  if (listed.state === 'unread') return { state: 'unread', reason: `role assignments: ${listed.reason}` };
  const grants = listed.value.map((one) => grantOf(one, id)).filter((one) => one !== undefined);
  const known = grants.filter(({ role }) => builtIn.has(role));
  if (known.some((grant) => isNarrow(grant, builtIn.get(grant.role)))) return { state: 'read', value: true };
  const readings = grants
    .filter(({ role }) => !builtIn.has(role))
    .map((grant) => ({ grant, definition: inventory.get(definitionId(subscription, grant.role)) }));
  const isAny = readings.some(
    ({ grant, definition }) => definition.state === 'read' && isNarrow(grant, reachOf(definition.value)),
  );
  const unread = readings.flatMap(({ grant, definition }) =>
    definition.state === 'unread' ? [`role definition ${grant.role}: ${definition.reason}`] : [],
  );
  if (isAny || unread[0] === undefined) return { state: 'read', value: isAny };
  return { state: 'unread', reason: unread[0] };
}

/** A role of people that holds in the cluster. */
interface Grant {
  /** The name of its definition, in lower case. */
  readonly role: string;
  readonly where: 'cluster' | 'namespace';
}

function grantOf({ properties }: Resource, clusterId: string): Grant | undefined {
  const [type, scope, definition] = ['principalType', 'scope', 'roleDefinitionId'].map((name) =>
    keyOf(textOf(at(properties, name))),
  );
  const where = placeOf(scope ?? '', keyOf(clusterId));
  const role = nameOf(definition ?? '');
  const isOfPeople = /^(user|group|foreigngroup)$/.test(type ?? '');
  return isOfPeople && where !== undefined && role !== '' ? { role, where } : undefined;
}

/** What a subscription lists from above it holds in all of it. */
function placeOf(scope: string, cluster: string): Grant['where'] | undefined {
  if (scope.startsWith(`${cluster}/`)) return 'namespace';
  const isAbove = scope === '/' || scope.startsWith('/providers/microsoft.management/managementgroups/');
  const holds = isAbove || scope === cluster || (scope !== '' && cluster.startsWith(`${scope}/`));
  return holds ? 'cluster' : undefined;
}

/** What a role may do with objects of clusters. */
type Reach = 'nothing' | 'some' | 'everything';

/** Built-in roles that need no look at their definitions («Azure built-in roles»). */
const builtIn: ReadonlyMap<string, Reach> = new Map([
  // Azure Kubernetes Service RBAC Reader, Writer, Admin and Cluster Admin.
  ['7f6c6a51-bcf8-42ba-9220-52d62157d7db', 'some'],
  ['a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb', 'some'],
  ['3498e952-d568-435e-9b2c-8d77e338d7f7', 'everything'],
  ['b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b', 'everything'],
  // Owner, Contributor, Reader and User Access Administrator hold nothing inside clusters.
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'nothing'],
  ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'nothing'],
  ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'nothing'],
  ['18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'nothing'],
]);

const definitionId = (subscription: string, role: string): string =>
  `${subscription}/providers/${types.definition}/${role}`;

/** Who may do everything in one namespace is no administrator of the cluster. */
function isNarrow({ where }: Grant, reach: Reach | undefined): boolean {
  return reach === 'some' || (reach === 'everything' && where === 'namespace');
}

const inClusters = 'microsoft.containerservice/managedclusters/';

/** A role of everything is one of administrators, whatever little it leaves out. */
function reachOf(definition: Resource | undefined): Reach {
  const reaches = fieldsIn(at(definition?.properties, 'permissions'))
    .flatMap(({ dataActions }) => textsIn(dataActions))
    .map((action) => reachOfAction(keyOf(action)));
  return (['everything', 'some'] as const).find((reach) => reaches.includes(reach)) ?? 'nothing';
}

function reachOfAction(action: string): Reach {
  const [prefix = ''] = action.split('*');
  if (prefix.startsWith(inClusters) && prefix !== inClusters) return 'some';
  if (!action.includes('*') || !inClusters.startsWith(prefix)) return 'nothing';
  return action === `${prefix}*` ? 'everything' : 'some';
}
