import type { Control } from '../core/control';
import { exemptionFor, type Exemptible, type Exemption } from '../core/exemption';
import type { Judgement } from '../core/judgement';
import type { World } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { reasonOf, type Verdict } from '../core/verdict';

export interface Exempted {
  readonly judgement: Judgement;
  /** Why nothing may be written now, whatever the verdict is, as a sentence without a full stop; absent: nothing stands in the way. */
  readonly hold?: string;
}

/**
 * The judgement with what is exempt in it. While a source of exemptions cannot be read, nothing may be written: nobody
 * knows what it exempts.
 */
export async function exempted(
  world: World,
  control: Control,
  subject: Exemptible,
  judgement: Judgement,
): Promise<Exempted> {
  if (!isWanting(judgement)) return { judgement };
  const sources = await world.exemptions.read(subscriptionOf(subject.id));
  const exemption = exemptionFor(sources, control.id, subject, world.now());
  if (exemption !== undefined) return { judgement: withExemption(judgement, exemption) };
  if (sources.unreadable.length === 0) return { judgement };
  const reasons = sources.unreadable.map(({ title, reason }) => `${title}: ${reason}`);
  return { judgement, hold: `exemptions cannot be read: ${reasons.join('; ')}` };
}

/** What is right needs no exemption. */
function isWanting({ verdict, aspects = [] }: Judgement): boolean {
  return [verdict, ...aspects.map((aspect) => aspect.verdict)].some(isWrongOrUnknown);
}

function isWrongOrUnknown({ state }: Verdict): boolean {
  return state === 'violation' || state === 'unknown';
}

function withExemption({ verdict, aspects }: Judgement, exemption: Exemption): Judgement {
  const excused = (one: Verdict): Verdict => (isWrongOrUnknown(one) ? exemptBy(exemption, one) : one);
  return {
    verdict: excused(verdict),
    ...(aspects && { aspects: aspects.map((aspect) => ({ ...aspect, verdict: excused(aspect.verdict) })) }),
  };
}

function exemptBy({ key, owner, reason, expires }: Exemption, verdict: Verdict): Verdict {
  const otherwise = reasonOf(verdict);
  const granted = `exempt until ${expires.slice(0, 10)} (owner ${owner}): ${reason}`;
  return { state: 'exempt', reason: `${granted}; otherwise: ${otherwise}`, exemption: key, otherwise };
}
