import { listAt, objectAt, parameterValuesAt, textAt, textsAt } from './arm-json';
import type { Json } from './json';
import {
  allFit,
  anyFits,
  covers,
  readResourceSelectors,
  readSelectors,
  type Placement,
  type Selector,
} from './selectors';
import { splitLast } from './subject';
import { sameText } from './text';
import { Unknown, type Truth } from './unknown';

/** A policy assignment («Azure Policy: assignment structure»). */
export interface Assignment {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly scope: string;
  /** Of a definition or of an initiative. */
  readonly definitionId: string;
  /** `1.*.*`; undefined: the newest. */
  readonly definitionVersion: string | undefined;
  readonly notScopes: readonly string[];
  readonly parameters: ReadonlyMap<string, Json>;
  readonly enforcement: 'Default' | 'DoNotEnforce';
  readonly resourceSelectors: readonly (readonly Selector[])[];
  readonly overrides: readonly Override[];
  readonly messages: readonly NonComplianceMessage[];
}

export interface Override {
  readonly kind: string;
  readonly value: string;
  readonly selectors: readonly Selector[];
}

export interface NonComplianceMessage {
  readonly message: string;
  /** Undefined: for every member. */
  readonly referenceId: string | undefined;
}

/** Reads an assignment as ARM returns it. */
export function readAssignment(json: Json): Assignment {
  const properties = objectAt(json, 'properties');
  const id = textAt(json, 'id');
  const name = textAt(json, 'name');
  return {
    id,
    name,
    displayName: textAt(properties, 'displayName') || name,
    scope: textAt(properties, 'scope') || splitLast(id, '/providers/Microsoft.Authorization/policyAssignments/')[0],
    definitionId: textAt(properties, 'policyDefinitionId'),
    definitionVersion: textAt(properties, 'definitionVersion') || undefined,
    notScopes: textsAt(properties, 'notScopes'),
    parameters: new Map(parameterValuesAt(properties, 'parameters')),
    enforcement: sameText(textAt(properties, 'enforcementMode'), 'DoNotEnforce') ? 'DoNotEnforce' : 'Default',
    resourceSelectors: readResourceSelectors(properties),
    overrides: listAt(properties, 'overrides').map(readOverride),
    messages: listAt(properties, 'nonComplianceMessages').map(readMessage),
  };
}

const readOverride = (json: Json): Override => ({
  kind: textAt(json, 'kind'),
  value: textAt(json, 'value'),
  selectors: readSelectors(json),
});

const readMessage = (json: Json): NonComplianceMessage => ({
  message: textAt(json, 'message'),
  referenceId: textAt(json, 'policyDefinitionReferenceId') || undefined,
});

/** Whether an assignment takes a resource in. What it excludes has no state at all. */
export function includes(assignment: Assignment, placement: Placement): Truth {
  if (!covers(assignment.scope, placement)) return false;
  if (assignment.notScopes.some((scope) => covers(scope, placement))) return false;
  return anyFits(assignment.resourceSelectors, placement);
}

/** Whether an assignment from above leaves a subscription out as a whole. */
export function leavesOut({ notScopes }: Assignment, subscription: string): boolean {
  const placement = { id: subscription, type: '', location: undefined, managementGroups: [] };
  return notScopes.some((scope) => covers(scope, placement));
}

/** What an override puts in place: of the effect of a member, or of the version. The first that fits decides. */
export function overrideOf(
  assignment: Assignment,
  kind: 'policyEffect' | 'policyVersion',
  { placement, referenceId }: { readonly placement: Placement; readonly referenceId: string },
): string | Unknown | undefined {
  for (const override of assignment.overrides) {
    if (!sameText(override.kind, kind)) continue;
    const fit = allFit(override.selectors, { ...placement, referenceId });
    if (fit instanceof Unknown) return fit;
    if (fit) return override.value;
  }
  return undefined;
}

/** The message for a member: its own, or else the one for all. */
export function messageOf({ messages }: Assignment, referenceId: string): string | undefined {
  const own = messages.find((each) => each.referenceId !== undefined && sameText(each.referenceId, referenceId));
  return (own ?? messages.find((each) => each.referenceId === undefined))?.message;
}
