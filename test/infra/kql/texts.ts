import { join } from 'node:path';
import { alertsIn, solutionIn } from '../../../infra/compile/sentinel-files';
import { connectorIn } from '../../../infra/compile/sentinel/connector';
import { logAlertIn } from '../../../infra/compile/sentinel/log-alert';
import { ruleIn } from '../../../infra/compile/sentinel/rule';
import { huntingQueryIn, parserIn } from '../../../infra/compile/sentinel/saved-search';
import { workspaceWith } from './workspace';
import { workbookIn } from '../workbook-schema';

export const root = join(__dirname, '../../..');

const solution = solutionIn(root);
export const rules = solution.rules.map(ruleIn);
export const huntingQueries = solution.huntingQueries.map(huntingQueryIn);
export const parsers = solution.parsers.map(parserIn);
export const connector = connectorIn(solution.connector);
export const alerts = alertsIn(root).map(logAlertIn);
export const workbook = workbookIn(solution.workbook);

/** What a workbook puts in the place of its parameters when somebody has chosen everything. */
const tokens: Readonly<Record<string, string>> = {
  '{Subscriptions}': "'*'",
  '{Controls}': "'*'",
  '{TimeRange}': '>= ago(30d)',
};

export const withParameters = (query: string, values = tokens): string =>
  query.replaceAll(/\{[A-Za-z][\w:]*\}/g, (token) => values[token] ?? token);

const workbookQueries = workbook.items.flatMap((item): readonly (readonly [string, string])[] => {
  if (item.type === 3) return [[`workbook: ${item.name}`, item.content.query] as const];
  if (item.type === 1) return [];
  return item.content.parameters.flatMap((one) =>
    one.type === 2 ? [[`workbook parameter: ${one.name}`, one.query] as const] : [],
  );
});

/** Every text of KQL that is deployed, by a name that tells where it is. */
export const queries: readonly (readonly [string, string])[] = [
  ...rules.map(({ name, query }) => [`rule: ${name}`, query] as const),
  ...huntingQueries.map(({ name, query }) => [`hunting query: ${name}`, query] as const),
  ...parsers.map(({ FunctionName, FunctionQuery }) => [`parser: ${FunctionName}`, FunctionQuery] as const),
  ...alerts.map(({ name, query }) => [`alert: ${name}`, query] as const),
  ...workbookQueries.map(([name, query]) => [name, withParameters(query)] as const),
  ...connector.graphQueries.map(({ legend, baseQuery }) => [`connector: graph of ${legend}`, baseQuery] as const),
  ...connector.sampleQueries.map(({ description, query }) => [`connector: ${description}`, query] as const),
  ...connector.dataTypes.map(
    ({ name, lastDataReceivedQuery }) => [`connector: ${name}`, lastDataReceivedQuery] as const,
  ),
  ...connector.connectivityCriterias.flatMap(({ value }) =>
    value.map((query) => ['connector: connectivity', query] as const),
  ),
];

const functions = Object.fromEntries(parsers.map(({ FunctionAlias, FunctionQuery }) => [FunctionAlias, FunctionQuery]));

/** The workspace as it is deployed. */
export const workspace = workspaceWith(functions);
/** The same without what others bring. */
export const bareWorkspace = workspaceWith(functions, []);

export function queryOf(name: string): string {
  const found = queries.find(([one]) => one === name);
  if (found === undefined) throw new Error(`there is no query ${name}`);
  return found[1];
}
