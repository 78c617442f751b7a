import type { Control } from '../core/control';
import { AzureError, InputError } from '../core/errors';
import type { Finding } from '../core/finding';
import { judgementOf, type Judgement } from '../core/judgement';
import type { Message } from '../core/message';
import type { Freshness, World } from '../core/ports';
import { keyOf, same, subscriptionOf, typeOf, type Resource } from '../core/resource';
import type { Inventory } from '../core/inventory';
import type { Verdict } from '../core/verdict';
import { explain } from './explain';
import { nothingKnown, withReads, type Known } from './known';
import { conclude, latest } from './observe';
import { mayWrite, proposal, remediate, type Approval, type Remediation } from './remediate';
import { gone, hopsOf, record } from './record';
import { isUnsettled } from './settled';
import { findingIdOf, type Judged } from './report';
import { enqueue, readersOf, ripple } from './ripple';
import { sweep } from './sweep';

/** Runs the line on one scope. What Azure refuses for now brings the scope back after a while. */
export async function judge(world: World, message: Message): Promise<void> {
  const { scope } = message;
  const subscriptionId = scope.kind === 'subscription' ? keyOf(scope.subscriptionId) : subscriptionOf(scope.id);
  if (!world.settings.subscriptionIds.includes(subscriptionId)) {
    throw new InputError(`subscription "${subscriptionId}" is not one that this app keeps`);
  }
  if (scope.kind === 'subscription') return sweep(world, message, subscriptionId);
  const { id } = scope;
  const retryAfter = await world.inTurn(keyOf(id), () => judgeResource(world, message, id));
  if (retryAfter !== undefined) await comeBack(world, message, retryAfter);
}

async function judgeResource(world: World, message: Message, id: string): Promise<number | undefined> {
  if (!world.controls.some(({ subjects }) => subjects.some((type) => same(type, typeOf(id)))))
    return wakeOthers(world, message, id);
  await ripple(world, message, { id }, readersOf(typeOf(id), world.controls));
  const controls = await controlsToRun(world, message, id);
  if (controls.length === 0) return undefined;
  const seen = world.now();
  const subject = await read(world, id, seen);
  if (subject instanceof AzureError) return unreadable(world, message, { id, seen, controls, error: subject });
  if (subject === undefined) {
    await ripple(world, message, { id }, controls);
    await gone(world, id, controls, seen);
    return undefined;
  }
  if (isUnsettled(subject) && (message.attempt ?? 0) < attemptsWhileUnsettled) {
    world.journal({ step: 'seen', subject: id, text: 'it is still being written; judged later' });
    return secondsWhileUnsettled;
  }
  world.journal({ step: 'seen', subject: id, text: message.cause });
  const retries = [];
  for (const control of controls) {
    const { retryAfter } = await runControl(world, message, { control, subject, seen });
    retries.push(retryAfter);
  }
  return latest(retries);
}

/** What is not judged itself concerns others: a flow log its network, an account those that log to it. */
async function wakeOthers(world: World, message: Message, id: string): Promise<undefined> {
  const resource = await read(world, id, world.now());
  const stone = resource === undefined || resource instanceof AzureError ? { id } : { id, resource };
  await ripple(world, message, stone, world.controls);
}

const attemptsWhileUnsettled = 8;
const secondsWhileUnsettled = 2;

/** Controls that judge this type and have not seen it since the message came. */
async function controlsToRun(world: World, message: Message, id: string): Promise<readonly Control[]> {
  const type = typeOf(id);
  const candidates = world.controls
    .filter((control) => message.controls === undefined || message.controls.includes(control.id))
    .filter((control) => control.subjects.some((subject) => same(subject, type)));
  const fresh = await Promise.all(
    candidates.map(async (control) => {
      const finding = await world.findings.get(subscriptionOf(id), findingIdOf(control.id, id));
      return finding !== undefined && isFresh(finding, message);
    }),
  );
  return candidates.filter((_, index) => fresh[index] === false);
}

/** Whoever stores a finding that is not pending has told all that it concerns, so that a message seen twice may end here. */
function isFresh(finding: Finding, { receivedAt, notBefore = '' }: Message): boolean {
  return finding.pending !== true && finding.lastSeen > receivedAt && finding.asOf >= notBefore;
}

export async function read(world: World, id: string, notBefore: string): Promise<Resource | undefined | AzureError> {
  try {
    const { result } = await world.reader.read({ kind: 'get', id }, { notBefore });
    return result.state === 'read' ? (result.value as Resource | undefined) : undefined;
  } catch (error) {
    if (error instanceof AzureError) return error;
    throw error;
  }
}

interface Unreadable {
  readonly id: string;
  readonly seen: string;
  readonly controls: readonly Control[];
  readonly error: AzureError;
}

/** What cannot be read is unknown. Answers the seconds after which it may be tried again, if that is of use. */
export async function unreadable(
  world: World,
  message: Message,
  { id, seen, controls, error }: Unreadable,
): Promise<number | undefined> {
  const verdict: Verdict = { state: 'unknown', reason: `it could not be read: ${explain(error)}` };
  for (const control of controls) {
    const hops = hopsOf(message, { seen, decided: world.now() });
    await record(world, { control, resourceId: id, verdict, hops, remedy: '', lookedAt: [keyOf(id)], asOf: seen });
  }
  return error.retryable ? (error.retryAfter ?? 0) : undefined;
}

interface Run {
  readonly control: Control;
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
  readonly retryAfter: number | undefined;
}

export async function runControl(
  world: World,
  message: Message,
  { control, subject, seen, isApproved }: Run,
): Promise<Ran> {
  const freshness: Freshness = message.notBefore === undefined ? {} : { notBefore: message.notBefore };
  const draw = (inventory: Inventory): Judgement => judgementOf(control, subject, inventory, world.settings);
  const judged = await conclude(world, knowing(subject, seen), draw, freshness);
  const first: Judged = {
    control,
    resourceId: subject.id,
    ...judged.value,
    hops: hopsOf(message, { seen, decided: world.now() }),
    remedy: '',
    lookedAt: judged.lookedAt,
    asOf: judged.known.since,
  };
  const isOneOfMany = message.run === undefined ? {} : { isOneOfMany: true as const };
  const one = { control, subject, known: judged.known, freshness, ...isOneOfMany };
  if (judged.value.verdict.state !== 'violation' || !mayWrite(world, control)) {
    const remedy = judged.value.verdict.state === 'violation' ? await proposal(world, one) : '';
    await ripple(world, message, { id: subject.id, resource: subject }, [control]);
    await record(world, { ...first, remedy });
    return { verdict: first.verdict, retryAfter: judged.retryAfter };
  }
  const announcing = record(world, { ...first, pending: true });
  const remediation = await settled(announcing, remediate(world, one, isApproved));
  await ripple(world, message, { id: subject.id, resource: subject }, [control]);
  await wakeConcerned(world, message, { control, subject, remediation });
  const last = afterRemedy(first, remediation, world.now());
  await record(world, last);
  return { verdict: last.verdict, remediation, retryAfter: latest([remediation.retryAfter, judged.retryAfter]) };
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

function afterRemedy(first: Judged, { verdict, outcome, text, lookedAt }: Remediation, decided: string): Judged {
  const { writtenAt, confirmedAt } = outcome ?? {};
  return {
    ...first,
    verdict: verdict ?? first.verdict,
    remedy: text,
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

const mostAttempts = 10;
const longestDelaySeconds = 900;

/** Back after Azure's own delay, or 2, 4, 8 … seconds, with up to a fifth more so that scopes do not come in step. */
async function comeBack(world: World, message: Message, retryAfter: number): Promise<void> {
  const attempt = (message.attempt ?? 0) + 1;
  const subject = message.scope.kind === 'resource' ? message.scope.id : message.scope.subscriptionId;
  if (attempt > mostAttempts) {
    world.journal({ step: 'failed', subject, text: `given up after ${mostAttempts} tries; the timer looks again` });
    return;
  }
  const now = world.now();
  const delay = Math.max(retryAfter, Math.min(longestDelaySeconds, 2 ** attempt));
  const jitter = (Number(now.slice(-4, -1)) / 1_000) * 0.2;
  const seconds = Math.ceil(delay * (1 + jitter));
  await world.queue.send({ ...message, cause: 'retry', attempt, receivedAt: now, notBefore: now }, seconds);
  world.journal({ step: 'queued', subject, text: `again in ${seconds} seconds` });
}
