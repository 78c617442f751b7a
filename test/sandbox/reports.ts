import { styleText } from 'node:util';
import { singleFindings, type Finding } from '../../shared/core/finding';
import type { ControlPosture } from '../../shared/pipeline/posture';
import { severities } from '../../shared/core/verdict';
import { firstLine, pad, short } from './console';
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
  const open = findings
    .flatMap(singleFindings)
    .filter(({ state }) => state === 'open' || state === 'unknown')
    .toSorted(worstFirst);
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

/** By severity, then by what it is about. */
function worstFirst(a: Finding, b: Finding): number {
  const order = (finding: Finding): string => `${finding.controlId} ${finding.resourceId} ${finding.aspect ?? ''}`;
  const weight = severities.indexOf(b.severity) - severities.indexOf(a.severity);
  return weight === 0 ? order(a).localeCompare(order(b)) : weight;
}

/** What most controls say of themselves. */
const nothingToDo = 'this control has no remedy';

function openLine({
  state,
  severity,
  controlId,
  resourceId,
  resourceType,
  aspect,
  title,
  reason,
  remedy,
}: Finding): string {
  const name = nameIn(resourceId, resourceType);
  // Of objects in a cluster the title is the control's, and the reason says enough.
  const isTitled = aspect !== undefined && !resourceType.includes('/kubernetes/');
  const what = firstLine(isTitled ? `${title}: ${reason}` : reason);
  const done = remedy === '' || remedy === nothingToDo ? '' : ` (${remedy})`;
  return `${pad(state, 8)}${pad(severity, 8)}${pad(short(name, 40), 42)}${pad(controlId, 24)}${what}${done}`;
}

/** Of an object in a cluster `aks-shop: deployments/web`: others hold one of the same name. */
function nameIn(resourceId: string, resourceType: string): string {
  const parts = resourceId.split('/');
  const inCluster = resourceType.includes('/kubernetes/');
  return inCluster
    ? `${parts[parts.indexOf('kubernetes') - 1] ?? ''}: ${parts.slice(-2).join('/')}`
    : (parts.at(-1) ?? '');
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
