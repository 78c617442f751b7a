import { same, type Json, type Resource } from '../../core/resource';
import type { Rule } from './content';
import compiled from './own-rules.json';

/** An analytics rule of Steward’s own, as `infra/` deploys it, without whether it is on. */
export interface OwnRule {
  /** Its name, and permanent. */
  readonly id: string;
  readonly kind: string;
  readonly properties: { readonly displayName: string; readonly description: string } & Readonly<Record<string, Json>>;
}

export const ownRules: readonly OwnRule[] = compiled;

/** Whether a rule of a workspace is this one: an earlier deployment may have made it under another name. */
export function isRule(own: OwnRule, { name, properties }: Resource<Rule>): boolean {
  return same(name, own.id) || same(properties?.displayName, own.properties.displayName);
}
