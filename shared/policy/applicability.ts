import { fieldNamed, leavesOf, type Condition, type Leaf } from './condition';
import { RESOURCE_GROUP, SUBSCRIPTION } from './subject';
import { sameText } from './text';

/**
 * The condition that says whether a definition speaks of a resource at all, when its effect is not an existence check
 * («Azure Policy: applicability»): only `type`, `name` and `kind` count, everything else is taken for true, or for
 * false under an odd number of `not`.
 */
export function applicabilityOf(condition: Condition): Condition {
  const kinds = new Set(leavesOf(condition).map(kindOf));
  if (!kinds.has('other') && !kinds.has('type')) return { kind: 'constant', path: condition.path, value: true };
  return relaxed(condition, kinds.has('other') ? new Set(['type', 'name', 'kind']) : new Set(['type']), true);
}

type LeafKind = 'type' | 'name' | 'kind' | 'other';

function kindOf(leaf: Leaf): LeafKind {
  const field = fieldNamed(leaf);
  return field === 'type' || field === 'name' || field === 'kind' ? field : 'other';
}

function relaxed(condition: Condition, considered: ReadonlySet<LeafKind>, neutral: boolean): Condition {
  if (condition.kind === 'constant') return condition;
  if (condition.kind === 'leaf') {
    return considered.has(kindOf(condition)) ? condition : { kind: 'constant', path: condition.path, value: neutral };
  }
  if (condition.kind === 'not') return { ...condition, member: relaxed(condition.member, considered, !neutral) };
  return { ...condition, members: condition.members.map((member) => relaxed(member, considered, neutral)) };
}

/**
 * Whether definitions of a mode are about a resource type at all. Of what stands under `Microsoft.Resources`, only
 * subscriptions and resource groups are ever evaluated.
 */
export type Standing =
  | { readonly kind: 'outside'; readonly because: string }
  /** `onlyTracked`: when the type supports tags and a location. */
  | { readonly kind: 'judged'; readonly onlyTracked: boolean }
  | { readonly kind: 'delegated' };

export function standingOf(mode: string, type: string, namesOwner: boolean): Standing {
  if (isDataPlane(mode)) {
    return namesOwner ? { kind: 'delegated' } : { kind: 'outside', because: `the mode ${mode} is not about this type` };
  }
  const isContainer = sameText(type, SUBSCRIPTION) || sameText(type, RESOURCE_GROUP);
  const isAll = sameText(mode, 'All');
  if (isContainer ? isAll : !type.toLowerCase().startsWith('microsoft.resources/')) {
    return { kind: 'judged', onlyTracked: !isAll };
  }
  return { kind: 'outside', because: `the mode ${mode} does not include the type ${type}` };
}

/** A definition without a mode is `Indexed`, as the API documents it. */
export const DEFAULT_MODE = 'Indexed';

export const isDataPlane = (mode: string): boolean => !sameText(mode, 'All') && !sameText(mode, 'Indexed');

/**
 * The type of the resource that a data-plane component belongs to: `Microsoft.KeyVault/vaults` of
 * `Microsoft.KeyVault.Data/vaults/keys`; other types are their own.
 */
export function ownerOf(componentType: string): string {
  const [namespace = '', type, ...rest] = componentType.split('/');
  if (rest.length === 0 || type === undefined || !/\.data$/i.test(namespace)) return componentType;
  return `${namespace.replace(/\.data$/i, '')}/${type}`;
}
