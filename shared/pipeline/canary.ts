import type { ChangeEvent } from '../core/change-event';
import type { CanaryState } from '../core/delivery';
import { AzureError } from '../core/errors';
import type { World } from '../core/ports';
import { same, subscriptionOf } from '../core/resource';
import type { Verdict } from '../core/verdict';
import { explain } from './explain';
import { isWatchOpen, recordWatch, watches } from './watches';

const [second, minute] = [1_000, 60_000];
/** The timer comes every 15 minutes, and never quite on time. */
const period = 59 * minute;
/** Whoever set about writing one so long ago and has not ended is dead. */
const longestAttempt = 10 * minute;
const longestWait = 30 * minute;
/** Without a canary for so long, nobody knows whether events come, even if Azure only refuses for now. */
const longestPause = 120 * minute;
/** Azure's clock and ours differ by less. */
const tolerance = 60 * second;
const mostUnheard = 48;

/** Writes the canary of this hour, if it is this instance that has to, and says what became of those before it. */
export async function watchEvents(world: World): Promise<void> {
  const { canary, resourceGroupId } = world.settings;
  if (canary === 'off') return endWatch(world);
  const subscriptionId = subscriptionOf(resourceGroupId);
  if (await isOurTurn(world, subscriptionId)) await write(world, subscriptionId);
  const state = await world.receipts.canary(subscriptionId);
  const verdict = state && verdictOn(state, world.now(), resourceGroupId);
  if (verdict !== undefined) await recordWatch(world, watches.eventDelivery, resourceGroupId, verdict);
}

async function endWatch(world: World): Promise<void> {
  const { resourceGroupId } = world.settings;
  if (!(await isWatchOpen(world, watches.eventDelivery, resourceGroupId))) return;
  const verdict: Verdict = { state: 'notApplicable', reason: 'no canary is written: the setting CANARY is off' };
  await recordWatch(world, watches.eventDelivery, resourceGroupId, verdict);
}

async function isOurTurn(world: World, subscriptionId: string): Promise<boolean> {
  const now = world.now();
  let isOurs = false;
  await world.receipts.updateCanary(subscriptionId, (previous) => {
    const wait = previous?.ended ? period : longestAttempt;
    isOurs = previous === undefined || ago(previous.begunAt, now) >= wait;
    if (!isOurs) return undefined;
    return { unheard: [], ...previous, begunAt: now, ended: false };
  });
  return isOurs;
}

function ago(time: string, now: string): number {
  return Date.parse(now) - Date.parse(time);
}

async function write(world: World, subscriptionId: string): Promise<void> {
  const at = world.now();
  const refusal = await refusalTo(world, at);
  await world.receipts.updateCanary(subscriptionId, (state) => {
    if (state === undefined) return undefined;
    return refusal === undefined ? written(state, at) : { ...state, ...refused(refusal) };
  });
}

/** Its event may have been quicker than we are. */
function written({ begunAt, unheard, heardAt }: CanaryState, at: string): CanaryState {
  const waiting = isBack(at, heardAt) ? unheard : [...unheard, at].slice(-mostUnheard);
  return { begunAt, ended: true, writtenAt: at, unheard: waiting, ...(heardAt !== undefined && { heardAt }) };
}

/** What Azure refuses for now is tried again before the hour is over. */
function refused(refusal: AzureError): Pick<CanaryState, 'refused' | 'ended'> {
  const { retryable } = refusal;
  return { refused: { reason: explain(refusal), retryable }, ended: !retryable };
}

async function refusalTo(world: World, at: string): Promise<AzureError | undefined> {
  try {
    await world.canary.write(at);
    return undefined;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    world.journal({ step: 'failed', text: `the canary could not be written: ${explain(error)}` });
    return error;
  }
}

function isBack(writtenAt: string, heardAt: string | undefined): boolean {
  return heardAt !== undefined && ago(writtenAt, heardAt) >= -tolerance;
}

function verdictOn(state: CanaryState, now: string, group: string): Verdict | undefined {
  const { writtenAt, unheard, heardAt, refused } = state;
  const [oldest] = unheard;
  if (oldest !== undefined && ago(oldest, now) > longestWait) {
    const reason = `a canary was written to ${group} at ${oldest}, and no event told of it; look at the event subscription: that it is there, that its filter lets Microsoft.Resources/tags/write through, and what it could not deliver`;
    return { state: 'violation', problems: [{ severity: watches.eventDelivery.severity, reason }] };
  }
  const isSilent = writtenAt === undefined || ago(writtenAt, now) > longestPause;
  if (refused !== undefined && (!refused.retryable || isSilent)) {
    const grant = `the app needs Microsoft.Resources/tags/write on ${group}, and neither a lock nor a policy may forbid it`;
    return { state: 'unknown', reason: `the canary could not be written: ${refused.reason}; ${grant}` };
  }
  if (heardAt === undefined) return undefined;
  return { state: 'compliant', reason: `the canary of ${heardAt} came back` };
}

/** The event of a canary; somebody else's write of the group's tags is none, where we know who we are. */
export function isCanary({ id, by }: ChangeEvent, world: World, ownIds: readonly string[]): boolean {
  if (!same(id, `${world.settings.resourceGroupId}/providers/Microsoft.Resources/tags/default`)) return false;
  return ownIds.length === 0 || by.some((one) => ownIds.some((own) => same(own, one)));
}

/** All that were written before it are answered: the way is open. */
export async function hearCanary(world: World, { eventAt }: ChangeEvent): Promise<void> {
  await world.receipts.updateCanary(subscriptionOf(world.settings.resourceGroupId), (state) => {
    if (state === undefined || (state.heardAt ?? '') >= eventAt) return undefined;
    return { ...state, heardAt: eventAt, unheard: state.unheard.filter((at) => !isBack(at, eventAt)) };
  });
}
