import type { Announcement, Finding, Hops } from '../core/finding';
import type { Change } from '../core/ports';
import type { Aspect, Verdict } from '../core/verdict';
import { findingIdOf, isOpen, nextFinding, type Judged } from './report';

/** The finding after a judgement, with one for each of its aspects, and what Sentinel has to be told. */
export function nextFindings(previous: Finding | undefined, judged: Judged): Change {
  const aspects = judged.aspects ?? previous?.aspects?.map((one) => inDoubt(one, judged.verdict));
  if (aspects === undefined) return nextFinding(previous, judged);
  const isProposed = aspects.some(({ proposes }) => proposes);
  const { finding } = nextFinding(previous, { ...judged, ...(isProposed && { remedy: proposalOf(judged) }) });
  const before = new Map((previous?.aspects ?? []).map((one) => [one.aspect ?? '', one]));
  const announcements: Announcement[] = [];
  const findings = [...aspects, ...vanished(before, aspects)].flatMap((aspect) => {
    const known = before.get(aspect.key);
    const change = nextAspect(known, judged, aspect);
    if (announcements.length + change.announcements.length > mostAnnouncements) return known ?? [];
    announcements.push(...change.announcements);
    return change.finding;
  });
  return { finding: { ...finding, aspects: findings }, announcements };
}

/**
 * As many as are stored together with their finding. When a judgement says more, the rest of its aspects stay as they
 * were, and it has to be recorded again.
 */
export const mostAnnouncements = 90;

/** What is said of the resource as a whole, as that it cannot be read, is said of everything that was judged of it. */
function inDoubt({ aspect = '', title, hops }: Finding, verdict: Verdict): Aspect {
  return { key: aspect, title, verdict, hops: ownHops(hops) };
}

function ownHops({ awaited, renewed, flowing }: Hops): NonNullable<Aspect['hops']> {
  return {
    ...(awaited !== undefined && { awaited }),
    ...(renewed !== undefined && { renewed }),
    ...(flowing !== undefined && { flowing }),
  };
}

/** What was open and is not judged any more is over. */
function vanished(before: ReadonlyMap<string, Finding>, aspects: readonly Aspect[]): readonly Aspect[] {
  const keys = new Set(aspects.map(({ key }) => key));
  const verdict: Verdict = { state: 'compliant', reason: 'it is not asked of the resource any more' };
  return [...before.values()]
    .filter(({ aspect = '', state }) => !keys.has(aspect) && isOpen(state))
    .map(({ aspect = '', title }) => ({ key: aspect, title, verdict }));
}

function proposalOf({ control, resourceId }: Judged, aspect?: string): string {
  return `what a person can apply, or has to decide: \`npm run propose -- ${findingIdOf(control.id, resourceId, aspect)}\``;
}

function nextAspect(previous: Finding | undefined, judged: Judged, one: Aspect): Change {
  const { key, title, verdict, hops, subject } = one;
  const control = { ...judged.control, title };
  const { event, seen, decided } = judged.hops;
  const own: Hops = { ...(event !== undefined && { event }), seen, decided, ...hops };
  return nextFinding(previous, {
    ...judged,
    control,
    verdict,
    aspect: key,
    ...(subject !== undefined && { about: subject }),
    ...(one.proposes && { remedy: proposalOf(judged, key) }),
    lookedAt: [],
    ...(hops && { hops: own }),
  });
}
