import { createHash } from 'node:crypto';
import type { Control } from '../core/control';
import type { Finding, FindingState, Hops } from '../core/finding';
import type { Change } from '../core/ports';
import { keyOf, typeOf } from '../core/resource';
import { reasonOf, worstOf, type Severity, type Verdict } from '../core/verdict';
import { announcementOf } from './row';

export interface Judged {
  readonly control: Pick<Control, 'id' | 'title' | 'severity'>;
  readonly resourceId: string;
  readonly verdict: Verdict;
  readonly hops: Hops;
  readonly remedy: string;
  readonly lookedAt: readonly string[];
  /** When the oldest fact was read that the verdict rests on. */
  readonly asOf: string;
}

/** The same control on the same resource has the same id, on every instance and after every reinstallation. */
export function findingIdOf(controlId: string, resourceId: string): string {
  return createHash('sha256')
    .update(`${controlId}|${keyOf(resourceId)}`)
    .digest('hex')
    .slice(0, 32);
}

/** The finding after a judgement, and what Sentinel has to be told: a row exactly when the state changed. */
export function nextFinding(previous: Finding | undefined, judged: Judged): Change {
  const state = nextState(previous?.state, judged.verdict);
  const changed = previous?.state !== state;
  const begins = previous === undefined || (changed && isOpen(state) && !isOpen(previous.state));
  const firstSeen = begins ? judged.hops.seen : previous.firstSeen;
  const finding: Finding = {
    ...identityOf(previous, judged),
    state,
    severity: severityOf(previous, judged),
    reason: shortened(reasonOf(judged.verdict), 8_000),
    remedy: shortened(changed || judged.remedy !== '' ? judged.remedy : previous.remedy, 4_000),
    firstSeen,
    lastSeen: judged.hops.seen,
    asOf: judged.asOf,
    hops: hopsOf(begins ? undefined : previous, judged.hops),
    ...timeToCompliance(previous, state, judged.hops, firstSeen),
    lookedAt: judged.lookedAt.join().length > 20_000 ? ['*'] : judged.lookedAt,
  };
  return announced(finding, previous, changed);
}

type Identity = Pick<Finding, 'findingId' | 'controlId' | 'title' | 'resourceId' | 'resourceType'>;

/** The spelling of an id stays the one that was seen first. */
function identityOf(previous: Finding | undefined, { control, resourceId }: Judged): Identity {
  const id = previous?.resourceId ?? resourceId;
  return {
    findingId: findingIdOf(control.id, resourceId),
    controlId: control.id,
    title: control.title,
    resourceId: id,
    resourceType: typeOf(id),
  };
}

function severityOf(previous: Finding | undefined, { control, verdict }: Judged): Severity {
  if (verdict.state === 'violation') return worstOf(verdict.problems);
  return previous?.severity ?? control.severity;
}

function announced(finding: Finding, previous: Finding | undefined, changed: boolean): Change {
  const tells = changed && (isOpen(finding.state) || (previous !== undefined && isOpen(previous.state)));
  const last = previous?.announced;
  if (!tells) return { finding: { ...finding, ...(last !== undefined && { announced: last }) }, announcements: [] };
  const told = { ...finding, announced: finding.lastSeen };
  return { finding: told, announcements: [announcementOf(told, 'transition', previous?.state)] };
}

function isOpen(state: FindingState): boolean {
  return state === 'open' || state === 'unknown';
}

function nextState(previous: FindingState | undefined, verdict: Verdict): FindingState {
  switch (verdict.state) {
    case 'violation':
      return 'open';
    case 'unknown':
    case 'notApplicable':
      return verdict.state;
    case 'compliant':
      return previous === undefined || previous === 'compliant' || previous === 'notApplicable'
        ? 'compliant'
        : 'resolved';
  }
}

/** Within an episode the event that began it stays, and what was written and confirmed is not forgotten. */
function hopsOf(previous: Finding | undefined, hops: Hops): Hops {
  const { event, written, confirmed } = previous?.hops ?? {};
  return {
    ...(written !== undefined && { written }),
    ...(confirmed !== undefined && { confirmed }),
    ...hops,
    ...(event !== undefined && { event }),
  };
}

/** From the event, or the first look where there was none, until the resource was right and proved. */
function timeToCompliance(
  previous: Finding | undefined,
  state: FindingState,
  hops: Hops,
  firstSeen: string,
): Pick<Finding, 'timeToCompliance'> {
  if (state !== 'resolved') return {};
  if (previous?.state === 'resolved')
    return previous.timeToCompliance === undefined ? {} : { timeToCompliance: previous.timeToCompliance };
  const began = earlier(previous?.hops.event, firstSeen);
  return { timeToCompliance: Math.max(0, Date.parse(hops.confirmed ?? hops.seen) - Date.parse(began)) };
}

function earlier(a: string | undefined, b: string): string {
  return a !== undefined && a < b ? a : b;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} characters more)`;
}
