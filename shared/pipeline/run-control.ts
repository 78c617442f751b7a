import type { Control } from '../core/control';
import type { Finding } from '../core/finding';
import type { Inventory } from '../core/inventory';
import { judgementOf, type Judgement } from '../core/judgement';
import type { Message } from '../core/message';
import type { Freshness, World } from '../core/ports';
import { same, type Resource } from '../core/resource';
import type { Verdict } from '../core/verdict';
import { refusalToWrite, whyOf } from './consent';
import { exempted } from './exempted';
import { nothingKnown, withReads, type Known } from './known';
import { conclude, latest } from './observe';
import { hopsOf, record } from './record';
import { remembering } from './remember';
import { endOf, proposal, remediate, type Approval, type Case, type Remediation } from './remediate';
import { nextFindings } from './aspects';
import { type Judged } from './report';
import { enqueue, ripple } from './ripple';

export interface ToRun {
  readonly control: Control;
  /** What was known before. */
  readonly before: Finding | undefined;
}

export interface Run extends ToRun {
  readonly subject: Resource;
  readonly seen: string;
  /** Absent: whatever the control plans. */
  readonly isApproved?: Approval;
}

/** What came of running one control on one subject. */
export interface Ran {
  /** As it is now: after the remedy, where there was one. */
  readonly verdict: Verdict;
  readonly remediation?: Remediation;
  /** Why nothing may be written. */
  readonly refusal?: string;
  readonly retryAfter: number | undefined;
  /** Nobody refused anything: it only waits for room under Azure's limits. */
  readonly waits: boolean;
}

/** Judges a subject, puts it right where that is allowed, and records what came of it. */
export async function runControl(world: World, message: Message, run: Run): Promise<Ran> {
  const { control, subject } = run;
  const { first, one, refusal, retryAfter } = await judgeOne(world, message, run);
  if (first.verdict.state === 'violation' && refusal === undefined)
    return putRight(world, message, { first, one, retryAfter, ...run });
  const proposed = refusal === undefined ? {} : await proposal(world, one, refusal);
  await ripple(world, message, { id: subject.id, resource: subject }, [control]);
  await record(world, { ...first, ...proposed });
  return { verdict: first.verdict, ...(refusal !== undefined && { refusal }), retryAfter, waits: false };
}

interface JudgedOne {
  readonly first: Judged;
  readonly one: Case;
  /** Why nothing may be written for a violation. */
  readonly refusal: string | undefined;
  readonly retryAfter: number | undefined;
}

async function judgeOne(
  world: World,
  message: Message,
  { control: plain, before, subject, seen, isApproved }: Run,
): Promise<JudgedOne> {
  const control = await remembering(world, plain, subject.id);
  const freshness: Freshness = message.notBefore === undefined ? {} : { notBefore: message.notBefore };
  const draw = (inventory: Inventory): Judgement => judgementOf(control, subject, inventory, world.settings);
  const { value, known, lookedAt, ...concluded } = await conclude(world, knowing(subject, seen), draw, freshness);
  const { judgement, hold, ...excused } = await exempted(world, control, { id: subject.id, resource: subject }, value);
  const first: Judged = {
    control,
    resourceId: subject.id,
    ...judgement,
    hops: hopsOf(message, { seen, decided: world.now() }),
    remedy: '',
    lookedAt,
    asOf: known.since,
    ...(message.by !== undefined && { by: message.by }),
  };
  const { finding } = nextFindings(before, first);
  const asked = { control, subject, before, finding, isApproved: isApproved !== undefined };
  const isWrong = judgement.verdict.state === 'violation';
  const refusal = isWrong ? (hold ?? (await refusalToWrite(world, asked))) : undefined;
  const isOneOfMany = message.run === undefined ? {} : { isOneOfMany: true as const };
  const one = { control, subject, known, freshness, why: whyOf(control, subject, message), ...isOneOfMany };
  return { first, one, refusal, retryAfter: latest([concluded.retryAfter, excused.retryAfter]) };
}

interface ToPutRight extends Run {
  readonly first: Judged;
  readonly one: Case;
  readonly retryAfter: number | undefined;
}

async function putRight(
  world: World,
  message: Message,
  { first, one, isApproved, ...judged }: ToPutRight,
): Promise<Ran> {
  const { control, subject } = one;
  const announcing = record(world, { ...first, pending: true });
  const keep = async (done: Remediation): Promise<void> => {
    await announcing;
    await record(world, { ...afterRemedy(first, done, world.now()), pending: true });
  };
  const remedy = remediate(world, { ...one, ...(control.remembers && { keep }) }, isApproved);
  const remediation = await settled(announcing, remedy);
  await ripple(world, message, { id: subject.id, resource: subject }, [control]);
  await wakeConcerned(world, message, { control, subject, remediation });
  const last = afterRemedy(first, remediation, world.now());
  await record(world, last);
  const retryAfter = latest([remediation.retryAfter, judged.retryAfter]);
  const waits = remediation.outcome?.waits === true && judged.retryAfter === undefined;
  return { verdict: last.verdict, remediation, retryAfter, waits };
}

interface Remedied {
  readonly control: Control;
  readonly subject: Resource;
  readonly remediation: Remediation;
}

/** Whom the writes concern, and who has to write in this subject's stead; the latter only once, or they go in circles. */
async function wakeConcerned(
  world: World,
  message: Message,
  { control, subject, remediation }: Remedied,
): Promise<void> {
  const { outcome, wakes = [] } = remediation;
  const concerned = (outcome?.written ?? []).flatMap((written) => control.concerns?.(written) ?? []);
  const others = concerned.filter((id) => !same(id, subject.id));
  await enqueue(world, { ...message, cause: 'ripple', controls: [control.id] }, others);
  if (message.cause !== 'ripple') await enqueue(world, { ...message, controls: [control.id] }, wakes);
}

/** The open finding is stored and announced while the remedy works; neither is left behind when the other fails. */
async function settled(announcing: Promise<void>, remedy: Promise<Remediation>): Promise<Remediation> {
  const [announced, remediation] = await Promise.allSettled([announcing, remedy]);
  if (announced.status === 'rejected') throw announced.reason;
  if (remediation.status === 'rejected') throw remediation.reason;
  return remediation.value;
}

function afterRemedy(
  first: Judged,
  { judgement, outcome, text, lookedAt, changes }: Remediation,
  decided: string,
): Judged {
  const { writtenAt, confirmedAt } = outcome ?? {};
  const remedyState = outcome && endOf(outcome);
  return {
    ...first,
    ...judgement,
    remedy: text,
    ...(remedyState !== undefined && { remedyState }),
    ...(changes && { changes }),
    lookedAt: lookedAt.length === 0 ? first.lookedAt : lookedAt,
    hops: {
      ...first.hops,
      decided,
      ...(writtenAt !== undefined && { written: writtenAt }),
      ...(confirmedAt !== undefined && { confirmed: confirmedAt }),
    },
  };
}

function knowing(subject: Resource, seen: string): Known {
  return withReads(nothingKnown(seen), [
    { query: { kind: 'get', id: subject.id }, readAt: seen, result: { state: 'read', value: subject } },
  ]);
}
