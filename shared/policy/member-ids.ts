import type { OwnPolicy } from '../core/control';
import { keyOf } from '../core/resource';
import { builtInMembers } from './built-ins/catalogue';
import { literalTypesOf } from './compile';
import { readDefinition } from './parse-definition';

/** A member of Steward's initiatives, as an exemption from it has to be understood. */
export interface InitiativeMember {
  readonly control: string;
  /** Resource types that the member judges: an exemption from it says nothing of others. */
  readonly types: readonly string[];
}

/** `host-encryption_pools`: ids of controls hold no underscore. */
export function referenceIdOf(control: string, rule: string): string {
  return `${control}_${rule}`;
}

/** What tells a definition of our own from the others of its control: its name without what they have in common. */
export function ruleOf({ name }: OwnPolicy, control: string): string {
  return name.replace(/^steward-/, '').replace(new RegExp(`^${control}-`), '');
}

interface WithPolicies {
  readonly id: string;
  readonly policies?: readonly OwnPolicy[];
}

/** Every member of Steward's initiatives, by its reference id in lower case. */
export function initiativeMembers(controls: readonly WithPolicies[]): ReadonlyMap<string, InitiativeMember> {
  const own = controls.flatMap(({ id, policies = [] }) =>
    policies.map((policy) => [referenceIdOf(id, ruleOf(policy, id)), { control: id, types: typesOf(policy) }] as const),
  );
  const builtIn = builtInMembers.map(
    ({ control, rule, types }) => [referenceIdOf(control, rule), { control, types }] as const,
  );
  return new Map([...own, ...builtIn].map(([id, member]) => [keyOf(id), member]));
}

function typesOf({ name, properties }: OwnPolicy): readonly string[] {
  const read = readDefinition({ name, properties });
  return read.ok ? literalTypesOf(read.definition) : [];
}
