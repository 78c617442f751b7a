import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertContent, customTables, ownRules, sentinelContent, type Solution } from './sentinel';

const solution = 'infra/sentinel/Solutions/Steward';

interface Written {
  readonly file: string;
  readonly text: string;
}

/** The texts of a folder's files by name. */
export function textsIn(root: string, folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(root, folder)).toSorted();
  return new Map(names.map((name) => [name, readFileSync(join(root, folder, name), 'utf8')]));
}

export function solutionIn(root: string): Solution {
  const texts = (folder: string): readonly string[] => [...textsIn(root, `${solution}/${folder}`).values()];
  const [workbook = ''] = texts('Workbooks');
  const [connector = ''] = texts('Data Connectors');
  return {
    rules: texts('Analytic Rules'),
    huntingQueries: texts('Hunting Queries'),
    parsers: texts('Parsers'),
    workbook,
    connector,
  };
}

export const alertsIn = (root: string): readonly string[] => [...textsIn(root, 'infra/alerts').values()];

/** The files that are made of Microsoft Sentinel's content and of the alerts. */
export function sentinelFiles(root: string): readonly Written[] {
  const text = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;
  return [
    { file: 'infra/generated/sentinel.json', text: text(sentinelContent(solutionIn(root))) },
    { file: 'shared/controls/sentinel-content/own-rules.json', text: text(ownRules(solutionIn(root))) },
    { file: 'infra/generated/alerts.json', text: text(alertContent(alertsIn(root))) },
    ...customTables.map((table) => ({
      file: `infra/sentinel/.script/tests/KqlvalidationsTests/CustomTables/${table.name}.json`,
      text: text(table.text),
    })),
  ];
}
