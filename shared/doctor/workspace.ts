import type { Inventory } from '../core/inventory';
import { nameOf, same, type Resource } from '../core/resource';
import { tables, type ColumnType, type TableDefinition } from '../core/tables';
import { distinct, on, type Check, type Context, type Examination } from './check';
import { ruleOf } from './ingestion';

const topic = {
  id: 'workspace',
  title: 'The workspaces exist',
  wanted: 'the workspace that the data collection rule fills, and the one of TRAFFIC_ANALYTICS_WORKSPACE_ID',
};

const workspaceType = 'Microsoft.OperationalInsights/workspaces';

interface Workspace {
  readonly provisioningState?: string;
}

export const workspaces: Examination = (inventory, context) => {
  const { workspaceId: forAnalytics } = context.settings;
  const ids = distinct([...workspaceIdsOf(inventory, context), ...(forAnalytics === undefined ? [] : [forAnalytics])]);
  return ids.map((id) => judgedWorkspace(id, inventory));
};

/** Where the rule sends findings to; none where the rule is not known, which another check tells. */
function workspaceIdsOf(inventory: Inventory, context: Context): readonly string[] {
  const rule = ruleOf(inventory, context);
  const value = rule.state === 'read' ? rule.value : undefined;
  return distinct(
    (value?.properties?.destinations?.logAnalytics ?? []).flatMap(
      ({ workspaceResourceId }) => workspaceResourceId ?? [],
    ),
  );
}

function judgedWorkspace(id: string, inventory: Inventory): Check {
  const conclude = on(topic, id);
  const workspace = inventory.get<Workspace>(id);
  if (workspace.state === 'unread') return conclude.unknown(workspace.reason, `grant ${workspaceType}/read`);
  const todo = 'deploy infra/ again, or name another workspace as its parameter';
  if (workspace.value === undefined) return conclude.wrong('it does not exist', todo);
  const { provisioningState: state = 'Succeeded' } = workspace.value.properties ?? {};
  return same(state, 'Succeeded') ? conclude.ok('it is there') : conclude.wrong(`its state is ${state}`, todo);
}

/** Days. */
const leastRetention = 90;

const tableTopic = {
  id: 'tables',
  title: 'The tables of findings have every column and are kept',
  wanted: `each table with all its columns, on the plan Analytics, kept for ${leastRetention} days at least`,
};

interface Table {
  readonly plan?: string;
  readonly retentionInDays?: number;
  readonly totalRetentionInDays?: number;
  readonly schema?: { readonly columns?: readonly { readonly name?: string; readonly type?: string }[] };
}

export const findingTables: Examination = (inventory, context) =>
  workspaceIdsOf(inventory, context).flatMap((id) => tables.map((table) => judgedTable(table, id, inventory)));

function judgedTable(table: TableDefinition, workspaceId: string, inventory: Inventory): Check {
  const id = `${workspaceId}/tables/${table.name}`;
  const conclude = on(tableTopic, id);
  const found = inventory.get<Table>(id);
  if (found.state === 'unread') return conclude.unknown(found.reason, `grant ${workspaceType}/tables/read`);
  if (found.value === undefined) return conclude.wrong('it does not exist', 'deploy infra/ again');
  const problems = problemsOf(table, found.value);
  const days = daysOf(found.value);
  if (problems.length > 0) return conclude.wrong(problems.join('; '), 'deploy infra/ again');
  return days === undefined
    ? conclude.unknown('how long it is kept is not told', 'look at its retention in the workspace')
    : conclude.ok(`all ${Object.keys(table.columns).length} columns, kept for ${days} days`);
}

function daysOf({ properties = {} }: Resource<Table>): number | undefined {
  const { retentionInDays, totalRetentionInDays = retentionInDays } = properties;
  return totalRetentionInDays;
}

function problemsOf({ columns }: TableDefinition, found: Resource<Table>): readonly string[] {
  const { plan = 'Analytics', schema } = found.properties ?? {};
  const wrong = Object.entries(columns).filter(([name, type]) => !has(schema?.columns ?? [], name, type));
  const days = daysOf(found);
  return [
    ...(wrong.length === 0 ? [] : [`it lacks ${wrong.map(([name, type]) => `${name} (${type})`).join(', ')}`]),
    ...(same(plan, 'Analytics') ? [] : [`its plan is ${plan}, which analytics rules cannot use`]),
    ...(days !== undefined && days < leastRetention ? [`it is kept for ${days} days`] : []),
  ];
}

/** A table spells `dateTime` what a stream spells `datetime`; names of columns differ by case. */
function has(
  columns: readonly { readonly name?: string; readonly type?: string }[],
  name: string,
  type: ColumnType,
): boolean {
  return columns.some((column) => column.name === name && same(column.type, type));
}

const sentinelTopic = {
  id: 'sentinel',
  title: 'Microsoft Sentinel is on',
  wanted: 'Microsoft Sentinel onboarded on the workspace of the findings, where it is used',
};

export const sentinel: Examination = (inventory, context) =>
  workspaceIdsOf(inventory, context).map((id) => {
    const conclude = on(sentinelTopic, id);
    const state = inventory.get(`${id}/providers/Microsoft.SecurityInsights/onboardingStates/default`);
    if (state.state === 'unread')
      return conclude.unknown(state.reason, 'grant Microsoft.SecurityInsights/onboardingStates/read');
    if (state.value === undefined)
      return conclude.notApplicable(
        `workspace ${nameOf(id)} is not onboarded: findings are rows, and no rule of Sentinel looks at them`,
      );
    return conclude.ok('it is onboarded');
  });
