import { shown, type Json, type Value } from './json';
import { truthNamed, type Operator } from './operators';

/** Why a resource does not comply: `sentenceOf` says it in words. */
export type Reason = ConditionReason | RelatedReason;

/** One condition that decided, with what was found and what would have been right. */
export interface ConditionReason {
  readonly kind: 'condition';
  /** The place in the rule: `if.allOf[1]`. */
  readonly path: string;
  /** The field, expression or count that was looked at. */
  readonly subject: string;
  /** What was found; undefined when it is missing. Several values of a collection are an array. */
  readonly found: Value;
  /** The operator and value that the resource would have to satisfy. */
  readonly operator: string;
  readonly wanted: Json;
  /** The related resource, or the member of a count, that was looked at; undefined for the resource itself. */
  readonly of: string | undefined;
}

/** No related resource satisfies. */
export interface RelatedReason {
  readonly kind: 'related';
  readonly path: string;
  /** The type that is needed, and its name when the definition names it. */
  readonly subject: string;
  /** How many were found that do not satisfy. */
  readonly found: number;
}

export function sentenceOf(reason: Reason): string {
  if (reason.kind === 'related') {
    const found = reason.found === 0 ? 'there is none' : `none of ${reason.found} satisfies the existence condition`;
    return `${reason.subject} is needed; ${found}`;
  }
  const { of, subject, found, operator, wanted } = reason;
  const where = of === undefined ? '' : `${of}: `;
  return `${where}${subject} is ${shown(found)}; it ${demand(operator, wanted)}`;
}

/** The reason for a condition that is `truth` and would have to be the opposite. */
export function reasonOf(facts: {
  readonly path: string;
  readonly subject: string;
  readonly found: Value;
  readonly operator: Operator;
  readonly right: Json;
  readonly truth: boolean;
}): ConditionReason {
  const { path, subject, found, right, truth } = facts;
  const [operator, wanted] = wantedOf(facts.operator, right, truth);
  return { kind: 'condition', path, subject, found, operator, wanted, of: undefined };
}

function wantedOf(operator: Operator, right: Json, truth: boolean): readonly [string, Json] {
  if (operator.name !== 'exists') return [truth ? operator.opposite : operator.name, right];
  const wanted = typeof right === 'boolean' ? right : (truthNamed(right) ?? true);
  return ['exists', truth ? !wanted : wanted];
}

function demand(operator: string, wanted: Json): string {
  if (operator === 'exists') return wanted === true ? 'must be there' : 'must not be there';
  return `${DEMANDS.get(operator) ?? `must satisfy ${operator}`} ${shown(wanted)}`;
}

const DEMANDS: ReadonlyMap<string, string> = new Map([
  ['equals', 'must be'],
  ['notEquals', 'must not be'],
  ['in', 'must be one of'],
  ['notIn', 'must be none of'],
  ['like', 'must be like'],
  ['notLike', 'must not be like'],
  ['match', 'must match'],
  ['notMatch', 'must not match'],
  ['matchInsensitively', 'must match'],
  ['notMatchInsensitively', 'must not match'],
  ['contains', 'must contain'],
  ['notContains', 'must not contain'],
  ['containsKey', 'must have the key'],
  ['notContainsKey', 'must not have the key'],
  ['less', 'must be less than'],
  ['lessOrEquals', 'must be at most'],
  ['greater', 'must be greater than'],
  ['greaterOrEquals', 'must be at least'],
]);
