import { objectAt, textAt, textsAt } from './arm-json';
import type { Json } from './json';
import { anyFits, covers, readResourceSelectors, type Placement, type Selector } from './selectors';
import { splitLast } from './subject';
import { sameText } from './text';

/** A policy exemption («Azure Policy: exemption structure»). */
export interface Exemption {
  readonly id: string;
  readonly displayName: string;
  readonly scope: string;
  readonly assignmentId: string;
  /** Empty: every member of the initiative. */
  readonly referenceIds: readonly string[];
  /** `Waiver` or `Mitigated`. */
  readonly category: string;
  /** In UTC; undefined: for ever. */
  readonly expiresOn: string | undefined;
  readonly resourceSelectors: readonly (readonly Selector[])[];
}

/** Reads an exemption as ARM returns it. */
export function readExemption(json: Json): Exemption {
  const properties = objectAt(json, 'properties');
  const id = textAt(json, 'id');
  return {
    id,
    displayName: textAt(properties, 'displayName') || textAt(json, 'name'),
    scope: splitLast(id, '/providers/Microsoft.Authorization/policyExemptions/')[0],
    assignmentId: textAt(properties, 'policyAssignmentId'),
    referenceIds: textsAt(properties, 'policyDefinitionReferenceIds'),
    category: textAt(properties, 'exemptionCategory'),
    expiresOn: textAt(properties, 'expiresOn') || undefined,
    resourceSelectors: readResourceSelectors(properties),
  };
}

/** What an exemption must be about to count. */
export interface Exempted {
  readonly assignmentId: string;
  readonly referenceId: string;
  readonly placement: Placement;
  /** The time of the evaluation; an exemption counts until the moment that it expires. */
  readonly now: string;
}

/** The exemption in force for one member on one resource. One that we cannot read to the end exempts nothing. */
export function exemptionOf(exemptions: readonly Exemption[], exempted: Exempted): Exemption | undefined {
  return exemptions.find((exemption) => isInForce(exemption, exempted));
}

function isInForce(exemption: Exemption, { assignmentId, referenceId, placement, now }: Exempted): boolean {
  const { referenceIds, expiresOn } = exemption;
  if (!sameText(exemption.assignmentId, assignmentId) || !covers(exemption.scope, placement)) return false;
  if (referenceIds.length > 0 && !referenceIds.some((each) => sameText(each, referenceId))) return false;
  if (expiresOn !== undefined && !(Date.parse(now) < Date.parse(expiresOn))) return false;
  return anyFits(exemption.resourceSelectors, placement) === true;
}
