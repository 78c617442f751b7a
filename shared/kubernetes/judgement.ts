import type { Reading } from '../core/inventory';
import type { Inventory } from '../core/inventory';
import type { Resource } from '../core/resource';
import type { Severity } from '../core/verdict';
import type { Fields } from './fields';
import type { ObjectReference } from './ids';
import type { KubernetesObject } from './object';

/** Judges all objects of a cluster for one control, without a look anywhere else. */
export interface InClusterJudgement {
  readonly controlId: string;
  /** Kinds of objects that it looks at, as `Pod`. */
  readonly kinds: readonly string[];
  /** What it has to know of Azure besides the cluster's own resource. */
  readonly around?: readonly Surroundings[];
  /** One finding for each object that is judged, also when nothing is wrong; none: there is nothing that it judges. */
  judge(objects: readonly KubernetesObject[], facts: ClusterFacts): readonly ObjectFinding[];
}

/** What Azure tells of a cluster besides its own resource. */
export interface Surroundings {
  /** Types that are looked up; an event on one of them wakes the clusters. */
  readonly reads: readonly string[];
  readonly facts: (cluster: Resource, inventory: Inventory) => Partial<ClusterFacts>;
}

export interface ObjectFinding {
  readonly object: ObjectReference;
  /** Which of several things that a control judges about the object; absent: the only one. */
  readonly aspect?: string;
  /** The good state. */
  readonly title: string;
  /** Of the worst problem; of a finding without problems, of the worst that there could have been. */
  readonly severity: Severity;
  /** Empty: nothing is wrong, as far as `unknown` does not say otherwise. */
  readonly problems: readonly ObjectProblem[];
  /** What could not be told, and why. */
  readonly unknown?: readonly string[];
  /** What is worth knowing and breaks no rule. */
  readonly advice?: readonly string[];
  /** Why it is not for the control to say anything of it, as of what AKS answers for; what is known of it is advice. */
  readonly leftOut?: string;
  /** Makes what would put it right: patches for server-side apply, and whole objects that do not exist yet. Work of its own. */
  readonly propose?: () => Proposal | undefined;
}

export interface ObjectProblem {
  /** Permanent name of the rule that is broken, as `no-secret`. */
  readonly rule: string;
  readonly severity: Severity;
  /** What was wanted, what was found and what to do. */
  readonly reason: string;
  /** Field of the object, as `spec.tls[0].secretName`. */
  readonly path?: string;
}

export interface Proposal {
  /** Complete objects, in the order in which they have to be applied. */
  readonly objects: readonly Fields[];
  /** What they change and what to look at first, as sentences. */
  readonly effects: readonly string[];
}

/** What is known of the cluster besides its objects. Absent: not known. */
export interface ClusterFacts {
  /** As `1.36`. */
  readonly kubernetesVersion?: string;
  /** The day, as `2026-11-24`. */
  readonly today?: string;
  /** `properties` of the cluster's resource, as ARM shows them. */
  readonly cluster?: Fields;
  /** Resources of the Application Gateways that may stand in front of the cluster, as those of its subscription. */
  readonly applicationGateways?: readonly Fields[];
  /** Resources of the extensions on the cluster, as ARM shows them. */
  readonly extensions?: readonly Fields[];
  /** The objects are all that the cluster has: what is not among them does not exist. */
  readonly isWhole?: boolean;
  /** Bytes that the containers of a namespace write a day. */
  readonly written?: ReadonlyMap<string, number>;
  /** Namespaces whose containers' output has to be collected. */
  readonly collectedNamespaces?: readonly string[];
  /** Kinds that could not be read, with the reason. */
  readonly unread?: ReadonlyMap<string, string>;
  /** Whether people have narrower rights than administrators by role assignments of Azure, where Azure RBAC decides. */
  readonly azureRoles?: Reading<boolean>;
}

export type FindingOutcome = 'open' | 'unknown' | 'compliant' | 'notApplicable';

export function outcomeOf({ problems, unknown = [], leftOut }: ObjectFinding): FindingOutcome {
  if (leftOut !== undefined) return 'notApplicable';
  if (problems.length > 0) return 'open';
  return unknown.length > 0 ? 'unknown' : 'compliant';
}

const made = new WeakMap<ObjectFinding, Proposal>();

/** What would put a finding right, made once. Without objects, a person has to decide, and the effects say what. */
export function proposalOf(finding: ObjectFinding): Proposal | undefined {
  const proposal = made.get(finding) ?? finding.propose?.();
  if (proposal !== undefined) made.set(finding, proposal);
  return proposal;
}
