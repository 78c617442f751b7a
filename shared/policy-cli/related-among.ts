import { isObject, propertyOf, type Json } from '../policy/json';
import type { RelatedAnswer, RelatedQuery } from '../policy/related';
import { fullNameOf, idOf, prepare } from '../policy/subject';
import { sameText } from '../policy/text';

/**
 * Answers the reads of existence checks from a list of all that exists. A resource without an id counts as lying where
 * it is looked for. Undefined: the resource itself is meant, which the engine has.
 */
export function relatedAmong(resources: readonly Json[], query: RelatedQuery): RelatedAnswer {
  if (query.where === 'self') return undefined;
  return resources.filter((resource) => isObject(resource) && answers(resource, query));
}

function answers(resource: Json, query: RelatedQuery): boolean {
  const subject = prepare(resource);
  if (!sameText(subject.type, query.type)) return false;
  const id = idOf(subject.resource);
  if (id === '') return query.name === undefined || isNamed(query.name, propertyOf(subject.resource, 'name'));
  if (query.id !== undefined) return sameText(id, query.id);
  const isBelow = id.toLowerCase().startsWith(`${query.scope.toLowerCase()}/`);
  return isBelow && (query.name === undefined || isNamed(query.name, fullNameOf(subject)));
}

/** `parent/?` is every child of the parent; a name alone fits the last part of a longer one. */
function isNamed(wanted: string, found: Json | undefined): boolean {
  if (typeof found !== 'string') return false;
  const [names, own] = [wanted.toLowerCase().split('/').reverse(), found.toLowerCase().split('/').reverse()];
  return names.every((name, index) => name === '?' || own[index] === undefined || own[index] === name);
}
