import type { Control } from '../core/control';
import { AzureError, InputError } from '../core/errors';
import type { Finding } from '../core/finding';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { keyOf, same, subscriptionOf, typeOf, type Resource } from '../core/resource';
import type { Verdict } from '../core/verdict';
import { comeBackInTurn, turnOf } from './budgeted';
import { againOf, comeBack, patienceWithResource, refused, type Again } from './come-back';
import { exempted } from './exempted';
import { explain } from './explain';
import { gone, hopsOf, record } from './record';
import { recover } from './recover';
import { findingIdOf } from './report';
import { readersOf, ripple } from './ripple';
import { runControl, type ToRun } from './run-control';
import { isUnsettled } from './settled';
import { sweep } from './sweep';
import { watchDelivery } from './watch-delivery';

/** Runs the line on one scope. What Azure refuses for now brings the scope back after a while. */
export async function judge(world: World, message: Message): Promise<void> {
  const { scope } = message;
  const subscriptionId = scope.kind === 'subscription' ? keyOf(scope.subscriptionId) : subscriptionOf(scope.id);
  if (!world.settings.subscriptionIds.includes(subscriptionId)) {
    throw new InputError(`subscription "${subscriptionId}" is not one that this app keeps`);
  }
  if (scope.kind === 'subscription') return judgeSubscription(world, message, subscriptionId);
  const { id } = scope;
  const turn = await turnOf(world, message, id);
  const again =
    turn === undefined
      ? await world.inTurn(keyOf(id), () => judgeResource(world, message, id))
      : { retryAfter: turn, waits: true };
  if (again === undefined) return;
  if (again.waits) return comeBackInTurn(world, message, { subject: id, seconds: again.retryAfter });
  await comeBack(world, message, again.retryAfter, patienceWithResource);
}

/** A sweep that fails does not keep the timer from noticing that events do not come. */
async function judgeSubscription(world: World, message: Message, subscriptionId: string): Promise<void> {
  try {
    await sweep(world, message, subscriptionId);
  } finally {
    if (message.cause === 'timer') await watchDelivery(world, subscriptionId);
  }
}

async function judgeResource(world: World, message: Message, id: string): Promise<Again | undefined> {
  if (!world.controls.some(({ subjects }) => subjects.some((type) => same(type, typeOf(id)))))
    return wakeOthers(world, message, id);
  // Whoever was woken for some controls did not change itself: two that look at each other would wake each other for ever.
  if (message.controls === undefined) await ripple(world, message, { id }, readersOf(typeOf(id), world.controls));
  const known = await findingsOn(world, message, id);
  const toRun = known.filter(({ before }) => before === undefined || !isFresh(before, message));
  const controls = toRun.map(({ control }) => control);
  if (controls.length === 0) return undefined;
  const unsettled = await recoverFor(world, message, toRun);
  if (unsettled !== undefined) return refused(unsettled);
  const seen = world.now();
  const subject = await read(world, id, seen);
  if (subject instanceof AzureError)
    return refused(await unreadable(world, message, { id, seen, controls, error: subject }));
  if (subject === undefined) {
    await ripple(world, message, { id }, controls);
    await gone(world, id, controls, seen);
    return undefined;
  }
  if (isUnsettled(subject) && (message.attempt ?? 0) < attemptsWhileUnsettled) {
    world.journal({ step: 'seen', subject: id, text: 'it is still being written; judged later' });
    return refused(secondsWhileUnsettled);
  }
  world.journal({ step: 'seen', subject: id, text: message.cause });
  const agains: Again[] = [];
  for (const one of toRun) {
    const { retryAfter, waits } = await runControl(world, message, { ...one, subject, seen });
    if (retryAfter !== undefined) agains.push({ retryAfter, waits });
  }
  return againOf(agains);
}

/** What is not judged itself concerns others: a flow log its network, an account those that log to it. */
async function wakeOthers(world: World, message: Message, id: string): Promise<undefined> {
  const resource = await read(world, id, world.now());
  const stone = resource === undefined || resource instanceof AzureError ? { id } : { id, resource };
  await ripple(world, message, stone, world.controls);
}

const attemptsWhileUnsettled = 8;
const secondsWhileUnsettled = 2;

/** Controls that judge this type, with what they found before. */
async function findingsOn(world: World, message: Message, id: string): Promise<readonly ToRun[]> {
  const type = typeOf(id);
  const candidates = world.controls
    .filter((control) => message.controls === undefined || message.controls.includes(control.id))
    .filter((control) => control.subjects.some((subject) => same(subject, type)));
  return Promise.all(
    candidates.map(async (control) => ({
      control,
      before: await world.findings.get(subscriptionOf(id), findingIdOf(control.id, id)),
    })),
  );
}

/** A remedy that nobody saw to its end: its process died, or Azure did not answer. */
async function recoverFor(world: World, message: Message, toRun: readonly ToRun[]): Promise<number | undefined> {
  const isCutOff = message.cause === 'retry' || toRun.some(({ before }) => before?.pending === true);
  return isCutOff && message.scope.kind === 'resource' ? recover(world, subscriptionOf(message.scope.id)) : undefined;
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
    const { judgement } = await exempted(world, control, { id }, { verdict });
    await record(world, { control, resourceId: id, ...judgement, hops, remedy: '', lookedAt: [keyOf(id)], asOf: seen });
  }
  return error.retryable ? (error.retryAfter ?? 0) : undefined;
}
