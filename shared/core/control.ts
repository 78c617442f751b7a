import type { Inventory } from './inventory';
import type { ObjectKind } from './kubernetes-object';
import type { Json, Resource } from './resource';
import type { Past } from './past';
import type { Settings } from './settings';
import type { Aspect, Severity, Verdict } from './verdict';

export interface Control {
  /** File name, docs page, test file and ControlId in Sentinel; permanent. */
  readonly id: string;
  /** The good state, as a sentence that a compliance officer would sign. */
  readonly title: string;
  /** What is looked at, each as a sentence, for the control's page. */
  readonly judges: readonly string[];
  /** The severity of its worst violation. */
  readonly severity: Severity;
  /** Section of the requirements. */
  readonly requirement: string;
  /** Resource types that are judged; an event on one of them wakes the control. */
  readonly subjects: readonly string[];
  /** Other types that `evaluate` and `plan` look up; an event on one of them wakes the subjects that looked at it. */
  readonly reads: readonly string[];
  /** What it asks clusters for. Absent: nothing. */
  readonly kinds?: readonly ObjectKind[];
  /** Ids of the controls whose findings on a subject it is told; absent: it judges by what is, and nothing is looked up. */
  readonly remembers?: readonly string[];
  /** One verdict, or one for each of several things; each of them becomes a finding of its own. */
  evaluate(subject: Resource, inventory: Inventory, settings: Settings, past?: Past): Verdict | readonly Aspect[];
  /** Definitions of Azure Policy that say the same, as far as a policy can: `infra/` deploys them, and they are judged here. */
  readonly policies?: readonly OwnPolicy[];
  /** Ids of subjects that a written resource concerns although it is not one of them, as a flow log its network. */
  concerns?(written: Resource): readonly string[];
  /** Absent: audit only. */
  readonly remedy?: Remedy;
}

/** A custom definition: `name` is permanent, `properties` as Azure Policy takes them. */
export interface OwnPolicy {
  readonly name: string;
  readonly properties: Json;
}

export interface Remedy {
  /** What is put right and what is left to a person, each as a sentence, for the control's page. */
  readonly does: readonly string[];
  /** Exactly what `plan` may ask for. */
  readonly permissions: readonly string[];
  plan(subject: Resource, inventory: Inventory, settings: Settings, past?: Past): Plan;
  /** What only taking a change back needs besides. */
  readonly toTakeBack?: readonly string[];
  /** What putting back needs what others hold, where they hold it (`keeps`). */
  readonly toPutBack?: readonly string[];
  /** Of a resource that is written as it was: what others hold that Azure may change by it. */
  keeps?(resource: Resource, inventory: Inventory): readonly Kept[];
}

export interface Plan {
  /** In this order; the first that fails ends the plan. */
  readonly actions: readonly Action[];
  /** What stands in the way and what a person has to do about it, as sentences. */
  readonly blocked: readonly string[];
  /** Ids of other subjects whose own judgement does what is needed here. */
  readonly wakes?: readonly string[];
  /** Plans with the same lock are carried out one after the other, on all instances. */
  readonly lock: string;
}

/** A resource that has to be written. It is read back, and every field of `body` has to be found in it. */
export interface Action {
  readonly id: string;
  readonly body: Body;
  /** What was there, as read; absent when the resource is created. */
  readonly before?: Resource;
  /** Fields that must be gone afterwards, as `properties.recordTypes`. */
  readonly without?: readonly string[];
  /** Other fields of `before` that the body leaves out on purpose; Azure may give them a default again. */
  readonly drops?: readonly string[];
  /** Resources of others that Azure may change by this write; all that they hold must be in them afterwards. */
  readonly keeps?: readonly Kept[];
  /** Of two writes of which the first alone would do harm: Steward's own limits let both through, or neither. */
  readonly half?: 'first' | 'second';
  /** What changes, as a sentence that begins with a verb in the infinitive. */
  readonly summary: string;
  readonly permission: string;
  /** What to do instead when Azure refuses with this code. */
  readonly otherwise?: { readonly code: string; readonly actions: readonly Action[] };
}

export interface Kept {
  readonly id: string;
  /** Writable properties, as read. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** The writable part of a resource, as on the wire. */
export interface Body {
  readonly location?: string;
  readonly kind?: string;
  readonly sku?: { readonly name: string };
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, Json>>;
}
