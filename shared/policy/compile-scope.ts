import type { AliasResolver } from './aliases';
import type { Json, JsonObject, Value } from './json';
import type { Step } from './paths';
import type { Subject } from './subject';
import { failed, Unknown } from './unknown';

/** What the functions of a rule can ask for. What is absent is `unknown` where a rule needs it. */
export interface RuleContext {
  /** The time of the evaluation, `2026-01-31T12:00:00.0000000Z`. */
  readonly utcNow?: string;
  readonly resourceGroup?: JsonObject;
  readonly subscription?: JsonObject;
  /** `apiVersion`: for an existing resource, the latest version of its type. */
  readonly requestContext?: JsonObject;
  readonly policy?: JsonObject;
}

/** The state of one evaluation. */
export interface Frame extends Worker {
  /** What conditions on a field read. */
  readonly subject: Subject;
  /** The resource of the rule's `if`; another one than `subject` only in an existence condition. */
  readonly origin: Subject;
  readonly context: RuleContext;
  /** The members that the counts around are at, by slot. */
  readonly members: Value[];
  /** How many rounds the counts of values around make together. */
  rounds: number;
}

export const frameOf = (subject: Subject, origin: Subject, context: RuleContext): Frame => ({
  subject,
  origin,
  context,
  members: [],
  rounds: 1,
  work: 0,
});

/** What counts its steps of work: an evaluation, or compiling one rule. */
export interface Worker {
  work: number;
}

/** Steps of work for one evaluation, so that nested counts over long arrays end. Some seconds at most. */
const WORK_LIMIT = 5_000_000;

export const isOverworked = (worker: Worker, work = 1): boolean => (worker.work += work) > WORK_LIMIT;

export const overworked = failed(`the evaluation was stopped after ${WORK_LIMIT} steps`);

/** What the compiler knows at a place of the rule. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Json | Unknown>;
  /** The type of the resource that the rule's `if` is about. */
  readonly type: string;
  /** The type of the related resource, in an existence condition only. */
  readonly relatedType: string | undefined;
  readonly aliases: AliasResolver;
  /** The counts around, the innermost last. */
  readonly counts: readonly CountScope[];
  readonly slots: number;
  readonly notes: Notes;
}

/** Where an expression sees parameters and nothing else. */
export const parameterScope = (parameters: Scope['parameters']): Scope => ({
  parameters,
  type: '',
  relatedType: undefined,
  aliases: () => undefined,
  counts: [],
  slots: 0,
  notes: { usesHop: false, unknowns: [], work: 0 },
});

export type CountScope =
  | { readonly kind: 'field'; readonly prefix: readonly Step[]; readonly slot: number }
  | { readonly kind: 'value'; readonly name: string; readonly slot: number };

/** What compiling found out beside the rule itself. */
export interface Notes extends Worker {
  usesHop: boolean;
  readonly unknowns: Unknown[];
}

/** A value of the rule, folded when it depends on nothing but the parameters. */
export type Operand =
  | { readonly kind: 'constant'; readonly value: Json | Unknown }
  | { readonly kind: 'computed'; readonly compute: (frame: Frame) => Json | Unknown };

export const constant = (value: Json | Unknown): Operand => ({ kind: 'constant', value });
export const computed = (compute: (frame: Frame) => Json | Unknown): Operand => ({ kind: 'computed', compute });

export const valueOf = (operand: Operand, frame: Frame): Json | Unknown =>
  operand.kind === 'constant' ? operand.value : operand.compute(frame);

/** The same operand; a failure in it names the place. */
export function placed(operand: Operand, path: string): Operand {
  if (operand.kind === 'constant') {
    return operand.value instanceof Unknown ? constant(operand.value.at(path)) : operand;
  }
  return computed((frame) => {
    const value = operand.compute(frame);
    return value instanceof Unknown ? value.at(path) : value;
  });
}
