import { refusal } from './answers';
import { blobAccountIn, isBlobService, storageRefusal } from './blob-service';
import { callers } from './events';
import type { Settings } from './cloud';
import { isAtOrBelow, key, nameOf, placeOf, same } from './ids';
import { tableIn, workspaceQuery } from './log-query';
import type { Store } from './store';
import type { Answer, Request } from './wire';
import { fieldsOf, textOf } from './wire';

/** What a role lets Steward's identity do at a scope and below; the scope of the tenant's root group is empty. */
export interface Grant {
  readonly role: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly dataActions?: readonly string[];
}

export interface Authorization {
  /** Azure's refusal of what no grant allows. */
  refuse(request: Request): Answer | undefined;
  /** Whether a grant lets Steward's identity do it at the scope. */
  may(action: string, scope: string): boolean;
  /** What was asked for and allowed, as `role: action`; of several roles, the one with the narrowest scope. */
  readonly used: ReadonlySet<string>;
}

/** An action at a scope, which one request needs. */
interface Need {
  readonly action: string;
  readonly scope: string;
  /** Azure checks it on another resource than the one that is asked for. */
  readonly linkedTo?: Need;
}

/** Without grants Steward's identity may do everything, as the deployer always may. */
export function createAuthorization(
  grants: readonly Grant[] | undefined,
  { settings, store }: { readonly settings: Settings; readonly store: Store },
): Authorization {
  const used = new Set<string>();
  const held = (grants ?? [])
    .toSorted((left, right) => right.scope.length - left.scope.length)
    .map(({ role, scope, actions, dataActions = [] }) => ({
      role,
      scope,
      actions: new Map([...actions, ...dataActions].map((action) => [key(action), action])),
    }));
  const allows = ({ action, scope }: Need): boolean => {
    const grant = held.find((one) => one.actions.has(key(action)) && reaches(one.scope, scope));
    if (grant !== undefined) used.add(`${grant.role}: ${grant.actions.get(key(action)) ?? action}`);
    return grant !== undefined;
  };
  return {
    used,
    may: (action, scope) => allows({ action, scope }),
    refuse: (request) => {
      if (grants === undefined || request.caller !== 'steward') return undefined;
      if (isBlobService(request.path)) return refuseBlobs(request, store, allows);
      const missing = needsOf(request).find((need) => !allows(need));
      return missing && unauthorized(missing, settings);
    },
  };
}

/** What is the tenant's own, as built-in policies, may be read by whoever may read it anywhere. */
/** Whether what is granted at a scope is granted at another one. */
export function reaches(grant: string, scope: string): boolean {
  return grant === '' || scope === '' || isAtOrBelow(scope, grant);
}

const readBlobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';

function refuseBlobs({ path }: Request, store: Store, allows: (need: Need) => boolean): Answer | undefined {
  const account = [...store.ofType('Microsoft.Storage/storageAccounts')].find(({ id }) =>
    same(nameOf(id), blobAccountIn(path)),
  );
  if (account === undefined || allows({ action: readBlobs, scope: account.id })) return undefined;
  const message = 'This request is not authorized to perform this operation using this permission.';
  return storageRefusal(403, 'AuthorizationPermissionMismatch', message);
}

const verbs: Readonly<Record<string, string>> = { GET: 'read', HEAD: 'read', DELETE: 'delete', POST: 'action' };

/** The actions that a request to Resource Manager needs (Azure RBAC: resource provider operations). */
export function needsOf(request: Request): readonly Need[] {
  const { method, path } = request;
  // derived: no action is listed for the operations of storage.
  if (/\/providers\/Microsoft\.Storage\/locations\/[^/]+\/asyncoperations\/[^/]+$/i.test(path)) return [];
  // What a feature belongs to stands in its path as one more provider.
  if (/\/providers\/Microsoft\.Features\/providers\/[^/]+\/features(\/|$)/i.test(path))
    return [{ action: 'Microsoft.Features/providers/features/read', scope: path }];
  const place = placeOf(path);
  if (place.kind === 'nothing') return [];
  if (place.kind === 'provider') return [{ action: providersRead(place.scope), scope: place.scope }];
  const scope = place.kind === 'resource' ? place.id : (place.parent ?? place.scope);
  const action = `${typeNamed(place.type, place.scope)}/${verbs[method] ?? 'write'}`;
  // The one question that is checked against both (Azure Policy: permissions).
  if (/\/queryResults\/action$/i.test(action))
    return [action, action.replace(/action$/, 'read')].map((one) => ({ action: one, scope }));
  const need = { action, scope };
  // derived: a table without a right is refused; Azure may show it without rows.
  if (same(place.type, workspaceQuery))
    return [need, { action: `${workspaceQuery}/${tableIn(request.query.get('query'))}/read`, scope }];
  return [need, ...linkedTo(need, request)];
}

const providersRead = (scope: string): string =>
  scope === '' ? 'Microsoft.Resources/providers/read' : 'Microsoft.Resources/subscriptions/providers/read';

/** Containers have names of their own among the actions. */
function typeNamed(type: string, scope: string): string {
  const container = /^Microsoft\.Resources\/(resourceGroups|providers|resources)$/i.exec(type)?.[1];
  return container === undefined || scope === '' ? type : `Microsoft.Resources/subscriptions/${container}`;
}

/** Network Watcher: Azure role-based access control permissions required to use Network Watcher capabilities. */
function linkedTo(need: Need, { method, path, body }: Request): readonly Need[] {
  if (method !== 'PUT' || !/\/networkWatchers\/[^/]+\/flowLogs\/[^/]+$/i.test(path)) return [];
  const properties = fieldsOf(body, 'properties');
  const analytics = fieldsOf(properties, 'flowAnalyticsConfiguration', 'networkWatcherFlowAnalyticsConfiguration');
  const workspace = textOf(analytics['workspaceResourceId']);
  const subscription = path.split('/').slice(0, 3).join('/');
  const at = (scope: string, actions: readonly string[]): readonly Need[] =>
    actions.map((action) => ({ action, scope, linkedTo: need }));
  return [
    ...at(subscription, forLogs),
    ...at(textOf(properties['storageId']), forAccounts),
    ...(analytics['enabled'] === true && workspace !== ''
      ? [
          ...at(subscription, forAnalytics),
          ...at(workspace, forWorkspaces),
          ...at(workspace.split('/').slice(0, 5).join('/'), besideWorkspaces),
        ]
      : []),
    ...(/\/networkSecurityGroups\/[^/]+$/i.test(textOf(properties['targetResourceId']))
      ? at(textOf(properties['targetResourceId']), ['Microsoft.Network/networkSecurityGroups/write'])
      : []),
  ];
}

const forLogs = [
  'Microsoft.Network/networkWatchers/configureFlowLog/action',
  'Microsoft.Network/networkWatchers/queryFlowLogStatus/action',
];
const forAccounts = ['read', 'listKeys/action', 'listServiceSas/action', 'listAccountSas/action'].map(
  (verb) => `Microsoft.Storage/storageAccounts/${verb}`,
);
const forAnalytics = [
  'Microsoft.Network/applicationGateways/read',
  'Microsoft.Network/connections/read',
  'Microsoft.Network/expressRouteCircuits/read',
  'Microsoft.Network/loadBalancers/read',
  'Microsoft.Network/localNetworkGateways/read',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Network/networkSecurityGroups/read',
  'Microsoft.Network/publicIPAddresses/read',
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/virtualNetworkGateways/read',
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Compute/virtualMachineScaleSets/read',
];
const forWorkspaces = [
  'Microsoft.OperationalInsights/workspaces/read',
  'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
];
const besideWorkspaces = ['dataCollectionRules', 'dataCollectionEndpoints'].flatMap((type) =>
  ['read', 'write', 'delete'].map((verb) => `Microsoft.Insights/${type}/${verb}`),
);

function unauthorized({ action, scope, linkedTo }: Need, { identityClientId, tenantId }: Settings): Answer {
  const { objectId } = callers.steward(identityClientId, tenantId);
  const client = `The client '${identityClientId}' with object id '${objectId}'`;
  if (linkedTo === undefined) {
    return refusal(
      403,
      'AuthorizationFailed',
      `${client} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is ` +
        'invalid. If access was recently granted, please refresh your credentials.',
    );
  }
  return refusal(
    403,
    'LinkedAuthorizationFailed',
    `${client} has permission to perform action '${linkedTo.action}' on scope '${linkedTo.scope}'; however, it does not ` +
      `have permission to perform action '${action}' on the linked scope(s) '${scope}' or the linked scope(s) are invalid.`,
  );
}
