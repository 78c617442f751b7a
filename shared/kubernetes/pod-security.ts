import { extensionsAround } from './around-clusters';
import { severities, type Severity, type Verdict } from '../core/verdict';
import { workloadKinds } from './kinds';
import { extensionNamespacesOf } from './cluster-facts';
import { wholeCluster, type ObjectReference } from './ids';
import { inOrder } from './in-order';
import type { InClusterJudgement, ObjectFinding } from './judgement';
import { managedNamespacesOf } from './managed-namespaces';
import type { KubernetesObject } from './object';
import { asStored, onPortsOfNode } from './pod-security/as-stored';
import { objectIn, textIn } from './pod-security/fields';
import { readPod } from './pod-security/pod';
import { problemsOf, standardAt, type PodProblem, type ReadSource, type Standard } from './pod-security/problems';
import { proposalFor, type Proposal } from './pod-security/proposal';
import { wrongTypesOf } from './pod-security/shape';
import { minorOf } from './pod-security/standard';
import { kindsWithPods, namespaceOf, workloadsOf, type PodSource, type Workload } from './pod-security/workloads';

/** What `pod-security` says about a workload: about its own template, and what runs for it. */
export interface WorkloadFinding {
  readonly object: ObjectReference;
  /** The good state. */
  readonly title: string;
  /** Of the worst problem; where there is none, of the worst that there could have been. */
  readonly severity: Severity;
  readonly problems: readonly PodProblem[];
  /** What could not be judged, and why. */
  readonly unknown: readonly string[];
  /** What is worth knowing and breaks no rule. */
  readonly advice: readonly string[];
  /** Why nothing is judged: the namespace is one of AKS's. */
  readonly leftOut?: string;
  readonly proposal?: Proposal;
}

export interface PodSecurityOptions {
  /** The cluster's, as `1.31` or `1.31.4`; absent or `latest`: the newest whose rules are known. */
  readonly version?: string;
  /** `files`: the defaults that matter are filled in as an API server would. Absent: the objects are as stored. */
  readonly from?: 'files' | 'cluster';
  /** Kinds that could not be read, as `Deployment`, with the reason. */
  readonly unread?: ReadonlyMap<string, string>;
  /** Namespaces of extensions that the cluster is known to have, as `flux-system`. */
  readonly extensionNamespaces?: readonly string[];
}

const title =
  'Pods meet the Pod Security Standard «restricted» and state their users, groups, capabilities and SELinux options';

/**
 * Judges pods, templates and what runs for them against the Pod Security Standards of the cluster's version and what the
 * requirement wants stated besides: one finding for each owning workload. Throws InputError for what is no version.
 */
export function podSecurityOf(
  objects: readonly KubernetesObject[],
  { version, from = 'cluster', unread = new Map(), extensionNamespaces = [] }: PodSecurityOptions = {},
): readonly WorkloadFinding[] {
  const standard = standardAt(minorOf(version));
  const system = managedNamespacesOf(objects, extensionNamespaces);
  const findings = workloadsOf(objects).map((workload) => {
    const finding = findingOf(storedAs(from, workload), standard);
    return system.has(namespaceOf(workload.object)) ? leftOut(finding, namespaceOf(workload.object)) : finding;
  });
  return [...findings, ...notSeen(unread)];
}

function notSeen(unread: ReadonlyMap<string, string>): readonly WorkloadFinding[] {
  const unknown = kindsWithPods
    .filter((kind) => unread.has(kind))
    .map((kind) => `objects of the kind ${kind} could not be read (${unread.get(kind) ?? ''}), so they are not judged`);
  return unknown.length === 0
    ? []
    : [{ object: wholeCluster, title, severity: 'high', problems: [], unknown, advice: [] }];
}

function storedAs(from: 'files' | 'cluster', workload: Workload): Workload {
  const store = from === 'files' ? asStored : onPortsOfNode;
  const stored = ({ prefix, template }: PodSource): PodSource => ({ prefix, template: store(template) });
  const own = workload.own === undefined ? {} : { own: stored(workload.own) };
  return { ...workload, ...own, running: workload.running.map(stored) };
}

function findingOf(workload: Workload, standard: Standard): WorkloadFinding {
  const sources = [...(workload.own === undefined ? [] : [workload.own]), ...workload.running].map(read);
  const problems = problemsOf(sources, standard);
  const proposal = proposalFor(workload, problems);
  return {
    object: workload.object,
    title,
    severity: severities.findLast((one) => problems.some(({ severity }) => severity === one)) ?? 'high',
    problems,
    unknown: [...new Set(sources.flatMap(unknownOf))],
    advice: [...new Set(sources.flatMap(adviceOf))],
    ...(proposal !== undefined && { proposal }),
  };
}

function read({ prefix, template }: PodSource): ReadSource & PodSource {
  return { prefix, template, pod: readPod(template) };
}

function unknownOf({ prefix, template, pod }: ReadSource & PodSource): readonly string[] {
  const wrong = wrongTypesOf(template).map((text) => `${prefix}${text}, and an API server refuses it`);
  if (wrong.length > 0) return wrong;
  if (pod.containers.length > 0) return [];
  return [`${prefix}spec.containers names no container, so there is nothing to judge`];
}

function adviceOf({ prefix, pod }: ReadSource): readonly string[] {
  const selector = objectIn(pod.spec, 'nodeSelector');
  const isForWindows = [selector['kubernetes.io/os'], selector['beta.kubernetes.io/os']].includes('windows');
  if (!isForWindows || textIn(objectIn(pod.spec, 'os'), 'name') !== '') return [];
  return [`${prefix}spec.os.name is missing although nodes of Windows are selected: it is judged as a pod of Linux`];
}

/** What is in a namespace of AKS is told for information; its owner is AKS, so nothing is asked for. */
function leftOut(finding: WorkloadFinding, namespace: string): WorkloadFinding {
  const { object, unknown, problems } = finding;
  const rules = problems.filter(({ severity }) => severity !== 'low').map(({ rule }) => rule);
  return {
    object,
    title,
    severity: 'low',
    problems: [],
    unknown: [],
    advice: [...unknown, ...(rules.length > 0 ? [`for information, it does not meet ${rules.join(', ')}`] : [])],
    leftOut: `${namespace} is a namespace of AKS, which answers for what runs in it`,
  };
}

/** The same in the form that the judgements of a cluster share: what AKS answers for is shown, and nothing is asked for. */
export const podSecurity = {
  controlId: 'pod-security',
  around: [extensionsAround],
  kinds: ['Namespace', ...workloadKinds],
  judge: (objects, facts) => {
    const { kubernetesVersion, unread } = facts;
    return podSecurityOf(inOrder(objects), {
      ...(kubernetesVersion !== undefined && { version: kubernetesVersion }),
      ...(unread !== undefined && { unread }),
      extensionNamespaces: extensionNamespacesOf(facts),
    }).map(asFinding);
  },
} satisfies InClusterJudgement;

function asFinding({ proposal, ...finding }: WorkloadFinding): ObjectFinding {
  if (proposal === undefined) return finding;
  const { objects, decisions, handsOff } = proposal;
  const left = decisions.map(({ path, note }) => `left to a person: ${path}: ${note}`);
  const effects = [...proposal.effects, ...(handsOff === undefined ? [] : [handsOff]), ...left];
  if (objects.length === 0) return { ...finding, advice: [...finding.advice, ...effects] };
  return { ...finding, propose: () => ({ objects, effects }) };
}

/** The finding as a verdict. What only lacks statements is still unknown when something could not be judged. */
export function verdictOf(finding: WorkloadFinding): Verdict {
  const { problems, unknown, advice, leftOut: isLeftOut } = finding;
  if (isLeftOut !== undefined) return { state: 'notApplicable', reason: [isLeftOut, ...advice].join('; ') };
  const isOpen = problems.some(({ severity }) => severity !== 'low');
  if (unknown.length > 0 && !isOpen) return { state: 'unknown', reason: unknown.join('; ') };
  if (problems.length > 0) return { state: 'violation', problems };
  return { state: 'compliant', reason: 'every container meets the standard and states its settings' };
}
