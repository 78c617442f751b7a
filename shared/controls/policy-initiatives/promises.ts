import type { Json } from '../../core/resource';
import type { Problem } from '../../core/verdict';
import { objectAt, textAt } from '../../policy/arm-json';
import { isCustom, type InForce } from './in-force';

/** Words by which a text says that something is refused; «should …» is a wish, and so are the names that Azure gives. */
const refusing =
  /(?<!\b(?:not|never|should|cannot)\s(?:be\s)?)\b(?:den(?:y|ies|ied)|disallow(?:s|ed)?|block(?:s|ed)?|prohibit(?:s|ed)?|forbid(?:s|den)?|reject(?:s|ed)?|only (?:allow|support|permit|accept)(?:s|ed)?)\b/i;

/** What an assignment says of itself, and what somebody wrote about the definition of his own that it assigns. */
export function promiseOf({ resource, assigned }: InForce): string | undefined {
  const own = objectAt(resource as unknown as Json, 'properties');
  const theirs = objectAt(assigned, 'properties');
  const copied = textsIn(theirs);
  const said = textsIn(own).map((text) => copied.reduce((rest, copy) => rest.replace(copy, ''), text));
  return [...said, ...(isCustom(assigned) ? copied : [])].find((text) => refusing.test(text) && !/\baudit/i.test(text));
}

function textsIn(properties: Json): readonly string[] {
  return ['displayName', 'description'].map((name) => textAt(properties, name)).filter((text) => text !== '');
}

const onlyLooks = ['audit', 'auditifnotexists', 'disabled'];

/** A text that says that something is refused proves nothing: the effect decides, and whether it is enforced. */
export function promiseProblems(one: InForce): readonly Problem[] {
  const promise = promiseOf(one);
  if (promise === undefined) return [];
  const effects = one.rules.map(({ effect }) => effect);
  const says = `it says «${promise}»`;
  const known = effects.filter((effect) => typeof effect === 'string');
  if (known.length > 0 && known.length === effects.length && known.every((effect) => onlyLooks.includes(effect))) {
    const found = [...new Set(known)].join(' and ');
    const reason = `${says}, but its effect is ${found}: give it the effect deny where the definition has it, or say what it does`;
    return [{ severity: 'medium', reason }];
  }
  const isHeld = one.assignment.enforcement === 'DoNotEnforce' && effects.includes('deny') && !isOwn(one);
  if (!isHeld) return [];
  const reason = `${says}, but with the enforcement mode DoNotEnforce nothing is refused: enforce it, or say so`;
  return [{ severity: 'medium', reason }];
}

/** Steward's own assignments begin without being enforced, on purpose. */
export function isOwn({ resource }: InForce): boolean {
  return textAt(objectAt(objectAt(resource as unknown as Json, 'properties'), 'metadata'), 'steward') !== '';
}
