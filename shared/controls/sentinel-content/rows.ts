import type { Inventory, Reading } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, same, type Resource } from '../../core/resource';
import { usageDays, usageType } from '../../core/table-usage';
import { findingsTable, postureTable } from '../../core/tables';
import type { Problem } from '../../core/verdict';
import type { Rule } from './content';
import { tablesRead } from './tables-read';

export const tableType = 'Microsoft.OperationalInsights/workspaces/tables';

/** What is to be said about the rows that analytics rules wait for. */
export interface Rows {
  readonly problems: readonly Problem[];
  /** Why it cannot be told, as `«New country» reads the function _Im_Dns`. */
  readonly unclear: readonly string[];
  /** Rules whose tables were looked at, and those that are too young for it. */
  readonly looked: number;
  readonly young: number;
}

/** Whether what enabled rules read receives rows. A rule that somebody has just changed is given a day. */
export function rowsFor(workspace: Resource, rules: readonly Resource<Rule>[], inventory: Inventory): Reading<Rows> {
  const querying = rules.filter(({ kind }) => same(kind, 'Scheduled') || same(kind, 'NRT'));
  const old = querying.filter((rule) => !isYoung(rule, inventory.now));
  const young = querying.length - old.length;
  if (old.length === 0) return { state: 'read', value: { problems: [], unclear: [], looked: 0, young } };
  const usage = inventory.list(usageType, workspace.id);
  if (usage.state === 'unread') return { ...usage, reason: `tables that receive rows: ${usage.reason}` };
  // Who may not read a table is shown none of its rows, and no refusal.
  if (usage.value.length === 0) return { state: 'unread', reason: nothingTold };
  const received = namesIn(usage.value);
  const judged = old.map((rule) => judgedRule(rule, (name) => stateOf(name, { workspace, inventory, received })));
  const unread = judged.flatMap(({ unread: reasons }) => reasons);
  if (unread.length > 0) return { state: 'unread', reason: [...new Set(unread)].join('; ') };
  return {
    state: 'read',
    value: {
      problems: problemsOf(judged),
      unclear: judged.flatMap(({ unclear }) => unclear),
      looked: old.length,
      young,
    },
  };
}

const nothingTold = `the workspace tells of no table that received rows in ${usageDays} days: connect something to it, or let the app read its table Usage`;

const day = 86_400_000;

function isYoung({ properties }: Resource<Rule>, now: string): boolean {
  return Date.parse(now) - Date.parse(properties?.lastModifiedUtc ?? '') < day;
}

const namesIn = oncePerList(
  (usage: readonly Resource[]): ReadonlySet<string> => new Set(usage.map(({ name }) => keyOf(name))),
);

/** `unclear`: it is no table here, and may be a function that somebody keeps under this name. */
type State = 'receives' | 'silent' | 'unclear' | { readonly unread: string };

interface Place {
  readonly workspace: Resource;
  readonly inventory: Inventory;
  readonly received: ReadonlySet<string>;
}

/** Rows of these come only when something has happened, and `Usage` has been read already. */
const eventful = [
  'SecurityAlert',
  'SecurityIncident',
  'AlertInfo',
  'AlertEvidence',
  'Anomalies',
  'Operation',
  'Usage',
].map(keyOf);

function stateOf(name: string, { workspace, inventory, received }: Place): State {
  if (name.includes('*')) return [...received].some((one) => fits(name, one)) ? 'receives' : 'unclear';
  // Without anything to find Steward sends no finding; that it counts shows that its rows arrive.
  const signs = same(name, findingsTable.name) ? [name, postureTable.name] : [name];
  if (signs.some((sign) => received.has(keyOf(sign))) || eventful.includes(keyOf(name))) return 'receives';
  // What is no name cannot be asked for.
  if (!/^\w+$/.test(name)) return 'unclear';
  const table = inventory.get(`${workspace.id}/tables/${name}`);
  if (table.state === 'unread') return { unread: `table ${name}: ${table.reason}` };
  return table.value !== undefined || /_CL$/i.test(name) ? 'silent' : 'unclear';
}

/** Names with a star at their beginning or end, as `union` takes them. */
function fits(pattern: string, name: string): boolean {
  const text = keyOf(pattern).replaceAll('*', '');
  if (!pattern.endsWith('*')) return name.endsWith(text);
  return pattern.startsWith('*') ? name.includes(text) : name.startsWith(text);
}

interface Judged {
  readonly title: string;
  /** Tables of which rows are missed. */
  readonly missed: readonly string[];
  /** Whether other tables that it reads receive rows. */
  readonly isPartly: boolean;
  readonly unclear: readonly string[];
  readonly unread: readonly string[];
}

function judgedRule({ name, properties }: Resource<Rule>, of: (name: string) => State): Judged {
  const title = `«${properties?.displayName ?? name}»`;
  const { tables, isUnion, unclear: hidden } = tablesRead(properties?.query ?? '');
  const states = tables.map((table) => ({ table, state: of(table) }));
  const those = (wanted: State): readonly string[] =>
    states.flatMap(({ table, state }) => (state === wanted ? [table] : []));
  const unread = states.flatMap(({ state }) => (typeof state === 'object' ? [state.unread] : []));
  const [receiving, silent] = [those('receives'), those('silent')];
  const none = { title, missed: [], isPartly: false, unclear: [], unread };
  if (isUnion && receiving.length > 0) return { ...none, unread: [] };
  const unclear = [...those('unclear').map((table) => `${table}, which is no table here`), ...hidden];
  if (silent.length > 0 && !(isUnion && unclear.length > 0))
    return { ...none, missed: silent, isPartly: receiving.length > 0 };
  if (tables.length + unclear.length === 0) return { ...none, unclear: [`${title} names no table`] };
  return unclear.length === 0 ? none : { ...none, unclear: [`${title} reads ${unclear.join(' and ')}`] };
}

/** One problem for all rules that miss the same tables. */
function problemsOf(judged: readonly Judged[]): readonly Problem[] {
  const missing = judged.filter(({ missed }) => missed.length > 0);
  const groups = Map.groupBy(
    missing,
    ({ missed, isPartly }) => `${missed.map(keyOf).toSorted().join(',')} ${isPartly}`,
  );
  return [...groups.values()].map(problemOf);
}

function problemOf(rules: readonly Judged[]): Problem {
  const [{ missed = [], isPartly = false } = {}] = rules;
  const titles = rules.map(({ title }) => title);
  const who = `${titles.slice(0, 3).join(', ')}${titles.length > 3 ? ` and ${titles.length - 3} more` : ''}`;
  const [reads, finds] = titles.length > 1 ? ['read', 'find'] : ['reads', 'finds'];
  const silent = `${who} ${reads} ${missed.join(', ')}, where no row arrived in ${usageDays} days`;
  return isPartly
    ? { severity: 'low', reason: `${silent}, beside tables that receive rows: connect what is missing` }
    : {
        severity: 'medium',
        reason: `${silent}, and so ${finds} nothing: connect what fills it, or switch the rule off`,
      };
}
