import type { Control } from '../core/control';
import { exemptionFor, type Exemptible, type Exemption } from '../core/exemption';
import { sumOf, type Judgement } from '../core/judgement';
import type { World } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { reasonOf, type Verdict } from '../core/verdict';

export interface Exempted {
  readonly judgement: Judgement;
  /** Why nothing may be written now, whatever the verdict is, as a sentence without a full stop; absent: nothing stands in the way. */
  readonly hold?: string;
  /** Seconds after which that may have passed; absent: it passes when somebody does something about it. */
  readonly retryAfter?: number;
}

/** What could not be read is not asked for again within the minute. */
const retrySeconds = 60;

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
  if (sources.unreadable.length === 0) {
    const find = (id: string): Exemption | undefined => exemptionFor(sources, control.id, { id }, world.now());
    return { judgement: withOwnExemptions(judgement, find) };
  }
  const reasons = sources.unreadable.map(({ title, reason }) => `${title}: ${reason}`);
  const hold = `exemptions cannot be read: ${reasons.join('; ')}`;
  const passes = sources.unreadable.some(({ retryable }) => retryable);
  return { judgement, hold, ...(passes && { retryAfter: retrySeconds }) };
}

/** What is right needs no exemption. */
function isWanting({ verdict, aspects = [] }: Judgement): boolean {
  return [verdict, ...aspects.map((aspect) => aspect.verdict)].some(isWrongOrUnknown);
}

function isWrongOrUnknown({ state }: Verdict): boolean {
  return state === 'violation' || state === 'unknown';
}

/** What has an id of its own, as an object in a cluster, may have an exemption of its own. */
function withOwnExemptions(judgement: Judgement, find: (id: string) => Exemption | undefined): Judgement {
  const { verdict, aspects = [] } = judgement;
  const excused = aspects.map((aspect) => {
    if (aspect.subject === undefined || !isWrongOrUnknown(aspect.verdict)) return aspect;
    const exemption = find(aspect.subject);
    return exemption === undefined ? aspect : { ...aspect, verdict: exemptBy(exemption, aspect.verdict) };
  });
  const isSame = excused.every((aspect, index) => aspect === aspects[index]);
  return isSame ? judgement : { verdict: isWrongOrUnknown(verdict) ? sumOf(excused) : verdict, aspects: excused };
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
