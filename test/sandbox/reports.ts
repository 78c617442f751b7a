import { styleText } from 'node:util';
import { singleFindings, type Finding } from '../../shared/core/finding';
import type { ControlPosture } from '../../shared/pipeline/posture';
import { pad, short } from './console';
import type { Sandbox } from './sandbox';

const columns = ['compliant', 'resolved', 'open', 'unknown', 'exempt', 'notApplicable'] as const;

/** The posture as text: per control how many resources are in which state, and how long it took to put them right. */
export async function reportOf(sandbox: Sandbox): Promise<string> {
  const { controls, poisoned, eventsMissed } = await sandbox.posture();
  const findings = await sandbox.findings();
  const header = [
    'control'.padEnd(24),
    ...columns.map((name) => titles[name].padStart(10)),
    'time to compliance'.padStart(30),
  ].join('');
  const open = findings.flatMap(singleFindings).filter(({ state }) => state === 'open' || state === 'unknown');
  return [
    '',
    styleText('bold', 'Posture'),
    header,
    ...controls.map(lineOf),
    ...(poisoned > 0 ? [styleText('red', `${poisoned} messages in the poison queue`)] : []),
    `events missed: ${eventsMissed.total}, ${eventsMissed.lastDay} of them in the last day`,
    ...(open.length > 0 ? ['', styleText('bold', 'Not right yet'), ...open.map(openLine)] : []),
    '',
    `${sandbox.writes().length} writes to Azure, ${[...sandbox.subscription.tables.values()].flat().length} rows in Sentinel's tables`,
  ].join('\n');
}

const titles: Readonly<Record<(typeof columns)[number], string>> = {
  compliant: 'compliant',
  resolved: 'resolved',
  open: 'open',
  unknown: 'unknown',
  exempt: 'exempt',
  notApplicable: 'n/a',
};

function lineOf({ controlId, states, timeToCompliance }: ControlPosture): string {
  const time =
    timeToCompliance === undefined ? '–' : `p50 ${seconds(timeToCompliance.p50)}, p95 ${seconds(timeToCompliance.p95)}`;
  return [controlId.padEnd(24), ...columns.map((name) => String(states[name]).padStart(10)), time.padStart(30)].join(
    '',
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function openLine({ state, severity, resourceId, aspect, title, reason, remedy }: Finding): string {
  const name = resourceId.slice(resourceId.lastIndexOf('/') + 1);
  const what = aspect === undefined ? reason : `${title}: ${reason}`;
  return `${pad(state, 8)}${pad(severity, 8)}${pad(short(name, 36), 38)}${what}${remedy === '' ? '' : ` (${remedy})`}`;
}

export interface Report {
  readonly findings: readonly object[];
  readonly writes: readonly object[];
}

/** What `--findings` and `--writes` put into files. */
export async function writeReport(sandbox: Sandbox): Promise<Report> {
  const findings = await sandbox.findings();
  return {
    findings: findings.flatMap(({ aspects = [], ...finding }) => [finding, ...aspects]),
    writes: sandbox
      .writes()
      .map(({ method, path, at, status, requestBody }) => ({ method, id: path, time: at, status, body: requestBody })),
  };
}
