import { columns, joined, type Cell } from '../columns';
import { placeText, rulesTold, throughLines } from './grant-lines';
import type { Grant } from './grants';
import type { PermissionView, SubjectView } from './view';

/** So many rows are told, and so many roles of one subject unless it alone is asked for. */
const [MOST_ROWS, MOST_GRANTS] = [300, 5];

/** Who may do what is asked for, by grants of their own: whoever belongs to a group of everybody is told once, there. */
export function whoCanLines({ asked, subjects, groups }: PermissionView): readonly string[] {
  const most = asked.subject === undefined ? MOST_GRANTS : MOST_ROWS;
  const able = [...subjects, ...groups].filter(({ grants }) => grants.length > 0);
  const rows: (readonly Cell[])[] = [];
  let told = 0;
  for (const one of able) {
    if (rows.length >= MOST_ROWS) break;
    for (const row of rowsOf(one, most)) rows.push(row);
    told += 1;
  }
  const left = able.length - told;
  return [
    ...(rows.length === 0 ? [] : ['', ...columns(['SUBJECT', 'WHERE', 'VERBS', 'RESOURCES', 'THROUGH'], rows)]),
    ...(left > 0 ? [`and ${left} more; --namespace or --subject asks closer, --output json tells all`] : []),
  ];
}

function rowsOf(subject: SubjectView, most: number): readonly (readonly Cell[])[] {
  const { title, everybody, grants } = subject;
  const name = [title, ...(everybody === undefined ? [] : [`(${everybody})`])];
  const rows = grants.slice(0, most).flatMap(grantRows);
  const left = grants.length - most;
  const more = left > 0 ? [[[], [], [], [], [`and by ${left} more roles;`, `--subject "${title}" tells them`]]] : [];
  return [...rows.map(([first, ...others], at) => [at === 0 ? name : (first ?? []), ...others]), ...more];
}

function grantRows(grant: Grant): readonly (readonly Cell[])[] {
  const { told, left } = rulesTold(grant);
  const rows = told.map(({ verbs, on, names }) => [
    [],
    [placeText(grant)],
    joined(verbs, 30),
    joined([...on, ...names.map((name) => `only "${name}"`)], 50),
    throughLines(grant),
  ]);
  return left > 0 ? [...rows, [[], [], [], [`and ${left} more rules`]]] : rows;
}
