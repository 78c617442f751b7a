import { tables, type TableDefinition } from '../../shared/core/tables';
import { connectorDefinition, connectorIn } from './sentinel/connector';
import { logAlertIn, scheduledQueryRule } from './sentinel/log-alert';
import { alertRule, ruleIn } from './sentinel/rule';
import { huntingQueryIn, huntingSearch, parserFunction, parserIn } from './sentinel/saved-search';

/** Texts of the files that Microsoft Sentinel's content is written in. */
export interface Solution {
  readonly rules: readonly string[];
  readonly huntingQueries: readonly string[];
  readonly parsers: readonly string[];
  readonly workbook: string;
  readonly connector: string;
}

/** Permanent: a workbook is known by it. */
const workbookId = '37d28469-e992-4264-9734-3060e281f83e';

/** What the deployment makes of them, in the shapes of Azure's resource types. Throws where a file is not as it has to be. */
export function sentinelContent({ rules, huntingQueries, parsers, workbook, connector }: Solution): object {
  return {
    rules: ownRules({ rules }),
    savedSearches: [
      ...parsers.map((text) => parserFunction(parserIn(text))),
      ...huntingQueries.map((text) => huntingSearch(huntingQueryIn(text))),
    ],
    workbook: {
      id: workbookId,
      displayName: 'Steward - Posture of the landing zones',
      version: 'Notebook/1.0',
      data: JSON.parse(workbook) as unknown,
    },
    connector: connectorDefinition(connectorIn(connector)),
  };
}

/** The rules as the control `sentinel-content` makes them where they are missing. */
export function ownRules({ rules }: Pick<Solution, 'rules'>): readonly object[] {
  return rules.map((text) => alertRule(ruleIn(text)));
}

/** What the deployment makes of the alerts of Azure Monitor. */
export function alertContent(alerts: readonly string[]): object {
  return { alerts: alerts.map((text) => scheduledQueryRule(logAlertIn(text))) };
}

/** Names of the types as the checks of Azure-Sentinel's repository spell them. */
const customTableTypes = {
  string: 'String',
  datetime: 'DateTime',
  int: 'Int',
  long: 'Long',
  dynamic: 'Dynamic',
} as const;

/** A table as the checks of Azure-Sentinel's repository have to know it. */
export function customTable({ name, columns }: TableDefinition): object {
  return {
    Name: name,
    Properties: Object.entries(columns).map(([column, type]) => ({ Name: column, Type: customTableTypes[type] })),
  };
}

export const customTables = tables.map((table) => ({ name: table.name, text: customTable(table) }));
