import type { Found } from '../core/ports';
import { usageDays, usageType } from '../core/table-usage';
import type { Arm, GetJson } from './arm-reader';
import { apiVersionOf } from './api-versions';
import { badAnswer } from './refusal';

/** In the Kusto query language; reads one table, and is answered within moments. */
export const usageQuery = `Usage | where TimeGenerated > ago(${usageDays}d) | distinct DataType`;

interface Answer {
  readonly tables?: readonly {
    readonly columns?: readonly { readonly name?: string }[];
    readonly rows?: readonly (readonly unknown[])[];
  }[];
  /** There beside the rows when some of them are missing. */
  readonly error?: unknown;
}

/**
 * Tables of a workspace that received rows, through Resource Manager («Azure Monitor: Logs query API»). As a GET the
 * question needs no right but to read. Throws AzureError.
 */
export async function tablesWithRows(get: GetJson, { endpoint }: Arm, workspace: string): Promise<Found> {
  const version = apiVersionOf(usageType) ?? '';
  const url = `${endpoint}${encodeURI(workspace)}/query?api-version=${version}&query=${encodeURIComponent(usageQuery)}`;
  const { tables, error } = (await get(url)) as Answer;
  const [table] = tables ?? [];
  const column = table?.columns?.findIndex(({ name }) => name === 'DataType') ?? -1;
  if (error !== undefined && error !== null) throw badAnswer('a part of the rows of Usage');
  if (column < 0 || !Array.isArray(table?.rows)) throw badAnswer('no rows of Usage');
  const names = table.rows.map((row) => row[column]).filter((name) => typeof name === 'string');
  return names.map((name) => ({ id: `${workspace}/query/Usage/${name}`, name, type: usageType, properties: {} }));
}
