import type { Operator } from './operators';
import type { Template } from './template';

/** A condition as a rule writes it. `path` is its place: `if.allOf[1]`. */
export type Condition =
  | { readonly kind: 'allOf' | 'anyOf'; readonly path: string; readonly members: readonly Condition[] }
  | { readonly kind: 'not'; readonly path: string; readonly member: Condition }
  | { readonly kind: 'constant'; readonly path: string; readonly value: boolean }
  | Leaf;

export interface Leaf {
  readonly kind: 'leaf';
  readonly path: string;
  readonly left: Left;
  readonly operator: Operator;
  readonly right: Template;
}

export type Left =
  | { readonly kind: 'field'; readonly field: Template }
  | { readonly kind: 'value'; readonly value: Template }
  | { readonly kind: 'count'; readonly count: Count };

export type Count =
  | { readonly kind: 'field'; readonly path: string; readonly field: Template; readonly where: Condition | undefined }
  | {
      readonly kind: 'value';
      readonly path: string;
      readonly value: Template;
      readonly name: string;
      readonly where: Condition | undefined;
    };

/** The leaves of a condition from left to right, not those inside a count. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  if (condition.kind === 'leaf') return [condition];
  if (condition.kind === 'constant') return [];
  return condition.kind === 'not' ? leavesOf(condition.member) : condition.members.flatMap(leavesOf);
}

/** The field that a leaf names literally, in lower case; undefined for a value, a count or a name made by an expression. */
export function fieldNamed(leaf: Leaf): string | undefined {
  if (leaf.left.kind !== 'field' || leaf.left.field.kind !== 'literal') return undefined;
  return typeof leaf.left.field.value === 'string' ? leaf.left.field.value.toLowerCase() : undefined;
}

/** Every value that a condition writes, also inside counts. */
export function templatesIn(condition: Condition): readonly Template[] {
  if (condition.kind === 'constant') return [];
  if (condition.kind === 'not') return templatesIn(condition.member);
  if (condition.kind !== 'leaf') return condition.members.flatMap(templatesIn);
  return [...templatesOfLeft(condition.left), condition.right];
}

function templatesOfLeft(left: Left): readonly Template[] {
  if (left.kind === 'field') return [left.field];
  if (left.kind === 'value') return [left.value];
  const counted = left.count.kind === 'field' ? left.count.field : left.count.value;
  return [counted, ...(left.count.where === undefined ? [] : templatesIn(left.count.where))];
}
