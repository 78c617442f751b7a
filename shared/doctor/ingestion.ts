import type { Inventory, Reading } from '../core/inventory';
import { same, subscriptionScope, type Resource } from '../core/resource';
import { streamOf, tables, type TableDefinition } from '../core/tables';
import { distinct, on, type Check, type Conclusions, type Context, type Examination } from './check';

const topic = {
  id: 'ingestion',
  title: 'Findings can be sent to their tables',
  wanted:
    'the data collection rule of LOGS_INGESTION_RULE_ID, with every column of the tables, a flow for each stream, and the endpoint of LOGS_INGESTION_ENDPOINT',
};

export interface Rule {
  readonly immutableId?: string;
  readonly provisioningState?: string;
  readonly dataCollectionEndpointId?: string;
  readonly endpoints?: { readonly logsIngestion?: string };
  readonly streamDeclarations?: Readonly<
    Record<string, { readonly columns?: readonly { readonly name?: string; readonly type?: string }[] }>
  >;
  readonly destinations?: {
    readonly logAnalytics?: readonly { readonly name?: string; readonly workspaceResourceId?: string }[];
  };
  readonly dataFlows?: readonly {
    readonly streams?: readonly string[];
    readonly outputStream?: string;
    readonly destinations?: readonly string[];
  }[];
}

const ruleType = 'Microsoft.Insights/dataCollectionRules';
const deploy = 'deploy infra/ again, and give the app its outputs as settings';

/** The rule that the settings name, in the subscription of the app or of its workspace. */
export function ruleOf(inventory: Inventory, { settings, surroundings }: Context): Reading<Resource<Rule> | undefined> {
  const ids = [settings.resourceGroupId, ...(settings.workspaceId === undefined ? [] : [settings.workspaceId])];
  const lists = distinct(ids.map(subscriptionScope)).map((scope) => inventory.list<Rule>(ruleType, scope));
  const all = lists.flatMap((list) => (list.state === 'read' ? list.value : []));
  const found = all.find(({ properties }) => same(properties?.immutableId, surroundings.ingestion.ruleId));
  const unread = lists.find((list) => list.state === 'unread');
  return found === undefined && unread?.state === 'unread' ? unread : { state: 'read', value: found };
}

export const ingestion: Examination = (inventory, context) => {
  const { ruleId } = context.surroundings.ingestion;
  const rule = ruleOf(inventory, context);
  const conclude = on(topic, rule.state === 'read' ? (rule.value?.id ?? ruleId) : ruleId);
  if (rule.state === 'unread') return [conclude.unknown(rule.reason, `grant ${ruleType}/read`)];
  if (rule.value === undefined)
    return [conclude.wrong(`there is no data collection rule with the immutable id ${ruleId}`, deploy)];
  return [judged(rule.value, { inventory, context, conclude })];
};

interface Situation {
  readonly inventory: Inventory;
  readonly context: Context;
  readonly conclude: Conclusions;
}

function judged(rule: Resource<Rule>, { inventory, context, conclude }: Situation): Check {
  const endpoint = endpointOf(rule, inventory);
  const { provisioningState: state = 'Succeeded' } = rule.properties ?? {};
  const wanted = context.surroundings.ingestion.endpoint;
  const problems = [
    ...(same(state, 'Succeeded') ? [] : [`its state is ${state}`]),
    ...tables.flatMap((table) => problemsOf(table, rule.properties ?? {})),
  ];
  if (endpoint.state === 'unread')
    return conclude.unknown(endpoint.reason, 'grant Microsoft.Insights/dataCollectionEndpoints/read');
  const isSame = same(withoutSlash(endpoint.value ?? ''), withoutSlash(wanted));
  const found =
    endpoint.value === undefined ? 'no endpoint of its own and none that it names' : `the endpoint ${endpoint.value}`;
  const all = [...problems, ...(isSame ? [] : [`it has ${found}, and LOGS_INGESTION_ENDPOINT is ${wanted}`])];
  return all.length === 0
    ? conclude.ok('streams, columns and endpoint are as the app needs them')
    : conclude.wrong(all.join('; '), deploy);
}

/** A rule of the kind Direct has an endpoint of its own, another names one. */
function endpointOf({ properties = {} }: Resource<Rule>, inventory: Inventory): Reading<string | undefined> {
  const { endpoints, dataCollectionEndpointId: id } = properties;
  if (endpoints?.logsIngestion !== undefined) return { state: 'read', value: endpoints.logsIngestion };
  if (id === undefined) return { state: 'read', value: undefined };
  const found = inventory.get<{ readonly logsIngestion?: { readonly endpoint?: string } }>(id);
  return found.state === 'unread' ? found : { state: 'read', value: found.value?.properties?.logsIngestion?.endpoint };
}

function problemsOf(table: TableDefinition, { streamDeclarations = {}, dataFlows = [] }: Rule): readonly string[] {
  const stream = streamOf(table);
  const declared = streamDeclarations[stream];
  if (declared === undefined) return [`stream ${stream} is not declared`];
  const wrong = Object.entries(table.columns).filter(
    ([name, type]) => declared.columns?.some((column) => column.name === name && column.type === type) !== true,
  );
  const flows = dataFlows.some(({ streams = [], outputStream }) => streams.includes(stream) && outputStream === stream);
  return [
    ...(wrong.length === 0
      ? []
      : [`stream ${stream} lacks ${wrong.map(([name, type]) => `${name} (${type})`).join(', ')}`]),
    ...(flows ? [] : [`no data flow takes stream ${stream} to its table`]),
  ];
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
