import { badRequest, notFound } from './answers';
import type { Cloud } from './cloud';
import { key, nameOf, same } from './ids';
import type { Answer, Fields, Request } from './wire';
import { fieldsOf, itemsOf, textOf } from './wire';

/** Tables of workspaces that receive rows besides those that were ingested here: nothing until it is put in. */
export interface Usage {
  set(workspaceId: string, tables: readonly string[]): void;
  of(workspaceId: string): readonly string[];
}

export function createUsage(): Usage {
  const kept = new Map<string, readonly string[]>();
  return {
    set: (workspaceId, tables) => void kept.set(key(workspaceId), [...tables]),
    of: (workspaceId) => kept.get(key(workspaceId)) ?? [],
  };
}

export const workspaceQuery = 'Microsoft.OperationalInsights/workspaces/query';

/** The table that a query begins with: reading it needs a right of its own. */
export const tableIn = (query: string | null): string => /^\s*(\w+)/.exec(query ?? '')?.[1] ?? '';

/**
 * GET of `query` at a workspace. derived: of the Kusto query language nothing is known but this one question, and rows are in
 * Usage at once, which Azure writes by the hour.
 */
export function queryWorkspace(cloud: Cloud, { query }: Request, workspaceId: string): Answer {
  if (cloud.store.get(workspaceId) === undefined) return notFound.parent('read', workspaceQuery, workspaceId);
  const text = query.get('query') ?? '';
  if (!/^\s*Usage\s*\|\s*where\s+TimeGenerated\s*>\s*ago\(\d+d\)\s*\|\s*distinct\s+DataType\s*$/.test(text))
    return badRequest('BadArgumentError', `The simulated workspace does not know the query ${text}`);
  const rows = [...new Set([...cloud.usage.of(workspaceId), ...ingestedInto(cloud, workspaceId)])].map((name) => [
    name,
  ]);
  const columns = [{ name: 'DataType', type: 'string' }];
  return { status: 200, body: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
}

/** Tables that a data collection rule filled in the workspace. */
function ingestedInto({ store, rows }: Cloud, workspaceId: string): readonly string[] {
  const rules = [...store.ofType('Microsoft.Insights/dataCollectionRules')];
  return rules.flatMap(({ properties }) => {
    const names = itemsOf(fieldsOf(properties, 'destinations')['logAnalytics'])
      .filter((one) => same(textOf(one['workspaceResourceId']), workspaceId))
      .map(({ name }) => name);
    return itemsOf(properties?.['dataFlows']).flatMap((flow) => filledBy(flow, names, rows));
  });
}

function filledBy(
  { streams, destinations, outputStream }: Fields,
  names: readonly unknown[],
  rows: Cloud['rows'],
): readonly string[] {
  const isHere = Array.isArray(destinations) && destinations.some((name) => names.includes(name));
  const hasRows = Array.isArray(streams) && streams.some((stream) => (rows.get(textOf(stream)) ?? []).length > 0);
  return isHere && hasRows ? [nameOf(textOf(outputStream)).replace(/^(Custom|Microsoft)-/, '')] : [];
}
