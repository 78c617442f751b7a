import type { CompiledRelated, CompiledRule } from './compile';
import { frameOf, type Frame, type RuleContext } from './compile-scope';
import type { EffectClass } from './effects';
import { propertyOf, type Json } from './json';
import type { Reason } from './reasons';
import type { RelatedAnswer, RelatedQuery } from './related';
import { idOf, prepare, type Subject } from './subject';
import { Unknown, type Truth } from './unknown';

/** What an evaluation knows beside the resource. */
export interface World extends RuleContext {
  /** What has been read for existence checks so far. */
  readonly related?: (query: RelatedQuery) => RelatedAnswer;
  /** Whether a type supports tags and a location; undefined when that is not known. */
  readonly supportsTagsAndLocation?: (resourceType: string) => boolean | undefined;
}

/** The verdict of one definition on one resource. `effect` is the effective one, as it is written. */
export type Verdict =
  | { readonly state: 'compliant'; readonly effect: string; readonly via: 'table' | 'hop' }
  | {
      readonly state: 'nonCompliant';
      readonly effect: string;
      readonly via: 'table' | 'hop';
      readonly reasons: readonly Reason[];
    }
  | { readonly state: 'notApplicable'; readonly effect: string; readonly because: string }
  | { readonly state: 'unknown'; readonly effect: string; readonly unknown: Unknown };

/** A verdict, or the reads that it needs: read them and evaluate again. */
export type Evaluation =
  Verdict | { readonly state: 'needs'; readonly effect: string; readonly reads: readonly RelatedQuery[] };

/** Pure: the same rule, resource and world give the same evaluation. */
export function evaluate(rule: CompiledRule, subject: Subject, world: World): Evaluation {
  const frame = frameOf(subject, subject, world);
  const effect = rule.effect(frame);
  if (effect instanceof Unknown) return unknown('', effect);
  const { name, kind } = effect;
  if (kind === undefined)
    return unknown(name, new Unknown('unsupported', `the effect ${name} is not known`, 'then.effect'));
  const outside = outsideOf(rule, kind);
  if (outside !== undefined) return notApplicable(name, outside);
  const tracked = rule.standing.kind === 'judged' && rule.standing.onlyTracked ? isTracked(subject, world) : true;
  if (tracked === false) return notApplicable(name, `${subject.type} does not support tags and a location`);
  const evaluation = judge(rule, { kind, effect: name, frame, world });
  return tracked === true || evaluation.state === 'notApplicable' ? evaluation : unknown(name, tracked);
}

interface Judgement {
  readonly kind: EffectClass;
  readonly effect: string;
  readonly frame: Frame;
  readonly world: World;
}

const unknown = (effect: string, reason: Unknown): Verdict => ({ state: 'unknown', effect, unknown: reason });
const notApplicable = (effect: string, because: string): Verdict => ({ state: 'notApplicable', effect, because });

/** Why a definition says nothing about a type, whatever is in the resource. */
function outsideOf({ standing }: CompiledRule, kind: EffectClass): string | undefined {
  if (kind === 'disabled') return 'the effect is Disabled';
  if (kind === 'request') return 'the definition is about requests, not about what exists';
  return standing.kind === 'outside' ? standing.because : undefined;
}

/**
 * Without word from Azure, a resource without a location is not tracked, and one with a location is, unless it is a
 * child without tags: such types come both ways.
 */
function isTracked({ type, resource }: Subject, world: World): Truth {
  const known = world.supportsTagsAndLocation?.(type);
  if (known !== undefined) return known;
  if (typeof propertyOf(resource, 'location') !== 'string') return false;
  if (type.split('/').length === 2 || propertyOf(resource, 'tags') !== undefined) return true;
  return new Unknown('context-missing', `whether ${type} supports tags and a location is not known`);
}

function judge(rule: CompiledRule, judgement: Judgement): Evaluation {
  const { kind, effect, frame } = judgement;
  if (rule.standing.kind === 'delegated') return unknown(effect, delegated(rule));
  const applies = kind === 'existence' ? true : rule.applies.test(frame);
  if (applies instanceof Unknown) return unknown(effect, applies);
  if (!applies) return notApplicable(effect, 'the definition is about other resources');
  if (kind === 'manual') return unknown(effect, attested);
  const truth = rule.condition.test(frame);
  if (truth instanceof Unknown) return unknown(effect, truth);
  if (kind === 'existence') {
    return truth ? judgeExistence(rule, judgement) : notApplicable(effect, 'the rule is about other resources');
  }
  if (!truth) return { state: 'compliant', effect, via: rule.via };
  return { state: 'nonCompliant', effect, via: rule.via, reasons: rule.condition.explain(rested(frame), true) };
}

/** Explaining takes steps of work of its own. */
const rested = (frame: Frame): Frame => ({ ...frame, work: 0 });

const delegated = ({ definition }: CompiledRule): Unknown =>
  new Unknown('delegated', `definitions of the mode ${definition.mode} are judged in the data plane`);

const attested = new Unknown('unsupported', 'a person attests this, no rule decides it', 'then.effect');

function judgeExistence(rule: CompiledRule, { effect, frame, world }: Judgement): Evaluation {
  if (rule.related === undefined) {
    return unknown(
      effect,
      new Unknown('unsupported', 'the type of the resource that must exist is not given', 'then.details'),
    );
  }
  const query = rule.related.query.queryFor(frame);
  if (query instanceof Unknown) return unknown(effect, query);
  const answer = world.related?.(query) ?? (query.where === 'self' ? [frame.origin.resource] : undefined);
  if (answer === undefined) return { state: 'needs', effect, reads: [query] };
  if ('unreadable' in answer) {
    return unknown(effect, new Unknown('related-unreadable', `${query.type} could not be read: ${answer.unreadable}`));
  }
  const frames = answer.map((resource) => frameOf(prepare(resource), frame.origin, world));
  const truths = frames.map((each) => rule.related?.condition?.test(each) ?? true);
  if (truths.includes(true)) return { state: 'compliant', effect, via: rule.via };
  const open = truths.find((truth) => truth instanceof Unknown);
  if (open !== undefined) return unknown(effect, open);
  return { state: 'nonCompliant', effect, via: rule.via, reasons: reasonsFor(rule.related, query, frames) };
}

/** First that nothing satisfies, then for each resource that was found why it does not. */
function reasonsFor(related: CompiledRelated, query: RelatedQuery, frames: readonly Frame[]): readonly Reason[] {
  const first = { kind: 'related', path: 'then.details', subject: wantedOf(query), found: frames.length } as const;
  const details = frames.slice(0, 5).flatMap((frame) => {
    const reasons = related.condition?.explain(rested(frame), false) ?? [];
    const label = labelOf(frame.subject);
    return reasons.map((reason) => ({ ...reason, of: reason.of === undefined ? label : `${label}, ${reason.of}` }));
  });
  return [first, ...details];
}

function wantedOf({ type, name, isGuess }: RelatedQuery): string {
  if (isGuess) return `${type}, with a name that only Azure can compute,`;
  return name === undefined ? type : `${type} named ${name}`;
}

function labelOf(subject: Subject): string {
  const name: Json | undefined = propertyOf(subject.resource, 'name');
  return typeof name === 'string' ? name : idOf(subject.resource) || 'a resource without a name';
}
