import { createHash } from 'node:crypto';
import type { Control } from '../core/control';
import type { Finding, FindingState, Hops, RemedyState, WhatIf } from '../core/finding';
import type { Change } from '../core/ports';
import { keyOf, typeOf } from '../core/resource';
import { reasonOf, worstOf, type Aspect, type Severity, type Verdict } from '../core/verdict';
import { announcementOf } from './row';
import { timeToCompliance } from './time-to-compliance';

export interface Judged {
  readonly control: Pick<Control, 'id' | 'title' | 'severity'>;
  readonly resourceId: string;
  readonly verdict: Verdict;
  readonly hops: Hops;
  readonly remedy: string;
  /** How it ended. */
  readonly remedyState?: RemedyState;
  readonly lookedAt: readonly string[];
  /** When the oldest fact was read that the verdict rests on. */
  readonly asOf: string;
  /** The resource does not exist any more. */
  readonly gone?: true;
  /** Something is still going to be done about it: a message that comes again is not answered by this. */
  readonly pending?: true;
  /** Object id of who made the change that was judged, where an event told. */
  readonly by?: string;
  /** What a remedy would change, or changed. */
  readonly changes?: readonly WhatIf[];
  /** Which of several things this is about. */
  readonly aspect?: string;
  /** Id of that, where it has one of its own. */
  readonly about?: string;
  /** Verdicts on each of several things, where the control judges several. */
  readonly aspects?: readonly Aspect[];
}

/** The same control on the same resource has the same id, on every instance and after every reinstallation. */
export function findingIdOf(controlId: string, resourceId: string, aspect?: string): string {
  const parts = [controlId, keyOf(resourceId), ...(aspect === undefined ? [] : [aspect])];
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, 32);
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
    ...timeToCompliance(previous, state, judged, firstSeen),
    ...flagsOf(judged),
    ...changesOf(previous, judged, changed),
    ...remedyStateOf(previous, state, judged),
    ...undoneOf(previous, state, judged),
    ...heldOf(previous, state),
    lookedAt: judged.lookedAt.join().length > 20_000 ? ['*'] : judged.lookedAt,
  };
  return announced(finding, previous, changed);
}

function flagsOf({ gone, pending, verdict }: Judged): Pick<Finding, 'gone' | 'pending' | 'exemption'> {
  const exemption = verdict.state === 'exempt' ? verdict.exemption : undefined;
  return { ...(gone && { gone }), ...(pending && { pending }), ...(exemption !== undefined && { exemption }) };
}

/** What was proposed or done stays with the finding until there is something newer to say. */
function changesOf(
  previous: Finding | undefined,
  { changes, remedy }: Judged,
  changed: boolean,
): Pick<Finding, 'changes'> {
  if (changes !== undefined && changes.length > 0) return { changes };
  const stays = !changed && remedy === '' ? previous?.changes : undefined;
  return stays === undefined ? {} : { changes: stays };
}

/** It belongs to the state that it led to or did not change; of what was right all along it says nothing. */
function remedyStateOf(
  previous: Finding | undefined,
  state: FindingState,
  { remedyState }: Judged,
): Pick<Finding, 'remedyState'> {
  const changed = previous?.state !== state;
  const own = isOpen(state) || (changed && state === 'resolved') ? remedyState : undefined;
  const known = own ?? (changed ? undefined : previous?.remedyState);
  return known === undefined ? {} : { remedyState: known };
}

const dayMs = 86_400_000;

/** What Steward had put right and proved, and is wrong again, was undone by somebody. */
function undoneOf(previous: Finding | undefined, state: FindingState, { hops, by }: Judged): Pick<Finding, 'undone'> {
  const since = new Date(Date.parse(hops.decided) - dayMs).toISOString();
  const known = (previous?.undone ?? []).filter(({ at }) => at > since);
  const isUndone = state === 'open' && previous?.state === 'resolved' && previous.hops.confirmed !== undefined;
  const at = hops.event ?? hops.seen;
  const undone = isUndone ? [...known, { at, ...(by !== undefined && { by }) }] : known;
  return undone.length === 0 ? {} : { undone };
}

/** It ends when the resource is right, by whomever. */
function heldOf(previous: Finding | undefined, state: FindingState): Pick<Finding, 'held'> {
  return previous?.held === undefined || state === 'compliant' || state === 'resolved' ? {} : { held: previous.held };
}

type Identity = Pick<Finding, 'findingId' | 'controlId' | 'title' | 'resourceId' | 'resourceType' | 'aspect'>;

/** The spelling of an id stays the one that was seen first. */
function identityOf(previous: Finding | undefined, { control, resourceId, aspect, about }: Judged): Identity {
  const id = previous?.resourceId ?? about ?? resourceId;
  return {
    findingId: findingIdOf(control.id, resourceId, aspect),
    controlId: control.id,
    title: control.title,
    resourceId: id,
    resourceType: typeOf(id),
    ...(aspect !== undefined && { aspect }),
  };
}

function severityOf(previous: Finding | undefined, { control, verdict }: Judged): Severity {
  if (verdict.state === 'violation') return worstOf(verdict.problems);
  return previous?.severity ?? control.severity;
}

function announced(finding: Finding, previous: Finding | undefined, changed: boolean): Change {
  const tells = changed && (isOpen(finding.state) || (previous !== undefined && isOpen(previous.state)));
  const ended = !changed && finding.remedyState !== previous?.remedyState;
  const last = previous?.announced;
  if (!tells && !ended)
    return { finding: { ...finding, ...(last !== undefined && { announced: last }) }, announcements: [] };
  const told = { ...finding, announced: later(finding.hops.decided, last) };
  const row = tells ? announcementOf(told, 'transition', previous?.state) : announcementOf(told, 'remedy');
  return { finding: told, announcements: [row] };
}

/** Rows about one finding never have the same time: the view of the table takes the latest. */
function later(at: string, last: string | undefined): string {
  if (last === undefined || at > last) return at;
  return new Date(Date.parse(last) + 1).toISOString();
}

export function isOpen(state: FindingState): boolean {
  return state === 'open' || state === 'unknown';
}

function nextState(previous: FindingState | undefined, verdict: Verdict): FindingState {
  switch (verdict.state) {
    case 'violation':
      return 'open';
    case 'unknown':
    case 'notApplicable':
    case 'exempt':
      return verdict.state;
    case 'compliant':
      return previous === 'open' || previous === 'unknown' || previous === 'resolved' ? 'resolved' : 'compliant';
  }
}

/** Within an episode the event that began it stays, and what was written and confirmed is not forgotten. */
function hopsOf(previous: Finding | undefined, hops: Hops): Hops {
  const { event, written, confirmed } = previous?.hops ?? {};
  return {
    ...(written !== undefined && { written }),
    ...(confirmed !== undefined && { confirmed }),
    ...hops,
    ...(event !== undefined && isOpen(previous?.state ?? 'compliant') && { event }),
  };
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} characters more)`;
}
