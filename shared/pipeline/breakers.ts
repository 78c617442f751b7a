import { afterOutcome, closedBy, opened, type Breaker } from '../core/breaker';
import { RefusedError } from '../core/errors';
import { sumOf } from '../core/judgement';
import type { BreakerKey, World } from '../core/ports';
import type { Aspect, Verdict } from '../core/verdict';
import { record } from './record';
import { watches } from './watches';

/** Why a control may not write in a subscription; undefined when it may. */
export async function stoppedBecause(world: World, key: BreakerKey): Promise<string | undefined> {
  const { open } = await world.breakers.get(key);
  return (
    open &&
    `the circuit breaker of ${key.controlId} is open since ${open.at}: ${open.because}; a person has to close it`
  );
}

const hour = 3_600;

/** A resource that was right is wrong: many of them within an hour are no case for a machine. */
export async function noteDrift(world: World, key: BreakerKey): Promise<void> {
  const most = world.settings.driftsAnHour;
  const name = `drifts in an hour of ${key.controlId}|${key.subscriptionId}`;
  const answer = await world.budget.take([{ name, most, seconds: hour }]);
  if (answer.taken) return;
  const because = `more than ${most} resources that were right have become wrong within an hour`;
  await change(world, key, (breaker) => opened(breaker, world.now(), because));
}

/** How a remedy ended. */
export async function noteOutcome(world: World, key: BreakerKey, failed: boolean): Promise<void> {
  await change(world, key, (breaker) => afterOutcome(breaker, world.now(), failed));
}

async function change(world: World, key: BreakerKey, decide: (breaker: Breaker) => Breaker | undefined): Promise<void> {
  let wasOpen = false;
  const after = await world.breakers.update(key, (breaker) => {
    wasOpen = breaker.open !== undefined;
    return decide(breaker);
  });
  if (after.open === undefined || wasOpen) return;
  world.journal({ step: 'failed', control: key.controlId, text: `nothing is written any more: ${after.open.because}` });
  await watchBreakers(world);
}

export interface Closing {
  readonly by: string;
  readonly reason: string;
}

/** A person lets a control write again. Throws RefusedError when its breaker is not open. */
export async function closeBreaker(world: World, key: BreakerKey, closing: Closing): Promise<Breaker> {
  let wasOpen = false;
  const after = await world.breakers.update(key, (breaker) => {
    wasOpen = breaker.open !== undefined;
    return wasOpen ? closedBy({ at: world.now(), ...closing }) : undefined;
  });
  if (!wasOpen) throw new RefusedError('conflict', `the circuit breaker of ${key.controlId} is not open`);
  world.journal({ step: 'changed', control: key.controlId, text: `its circuit breaker was closed by ${closing.by}` });
  await watchBreakers(world);
  return after;
}

/** The finding about breakers, with each that is or was open as an aspect. */
export async function watchBreakers(world: World): Promise<void> {
  const { resourceGroupId } = world.settings;
  const seen = world.now();
  const aspects = (await Array.fromAsync(world.breakers.all())).flatMap(([key, breaker]) => aspectOf(key, breaker));
  const right: Verdict = { state: 'compliant', reason: 'none is open' };
  await record(world, {
    control: watches.circuitBreaker,
    resourceId: resourceGroupId,
    verdict: aspects.length === 0 ? right : sumOf(aspects),
    aspects,
    hops: { seen, decided: world.now() },
    remedy: '',
    lookedAt: [],
    asOf: seen,
  });
}

function aspectOf({ subscriptionId, controlId }: BreakerKey, { open, closed }: Breaker): readonly Aspect[] {
  const title = `the circuit breaker of ${controlId} in ${subscriptionId} is closed`;
  const key = `${controlId}|${subscriptionId}`;
  if (open !== undefined)
    return [
      {
        key,
        title,
        verdict: {
          state: 'violation',
          problems: [{ severity: 'high', reason: `open since ${open.at}: ${open.because}` }],
        },
      },
    ];
  if (closed === undefined) return [];
  const reason = `closed by ${closed.by} at ${closed.at}: ${closed.reason}`;
  return [{ key, title, verdict: { state: 'compliant', reason } }];
}
