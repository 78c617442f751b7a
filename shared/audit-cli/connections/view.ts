import { commonRanges } from '../../core/ip-ranges';
import { at, textOf } from '../../kubernetes/fields';
import type { KubernetesObject } from '../../kubernetes/object';
import { ciliumRuleSetsOf, ciliumSelects } from '../../kubernetes/reachability/cilium';
import { unprotectedOf } from '../../kubernetes/reachability/connections';
import { directions, type Direction } from '../../kubernetes/reachability/policy';
import { reachabilityOf, type Reachability } from '../../kubernetes/reachability/reachability';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { InputError } from '../input';
import { absentPeerLines, type AbsentPeerLine } from './absent-peers';
import { doubtsOf } from './doubts';
import { endOf, namespaceOf, type End, type Question } from './ends';
import { entriesOf, type Entry } from './entries';
import { outsideLines, type OutsideLine } from './outside-lines';
import { MOST_PAIRS, pairsBetween, workloadLines, type WorkloadLine } from './workload-lines';

export interface OpenWorkload {
  readonly workload: Workload;
  readonly directions: readonly Direction[];
  /** Policies of Cilium select it, whose rules are not counted. */
  readonly cilium: boolean;
}

/** Everything that there is to say about who can talk to whom. */
export interface ConnectionView {
  readonly asked: Question;
  /** All of them, whatever is asked for. */
  readonly workloads: readonly Workload[];
  readonly policies: number;
  /** Workloads, and the directions in which no policy isolates them. */
  readonly open: readonly OpenWorkload[];
  readonly between: readonly WorkloadLine[];
  readonly outside: readonly OutsideLine[];
  readonly absent: readonly AbsentPeerLine[];
  readonly entries: readonly Entry[];
  readonly doubts: readonly string[];
}

/** What the user asked for, as text. */
export interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Who can talk to whom, as far as it is asked for. Throws an InputError when that names nothing, or is too much. */
export function connectionView(all: readonly KubernetesObject[], asked: Asked): ConnectionView {
  const objects = all.filter((object) => !hasEnded(object));
  const reachability = reachabilityOf(objects);
  const { workloads, policies } = reachability;
  const question = questionOf(asked, workloads);
  const { from, to } = question;
  const chosen = (end: End) => workloads.filter((one) => isAt(end, one) && isIn(question, one));
  return {
    asked: question,
    workloads,
    policies: policies.length,
    open: openOf(reachability, objects).filter(({ workload }) => isTold(question, workload)),
    between: betweenOf(reachability, question),
    outside: [
      ...outsideLines(reachability, to.kind === 'outside' ? [] : chosen(to)).filter(meets('ingress', from)),
      ...outsideLines(reachability, from.kind === 'outside' ? [] : chosen(from)).filter(meets('egress', to)),
    ],
    absent: [
      ...(from.kind === 'any' ? absentPeerLines(reachability, chosen(to)).filter(isDirected('ingress')) : []),
      ...(to.kind === 'any' ? absentPeerLines(reachability, chosen(from)).filter(isDirected('egress')) : []),
    ],
    entries: from.kind === 'workloads' ? [] : entriesOf(reachability, objects, chosen(to)),
    doubts: doubtsOf(reachability, objects),
  };
}

/** A pod that has run to its end talks to nobody. */
function hasEnded({ kind, status }: KubernetesObject): boolean {
  return kind === 'Pod' && /^(Succeeded|Failed)$/.test(textOf(at(status, 'phase')));
}

function questionOf({ from, to, namespace }: Asked, workloads: readonly Workload[]): Question {
  const space = namespaceOf(namespace, workloads);
  const ends = { from: endOf('--from', from, workloads), to: endOf('--to', to, workloads) };
  return space === undefined ? ends : { ...ends, namespace: space };
}

const isAt = (end: End, workload: Workload): boolean =>
  end.kind === 'any' || (end.kind === 'workloads' && end.workloads.includes(workload));

const isIn = ({ namespace }: Question, workload: Workload): boolean =>
  namespace === undefined || workload.namespace === namespace;

/** Whether something about the workload alone is worth telling: it is named, or nobody is. */
function isTold(question: Question, workload: Workload): boolean {
  const named = [question.from, question.to].filter(({ kind }) => kind === 'workloads');
  return isIn(question, workload) && (named.length === 0 || named.some((end) => isAt(end, workload)));
}

function openOf(reachability: Reachability, objects: readonly KubernetesObject[]): readonly OpenWorkload[] {
  const sets = ciliumRuleSetsOf(objects);
  const byWorkload = Map.groupBy(unprotectedOf(reachability), ({ workload }) => workload);
  return [...byWorkload].map(([workload, found]) => ({
    workload,
    directions: found.map(({ direction }) => direction),
    cilium: sets.some((set) => workload.pods.some((pod) => ciliumSelects(set, pod, reachability.namespaces))),
  }));
}

/** In a namespace: from it to wherever, and from elsewhere to it. */
function betweenOf(reachability: Reachability, question: Question): readonly WorkloadLine[] {
  const { workloads } = reachability;
  const [from, to] = [question.from, question.to].map((end) => workloads.filter((one) => isAt(end, one)));
  if (from === undefined || to === undefined) return [];
  const inside = (one: Workload): boolean => isIn(question, one);
  const parts = [
    [from.filter(inside), to],
    [from.filter((one) => !inside(one)), to.filter(inside)],
  ] as const;
  return parts.flatMap(([senders, receivers]) => {
    const pairs = pairsBetween(reachability, senders, receivers);
    if (pairs <= MOST_PAIRS) return workloadLines(reachability, senders, receivers);
    throw new InputError(
      `${pairs} pairs of workloads are too many to look at (at most ${MOST_PAIRS}); name --from, --to or --namespace`,
    );
  });
}

const isDirected =
  (direction: Direction) =>
  (line: { readonly direction: Direction }): boolean =>
    line.direction === direction;

/** Lines of a direction whose addresses are among those that are asked for. */
function meets(direction: Direction, end: End): (line: OutsideLine) => boolean {
  return (line) => {
    if (line.direction !== direction || end.kind === 'workloads') return false;
    if (end.kind === 'any') return true;
    const { v4, v6 } = commonRanges(line.ranges, end.ranges);
    return v4.length + v6.length > 0;
  };
}

/** Whether a direction is among all there are. */
export const isBothWays = (found: readonly Direction[]): boolean => directions.every((one) => found.includes(one));
