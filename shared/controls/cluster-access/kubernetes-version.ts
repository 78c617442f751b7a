import { same, type Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { poolsOf, propertiesOf, textOf, type ManagedCluster } from './cluster';
import { endingProblems, endsSoon, isOver } from './end-of-support';
import { minorSupport, type MinorSupport } from './kubernetes-support';

/** The support of the versions that the control plane and each node pool run. */
export function kubernetesVersion(subject: Resource, now: string): Verdict {
  const cluster = propertiesOf(subject);
  const pools = poolsOf(cluster);
  if (pools === undefined) return { state: 'unknown', reason: 'the list of node pools cannot be understood' };
  const runs = [
    { who: 'the control plane', version: textOf(cluster.currentKubernetesVersion ?? cluster.kubernetesVersion) },
    ...pools.map(({ name = '?', currentOrchestratorVersion, orchestratorVersion }) => ({
      who: `node pool ${name}`,
      version: textOf(currentOrchestratorVersion ?? orchestratorVersion),
    })),
  ];
  return verdictOf(
    [...Map.groupBy(runs, ({ version }) => minorOf(version))].map(([minor, some]) =>
      supportOf(minor, some.map(({ who }) => who).join(', '), { longTerm: isLongTerm(cluster), now }),
    ),
  );
}

function isLongTerm({ supportPlan }: ManagedCluster): boolean {
  return same(textOf(supportPlan), 'AKSLongTermSupport');
}

function minorOf(version: string): string {
  return /^\d+\.\d+(?=\.|$)/.exec(version)?.[0] ?? version;
}

interface Support {
  readonly problems: readonly Problem[];
  readonly unknown?: string;
  readonly supported?: string;
}

interface Terms {
  readonly longTerm: boolean;
  readonly now: string;
}

/** Every minor version is supported longer than the ones before it, so the ends of the table tell of what lies beyond. */
function supportOf(minor: string, who: string, terms: Terms): Support {
  const known = minorSupport.find((one) => one.minor === minor);
  if (known !== undefined) return supportOfKnown(known, who, terms);
  if (!/^\d+\.\d+$/.test(minor)) return { problems: [], unknown: `${who}: which version it runs is not told` };
  const oldest = minorSupport.find((one) => numberOf(one.minor) > numberOf(minor));
  return oldest === undefined ? newer(minor, who, terms) : older(minor, who, oldest, terms);
}

function supportOfKnown(known: MinorSupport, who: string, terms: Terms): Support {
  const ends = endOf(known, terms.longTerm);
  const what = `Kubernetes ${known.minor} of ${who}`;
  const problems = endingProblems({ ends, what, instead: `upgrade to ${successorIn(terms)}` }, terms.now, 'high');
  return { problems, supported: `${known.minor} is supported until ${ends}` };
}

function older(minor: string, who: string, oldest: MinorSupport, terms: Terms): Support {
  const ends = endOf(oldest, terms.longTerm);
  if (!isOver(ends, terms.now)) return { problems: [], unknown: `${who}: the end of support of ${minor} is not known` };
  const reason = `Kubernetes ${minor} of ${who} is out of support, as even ${oldest.minor} is since ${ends}: upgrade to ${successorIn(terms)}`;
  return { problems: [{ severity: 'high', reason }] };
}

function newer(minor: string, who: string, { longTerm, now }: Terms): Support {
  const newest = minorSupport.at(-1);
  if (newest !== undefined && !isOver(endOf(newest, longTerm), now))
    return { problems: [], supported: `${minor} is newer than ${newest.minor}, which is supported` };
  return { problems: [], unknown: `${who}: the end of support of ${minor} is not known` };
}

function endOf({ ends, longTermEnds }: MinorSupport, longTerm: boolean): string {
  return longTerm ? longTermEnds : ends;
}

/** A version that does not have to be left soon. */
function successorIn({ longTerm, now }: Terms): string {
  const lasting = minorSupport.find((one) => !endsSoon(endOf(one, longTerm), now));
  return lasting === undefined ? 'a supported version' : `${lasting.minor} or later`;
}

/** `1.9` comes before `1.10`. */
function numberOf(minor: string): number {
  const [major = 0, rest = 0] = minor.split('.').map(Number);
  return major * 10_000 + rest;
}

function verdictOf(all: readonly Support[]): Verdict {
  const problems = all.flatMap((one) => one.problems);
  if (problems.length > 0) return { state: 'violation', problems };
  const unknown = all.flatMap((one) => one.unknown ?? []);
  if (unknown.length > 0) return { state: 'unknown', reason: unknown.join('; ') };
  return { state: 'compliant', reason: `Kubernetes ${all.flatMap((one) => one.supported ?? []).join(', ')}` };
}
