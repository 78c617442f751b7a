import { isArray, isObject, propertyOf, type Json } from './json';
import { listAt, textAt, textsAt } from './arm-json';
import { foldLocation, sameText } from './text';
import { Unknown, type Truth } from './unknown';

/** Where a resource stands: what assignments and exemptions ask of it. */
export interface Placement {
  readonly id: string;
  readonly type: string;
  readonly location: string | undefined;
  /** Ids of the management groups above its subscription, in any order. */
  readonly managementGroups: readonly string[];
}

/** Whether a scope covers a resource: it is above it, or the same. */
export function covers(scope: string, { id, managementGroups }: Placement): boolean {
  const above = scope.endsWith('/') ? scope.replace(/\/+$/, '') : scope;
  if (above === '') return true;
  // Every assignment is asked for every resource, and few are of groups.
  const isOfTenant = /^\/providers\//i.test(above);
  if (isOfTenant && managementGroups.some((group) => sameText(group, above))) return true;
  const isEnd = id.length === above.length || id[above.length] === '/';
  return isEnd && endsAlike(id, above) && sameText(id.slice(0, above.length), above);
}

/** False where the last characters tell already that the texts differ: scopes are alike up to their ends. */
function endsAlike(id: string, above: string): boolean {
  const [own, other] = [id.charCodeAt(above.length - 1), above.charCodeAt(above.length - 1)];
  // One bit is the case of a letter in ASCII.
  return own > 127 || other > 127 || (own | 32) === (other | 32);
}

/** One selector: a kind and the values that it includes or leaves out. */
export interface Selector {
  readonly kind: string;
  readonly in: readonly string[] | undefined;
  readonly notIn: readonly string[] | undefined;
}

/** What a selector may look at. Without a reference, none is asked for. */
export interface Selected extends Placement {
  readonly referenceId?: string;
}

export function readSelectors(json: Json, name = 'selectors'): readonly Selector[] {
  return listAt(json, name).map((each) => ({
    kind: textAt(each, 'kind'),
    in: valuesAt(each, 'in'),
    notIn: valuesAt(each, 'notIn'),
  }));
}

const valuesAt = (json: Json, name: string): readonly string[] | undefined =>
  isObject(json) && isArray(propertyOf(json, name)) ? textsAt(json, name) : undefined;

/** Every selector must fit. A kind that we do not know is unknown, unless another does not fit anyway. */
export function allFit(selectors: readonly Selector[], selected: Selected): Truth {
  const truths = selectors.map((selector) => fits(selector, selected));
  return truths.includes(false) ? false : (truths.find((truth) => truth instanceof Unknown) ?? true);
}

/** Any of the groups must fit, and with no group everything does («Azure Policy: resource selectors»). */
export function anyFits(groups: readonly (readonly Selector[])[], selected: Selected): Truth {
  const truths = groups.map((group) => allFit(group, selected));
  if (truths.length === 0 || truths.includes(true)) return true;
  return truths.find((truth) => truth instanceof Unknown) ?? false;
}

export const readResourceSelectors = (properties: Json): readonly (readonly Selector[])[] =>
  listAt(properties, 'resourceSelectors').map((group) => readSelectors(group));

function fits(selector: Selector, selected: Selected): Truth {
  const test = KINDS.get(selector.kind.toLowerCase());
  if (test === undefined) return new Unknown('unsupported', `selectors of the kind ${selector.kind} are not known`);
  const isAmong = (values: readonly string[]): boolean => values.some((value) => test(value, selected));
  return (
    (selector.in === undefined || isAmong(selector.in)) && !(selector.notIn !== undefined && isAmong(selector.notIn))
  );
}

type IsSelected = (value: string, selected: Selected) => boolean;

const KINDS: ReadonlyMap<string, IsSelected> = new Map<string, IsSelected>([
  [
    'resourcelocation',
    (value, { location }) => location !== undefined && foldLocation(location) === foldLocation(value),
  ],
  ['resourcetype', (value, { type }) => sameText(type, value)],
  ['resourcewithoutlocation', (_, { location }) => location === undefined],
  ['policydefinitionreferenceid', (value, { referenceId }) => sameText(referenceId ?? '', value)],
]);
