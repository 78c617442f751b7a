import { resourceCovered, urlCovers, type Rule } from './rule';

/** How many single permissions are looked at before it counts as not proved. */
const LIMIT = 200_000;

/**
 * Whether everything that the narrower rules grant is granted by the wider ones too: the check by which the API server
 * stops people from granting what they do not hold («Kubernetes: privilege escalation prevention»). Returns false when
 * it would take too long to prove.
 */
export function isCovered(narrower: readonly Rule[], wider: readonly Rule[]): boolean {
  const sizes = narrower.map(sizeOf);
  if (sizes.reduce((sum, size) => sum + size, 0) * Math.max(wider.length, 1) > LIMIT * 50) return false;
  return narrower.every((rule) => singlesOf(rule).every((single) => wider.some((one) => covers(one, single))));
}

function sizeOf({ apiGroups, resources, verbs, nonResourceURLs, resourceNames }: Rule): number {
  return (
    verbs.length * (apiGroups.length * resources.length * Math.max(resourceNames.length, 1) + nonResourceURLs.length)
  );
}

/** One permission of a rule: each list has one member at most. */
function singlesOf(rule: Rule): readonly Rule[] {
  const names = rule.resourceNames.length === 0 ? [[]] : rule.resourceNames.map((name) => [name]);
  return rule.verbs.flatMap((verb) => [
    ...rule.nonResourceURLs.map((url) => ({ ...nothing, verbs: [verb], nonResourceURLs: [url] })),
    ...rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((resource) =>
        names.map((resourceNames) => ({
          ...nothing,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames,
        })),
      ),
    ),
  ]);
}

const nothing: Rule = { apiGroups: [], resources: [], verbs: [], resourceNames: [], nonResourceURLs: [] };

/** A wildcard is covered by a wildcard only: what may come later is not covered by what there is today. */
function covers(wider: Rule, single: Rule): boolean {
  const within = (list: readonly string[], wanted: readonly string[]): boolean =>
    list.includes('*') || wanted.every((one) => list.includes(one));
  if (!within(wider.verbs, single.verbs)) return false;
  const [url] = single.nonResourceURLs;
  if (url !== undefined) return wider.nonResourceURLs.some((pattern) => urlCovers(pattern, url));
  return (
    within(wider.apiGroups, single.apiGroups) &&
    single.resources.every((resource) => resourceCovered(wider.resources, resource)) &&
    (wider.resourceNames.length === 0 || isNamed(single, wider.resourceNames))
  );
}

/** A star is no wildcard among names. */
function isNamed({ resourceNames }: Rule, names: readonly string[]): boolean {
  return resourceNames.length > 0 && resourceNames.every((name) => names.includes(name));
}
