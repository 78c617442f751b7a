import { isInForce, type Exemption, type ExemptionSource, type ExemptionSources } from '../core/exemption';
import type { Finding } from '../core/finding';
import { sumOf } from '../core/judgement';
import type { World } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { severities, type Aspect, type Severity, type Verdict } from '../core/verdict';
import { record } from './record';
import { findingIdOf, isOpen } from './report';
import { watches } from './watches';

const dayMs = 86_400_000;
/** Days before its end in which an exemption is to be renewed or given up. */
const soonDays = 14;
/** Days that an exemption may wait for what it is granted for. */
const graceDays = 7;
/** As many aspects as one finding holds in its row of the table. */
const mostAspects = 200;

/**
 * Judges the exemptions themselves: a place that cannot be read, an entry that is invalid, one that has expired or soon
 * will, and one that no finding has needed since it was seen a week ago.
 */
export async function watchExemptions(world: World): Promise<void> {
  const { resourceGroupId, subscriptionIds } = world.settings;
  const watch = watches.exemptions;
  const seen = world.now();
  const sources = await Promise.all(subscriptionIds.map((id) => world.exemptions.read(id)));
  const all = withoutTwins(sources);
  const key = { subscriptionId: subscriptionOf(resourceGroupId), findingId: findingIdOf(watch.id, resourceGroupId) };
  const previous = await world.findings.get(key.subscriptionId, key.findingId);
  const found: Found = { all, needed: await neededOf(world, all), previous: previous?.aspects ?? [], now: seen };
  const aspects = bounded(aspectsOf(found));
  await record(world, {
    control: watch,
    resourceId: resourceGroupId,
    verdict: aspects.length === 0 ? rightVerdict(all) : sumOf(aspects),
    aspects,
    hops: { seen, decided: world.now() },
    remedy: '',
    lookedAt: [],
    asOf: seen,
  });
}

/** The file is read for every subscription, and what management groups exempt each subscription tells. */
function withoutTwins(sources: readonly ExemptionSources[]): ExemptionSources {
  const distinct = <T extends { readonly key: string }>(entries: readonly T[]): readonly T[] => [
    ...new Map(entries.map((entry) => [entry.key, entry])).values(),
  ];
  return {
    exemptions: distinct(sources.flatMap(({ exemptions }) => exemptions)),
    invalid: distinct(sources.flatMap(({ invalid }) => invalid)),
    unreadable: distinct(sources.flatMap(({ unreadable }) => unreadable)),
  };
}

/** Keys of the exemptions by which a finding in any subscription is not open. */
async function neededOf({ settings, findings }: World, { exemptions }: ExemptionSources): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  for (const subscriptionId of exemptions.length === 0 ? [] : settings.subscriptionIds) {
    for await (const finding of findings.of(subscriptionId)) exemptionsIn(finding).forEach((key) => needed.add(key));
  }
  return needed;
}

function exemptionsIn(finding: Finding): readonly string[] {
  return [finding, ...(finding.aspects ?? [])].flatMap(({ exemption }) => exemption ?? []);
}

interface Found {
  readonly all: ExemptionSources;
  readonly needed: ReadonlySet<string>;
  readonly previous: readonly Finding[];
  readonly now: string;
}

function aspectsOf(found: Found): readonly Aspect[] {
  const { unreadable, invalid, exemptions } = found.all;
  const known = [
    ...unreadable.map(({ key, title, reason }) =>
      aspect(key, title, problem('high', `it cannot be read, so that nothing is remediated: ${reason}`)),
    ),
    ...invalid.map(({ key, title, complaints }) =>
      aspect(key, title, problem('medium', `it exempts nothing: ${complaints.join('; ')}`)),
    ),
    ...exemptions.flatMap((exemption) => [...inTime(exemption, found.now), ...inUse(exemption, found)]),
  ];
  return [...known, ...settled(found, known)];
}

function inTime({ key, title, expires }: Exemption, now: string): readonly Aspect[] {
  const left = Date.parse(expires) - Date.parse(now);
  const day = expires.slice(0, 10);
  if (left <= 0)
    return [
      aspect(key, title, problem('medium', `it expired on ${day} and exempts nothing; take it away or renew it`)),
    ];
  if (left > soonDays * dayMs) return [];
  return [aspect(key, title, problem('low', `it expires on ${day}; renew it or put right what it excuses`))];
}

const useKey = (key: string): string => `${key}|use`;

/** Until the grace is over, the waiting is kept as an aspect that is right, for it tells since when. */
function inUse(exemption: Exemption, { needed, previous, now }: Found): readonly Aspect[] {
  if (!isInForce(exemption, now) || needed.has(exemption.key)) return [];
  const key = useKey(exemption.key);
  const before = previous.find(({ aspect: other }) => other === key);
  const waited = before === undefined ? 0 : Date.parse(now) - Date.parse(before.firstSeen);
  const isOver = (before !== undefined && isOpen(before.state)) || waited >= graceDays * dayMs;
  const verdict: Verdict = isOver
    ? problem('low', 'no violation needs it; take it away')
    : { state: 'compliant', reason: `no violation needs it yet; it may wait ${graceDays} days` };
  return [aspect(key, `${exemption.title}, its need`, verdict)];
}

/** What was complained of and is not any more; but what was said of a place that cannot be read now is not over. */
function settled({ all: { unreadable }, previous }: Found, known: readonly Aspect[]): readonly Aspect[] {
  const isUnread = (source: ExemptionSource): boolean => unreadable.some((one) => one.source === source);
  const keys = new Set(known.map(({ key }) => key));
  return previous
    .filter(({ aspect: key = '', state }) => isOpen(state) && !keys.has(key))
    .map(({ aspect: key = '', title }) =>
      isUnread(key.startsWith('file') ? 'file' : 'policy')
        ? aspect(key, title, { state: 'unknown', reason: 'the place that it is in cannot be read' })
        : aspect(key, title, { state: 'compliant', reason: 'it is right now, or taken away' }),
    );
}

function aspect(key: string, title: string, verdict: Verdict): Aspect {
  return { key, title, verdict };
}

function problem(severity: Severity, reason: string): Verdict {
  return { state: 'violation', problems: [{ severity, reason }] };
}

/** The gravest first; what one finding does not hold is counted in the last. */
function bounded(aspects: readonly Aspect[]): readonly Aspect[] {
  const sorted = aspects.toSorted((a, b) => gravity(b) - gravity(a));
  if (sorted.length <= mostAspects) return sorted;
  const rest = sorted.slice(mostAspects - 1);
  return [...sorted.slice(0, mostAspects - 1), aspect('others', `${rest.length} others`, sumOf(rest))];
}

function gravity({ verdict }: Aspect): number {
  if (verdict.state === 'unknown') return severities.length;
  if (verdict.state !== 'violation') return -1;
  return Math.max(...verdict.problems.map(({ severity }) => severities.indexOf(severity)));
}

function rightVerdict({ exemptions }: ExemptionSources): Verdict {
  return { state: 'compliant', reason: `${exemptions.length} exemptions are in force and needed` };
}
