import {
  complaintsAbout,
  sourcesFrom,
  type Exemption,
  type ExemptionRules,
  type ExemptionSources,
  type InvalidExemption,
} from '../core/exemption';
import { keyOf, nameOf, same } from '../core/resource';
import { objectAt, textAt } from './arm-json';
import type { InitiativeMember } from './member-ids';
import { readExemption, type Exemption as PolicyExemption } from './exemptions';
import { isArray, isObject, propertyOf, type Json, type JsonObject } from './json';
import { anyFits } from './selectors';

/** The mark of Steward's own assignments: `"metadata": { "steward": "1" }`. */
const mark = 'steward';

/** What has to be known of Steward's initiatives: their members, by reference id in lower case. */
export interface OwnExemptionRules extends ExemptionRules {
  readonly members: ReadonlyMap<string, InitiativeMember>;
}

/** The mark's value on those whose members are rules for clusters: an exemption from them is from no control. */
export const forClusters = 'kubernetes';

/**
 * Exemptions from Steward's own assignments. A reference id is that of a control, or of a member of Steward's initiatives
 * and then exempts its control for the types that it judges; without any, an exemption is of all controls («Azure Policy:
 * exemption structure»). Those of other assignments are none of Steward's.
 */
export function ownExemptions(
  { assignments, exemptions }: { readonly assignments: readonly Json[]; readonly exemptions: readonly Json[] },
  rules: OwnExemptionRules,
): ExemptionSources {
  const own = assignments
    .filter((each) => !['', forClusters].includes(textAt(objectAt(objectAt(each, 'properties'), 'metadata'), mark)))
    .map((each) => textAt(each, 'id'));
  const ofOwn = exemptions.filter((each) => own.some((id) => same(id, readExemption(each).assignmentId)));
  return sourcesFrom(ofOwn.map((each) => entryOf(each, rules)));
}

function entryOf(json: Json, rules: OwnExemptionRules): Exemption | InvalidExemption {
  const properties = objectAt(json, 'properties');
  const policy = readExemption(json);
  const createdAt = textAt(objectAt(json, 'systemData'), 'createdAt');
  const exemption: Exemption = {
    key: `policy|${keyOf(policy.id)}`,
    title: `Policy exemption ${policy.displayName} of ${nameOf(policy.scope)}`,
    source: 'policy',
    scope: policy.scope,
    controls: policy.referenceIds.length === 0 ? rules.controlIds : controlsIn(policy.referenceIds, rules),
    owner: textAt(objectAt(properties, 'metadata'), 'owner').trim(),
    reason: (textAt(properties, 'description') || textAt(properties, 'displayName')).trim(),
    expires: utc(policy.expiresOn ?? ''),
    ...(createdAt !== '' && { createdAt: utc(createdAt) }),
    ...(narrows(policy, rules) && { selects: selectsBy(policy, rules) }),
  };
  const { key, title, source } = exemption;
  const complaints = [...missing(exemption, policy), ...shapeComplaints(properties)];
  const all = complaints.length > 0 ? complaints : complaintsAbout(exemption, rules);
  return all.length === 0 ? exemption : { key, title, source, complaints: all };
}

/** What is no time is left as it was found, for the message. */
function utc(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toISOString();
}

function missing({ owner, reason }: Exemption, { category, expiresOn }: PolicyExemption): readonly string[] {
  const isKnown = ['Waiver', 'Mitigated'].some((known) => same(known, category));
  return [
    ...(owner === '' ? ['metadata.owner is missing; who takes responsibility is needed'] : []),
    ...(reason === '' ? ['description and displayName are missing; a reason is needed'] : []),
    ...(expiresOn === undefined ? ['expiresOn is missing; a day within a year is needed'] : []),
    ...(isKnown ? [] : [`exemptionCategory is "${category}"; Waiver or Mitigated is needed`]),
  ];
}

/** A built-in member may belong to a requirement that no control of this version judges: it exempts nothing here. */
function controlsIn(referenceIds: readonly string[], { members, controlIds }: OwnExemptionRules): readonly string[] {
  const named = referenceIds.flatMap((id) => {
    const control = members.get(keyOf(id))?.control;
    if (control === undefined) return [id];
    return controlIds.some((known) => same(known, control)) ? [control] : [];
  });
  return [...new Set(named)];
}

function narrows({ referenceIds, resourceSelectors }: PolicyExemption, { members }: OwnExemptionRules): boolean {
  return resourceSelectors.length > 0 || referenceIds.some((id) => members.has(keyOf(id)));
}

function selectsBy(
  { referenceIds, resourceSelectors }: PolicyExemption,
  { members }: OwnExemptionRules,
): NonNullable<Exemption['selects']> {
  const isMeant = (type: string, controlId: string): boolean =>
    referenceIds.length === 0 ||
    referenceIds.some((id) => {
      const member = members.get(keyOf(id));
      if (member === undefined) return same(id, controlId);
      return same(member.control, controlId) && member.types.some((one) => same(one, type));
    });
  return ({ id, type, location }, controlId) =>
    isMeant(type, controlId) &&
    anyFits(resourceSelectors, { id, type, location, managementGroups: [], referenceId: controlId }) === true;
}

/** What narrows an exemption has to be understood to the end, or it would exempt more than was meant. */
function shapeComplaints(properties: JsonObject): readonly string[] {
  return [
    ...(isAbsentOr(properties, 'policyDefinitionReferenceIds', isTexts)
      ? []
      : ['policyDefinitionReferenceIds is no list of texts']),
    ...(isAbsentOr(properties, 'resourceSelectors', isSelectorGroups)
      ? []
      : [`resourceSelectors cannot be evaluated; the kinds ${kinds.join(', ')} with in or notIn are understood`]),
  ];
}

const kinds = ['resourceLocation', 'resourceType', 'resourceWithoutLocation'];

function isAbsentOr(properties: JsonObject, name: string, isRight: (value: Json) => boolean): boolean {
  const value = propertyOf(properties, name);
  return value === undefined || value === null || isRight(value);
}

function isTexts(value: Json): boolean {
  return isArray(value) && value.every((each) => typeof each === 'string');
}

function isSelectorGroups(value: Json): boolean {
  return isArray(value) && value.every((group) => isSelectors(isObject(group) ? propertyOf(group, 'selectors') : null));
}

function isSelectors(value: Json | undefined): boolean {
  return value !== undefined && isArray(value) && value.length > 0 && value.every(isSelector);
}

function isSelector(value: Json): boolean {
  if (!isObject(value)) return false;
  const given = ['in', 'notIn'].filter((name) => (propertyOf(value, name) ?? null) !== null);
  return (
    kinds.some((kind) => same(kind, textAt(value, 'kind'))) &&
    given.length > 0 &&
    given.every((name) => isAbsentOr(value, name, isTexts))
  );
}
