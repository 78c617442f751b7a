import { compileRoles, type CompiledRole } from '../../infra/compile/roles';
import { controls } from '../../shared/controls/index';
import type { Place } from '../../shared/rights/own-rights';
import type { Estate, Grant } from './subscription/index';

/** The settings of the app that its deployment makes roles of. */
type Settings = Readonly<Record<string, string>>;

/** What the deployment assigns to the app: the compiled roles, with what the settings turn on, at their scopes. */
export function grantsOf(estate: Estate, settings: Settings): readonly Grant[] {
  const own = settings['STEWARD_RESOURCE_GROUP_ID'] ?? '';
  const accounts = accountsIn(estate, settings);
  const scopes: Readonly<Record<Place, readonly string[]>> = {
    subscription: listed(settings['SUBSCRIPTION_IDS']).map((id) => `/subscriptions/${id}`),
    ownGroup: [own],
    flowLogStorage: accounts,
    workspaceGroup: workspacesIn(estate, settings).map((id) => id.split('/').slice(0, 5).join('/')),
    managementGroup: [''],
  };
  const on = [...listed(settings['REMEDIATE']), ...(settings['CANARY'] === 'hourly' ? ['canary'] : [])];
  return [
    ...compileRoles(controls).roles.flatMap((role) =>
      [...new Set(scopes[role.scope])].map((scope) => ({
        role: role.key,
        scope,
        actions: allowed(role, on),
        dataActions: role.dataActions,
      })),
    ),
    {
      role: 'Monitoring Metrics Publisher',
      scope: ruleIn(own),
      actions: [],
      dataActions: ['Microsoft.Insights/Telemetry/Write'],
    },
    ...[own, ...accounts].map((scope) => ({ role: 'Storage Blob Data Reader', scope, actions: [], dataActions })),
  ];
}

/** The data collection rule of the sandbox's deployment. */
const ruleIn = (group: string): string => `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr-steward`;

const dataActions = ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'];

export function allowed({ actions, when }: CompiledRole, on: readonly string[]): readonly string[] {
  return [...actions, ...on.flatMap((condition) => when[condition] ?? [])];
}

function listed(setting = ''): readonly string[] {
  return setting
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Those that the settings name, and those of flow logs that were there before. */
function accountsIn({ resources }: Estate, settings: Settings): readonly string[] {
  const named = listed(settings['FLOW_LOG_STORAGE']).map((item) => item.slice(item.indexOf('=') + 1));
  return distinct([...named, ...valuesOf(resources, 'storageId')]);
}

function workspacesIn({ resources }: Estate, settings: Settings): readonly string[] {
  return distinct([
    ...listed(settings['TRAFFIC_ANALYTICS_WORKSPACE_ID']),
    ...valuesOf(resources, 'workspaceResourceId'),
  ]);
}

/** Of all flow logs: what they hold under a name, wherever it is. */
function valuesOf(resources: Estate['resources'], name: string): readonly string[] {
  const logs = JSON.stringify(resources.filter(({ id }) => /\/flowLogs\/[^/]+$/i.test(id)));
  return [...logs.matchAll(new RegExp(`"${name}":"([^"]+)"`, 'g'))].map(([, value = '']) => value);
}

const distinct = (ids: readonly string[]): readonly string[] => [
  ...new Map(ids.map((id) => [id.toLowerCase(), id])).values(),
];
