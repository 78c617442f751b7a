import { types } from '../../shared/controls/flow-logs/types';
import { differences } from '../../shared/core/compare';
import type { Announcement, Finding } from '../../shared/core/finding';
import { keyOf, nameOf, same } from '../../shared/core/resource';
import { lifecycleId, rulesOf } from './azure';
import { inspectLedger } from './ledger';
import { truthOf } from './oracle';
import type { Sim } from './sim';

/** Everything that may be put right and can be is right, and what Steward says about it is true. */
export function inspectState(sim: Sim): void {
  const findings = [...sim.tables.findings.values()].map(({ json }) => JSON.parse(json) as Finding);
  const subjects = [...sim.azure.ofType(types.network), ...sim.azure.ofType(types.securityGroup)];
  for (const subject of subjects) {
    const truth = truthOf(sim.azure, subject);
    const finding = findings.find(({ resourceId }) => same(resourceId, subject.id));
    const why = `${nameOf(subject.id)} is ${truth.state}${truth.because.length > 0 ? ` (${truth.because.join(', ')})` : ''}`;
    if (sim.schedule.remediate && truth.state === 'wrong' && truth.excuse === undefined)
      sim.report('everything right', `${why}; remedy: ${finding?.remedy ?? 'no finding'}`);
    const said = finding?.state ?? 'never judged';
    if (!saying[truth.state].includes(said))
      sim.report('findings as they are', `${why}, and its finding says ${said}: ${finding?.reason ?? ''}`);
  }
  for (const { resourceId, state } of findings) {
    const isThere = subjects.some(({ id }) => same(id, resourceId));
    if (!isThere && (state === 'open' || state === 'unknown'))
      sim.report('findings as they are', `${nameOf(resourceId)} does not exist, and its finding says ${state}`);
  }
}

const saying: Readonly<Record<'right' | 'wrong' | 'notApplicable', readonly string[]>> = {
  right: ['compliant', 'resolved'],
  wrong: ['open'],
  notApplicable: ['notApplicable'],
};

/** Nothing was lost, and nothing lies about. */
export function inspectTraces(sim: Sim): void {
  inspectRows(sim);
  for (const text of sim.poison) sim.report('nothing poisoned', text);
  if (sim.tables.outbox.size > 0) sim.report('outbox empty', `${sim.tables.outbox.size} rows wait`);
  const now = new Date(sim.time.now()).toISOString();
  for (const [name, { row }] of sim.tables.locks)
    if (row.until > now) sim.report('no lock held', `${nameOf(name)} until ${row.until} by ${row.owner}`);
  inspectRules(sim);
  inspectLedger(sim);
}

/** Sentinel knows of a problem or it does not: everything that is neither open nor unknown is closed to it. */
function toSentinel(state: string | undefined): string {
  return state === 'open' || state === 'unknown' ? state : 'closed';
}

function changesIn(states: readonly string[]): readonly string[] {
  return states.filter((state, index) => state !== (states[index - 1] ?? 'closed'));
}

function inspectRows(sim: Sim): void {
  const rows = distinctRows(sim);
  const ids = new Set([...sim.tables.history.map(({ findingId }) => findingId), ...rows.map(findingIn)]);
  for (const findingId of ids) {
    const states = sim.tables.history
      .filter((one) => one.findingId === findingId)
      .map(({ state }) => toSentinel(state));
    const mine = rows.filter((row) => findingIn(row) === findingId && row['RowKind'] === 'transition');
    const sorted = mine.toSorted((a, b) => (timesOf(a) < timesOf(b) ? -1 : 1));
    for (const row of mine) inspectTimes(sim, row);
    const told = sorted.map((row) => toSentinel(String(row['FindingState'])));
    const lived = changesIn(states);
    if (lived.join() === told.join()) continue;
    const name = nameOf(String(mine[0]?.['ResourceIdText'] ?? findingId));
    const invariant =
      lived.toSorted().join() === told.toSorted().join() ? 'transitions in order' : 'transitions complete';
    sim.report(invariant, `${name} went ${lived.join(' → ')}, and Sentinel reads ${told.join(' → ')}`);
  }
}

type Row = Announcement['row'];

function findingIn(row: Row): string {
  return String(row['FindingId']);
}

/** Nothing can be told of a state before it was looked at; clocks may differ by as much as a schedule puts them wrong. */
function inspectTimes(sim: Sim, row: Row): void {
  const ahead = Date.parse(String(row['SeenAt'])) - Date.parse(String(row['TimeGenerated']));
  if (ahead <= 60_000) return;
  const name = nameOf(String(row['ResourceIdText']));
  const text = `${name} ${String(row['FindingState'])} is of ${String(row['TimeGenerated'])}, seen at ${String(row['SeenAt'])}`;
  sim.report('rows have their own times', text);
}

function timesOf(row: Row): string {
  return `${String(row['TimeGenerated'])}|${String(row['DecidedAt'])}`;
}

/** Once per EventId; two rows that say something else under one id cannot be told apart. */
function distinctRows(sim: Sim): readonly Row[] {
  const distinct = new Map<unknown, Row>();
  for (const row of sim.rows) {
    const known = distinct.get(row['EventId']);
    if (known !== undefined && differences(known, row).length > 0)
      sim.report(
        'event ids unique',
        `${String(row['EventId'])}: ${differences(known, row)
          .map(({ path }) => path)
          .join()}`,
      );
    if (known === undefined) distinct.set(row['EventId'], row);
  }
  return [...distinct.values()];
}

function inspectRules(sim: Sim): void {
  for (const { accountId, name, wanted } of sim.wishes.values()) {
    if (sim.azure.get(accountId) === undefined) continue;
    const rule = rulesOf(sim.azure, lifecycleId(accountId)).find((one) => one.name === name);
    const where = `rule ${name} of ${nameOf(keyOf(accountId))}`;
    if (wanted === undefined && rule !== undefined)
      sim.report('rules of others stay', `${where} was removed and is back`);
    if (wanted !== undefined && rule === undefined) sim.report('rules of others stay', `${where} is gone`);
    if (wanted !== undefined && rule !== undefined && differences(wanted, rule).length > 0)
      sim.report('rules of others stay', `${where} is an older version`);
  }
}
