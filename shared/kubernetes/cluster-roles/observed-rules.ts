import { allows, type ResourceRequest, type Rule } from '../permissions/rule';
import type { WrittenRule } from './duties';

const reading = ['get', 'list', 'watch'];

/** The fewest rules that grant these requests and nothing else; names are kept only where every request had one. */
export function rulesOfRequests(requests: readonly ResourceRequest[]): readonly WrittenRule[] {
  const byResource = Map.groupBy(requests, ({ group, resource }) => JSON.stringify([group, resource]));
  const single = [...byResource.values()].map((same) => ({
    group: same[0]?.group ?? '',
    resource: same[0]?.resource ?? '',
    verbs: [...new Set(same.map(({ verb }) => verb))].toSorted(),
    names: namesIn(same),
  }));
  const alike = Map.groupBy(single, ({ group, verbs, names }) => JSON.stringify([group, verbs, names]));
  return [...alike.values()].map((same) => ({
    apiGroups: [same[0]?.group ?? ''],
    resources: same.map(({ resource }) => resource).toSorted(),
    verbs: same[0]?.verbs ?? [],
    ...((same[0]?.names.length ?? 0) > 0 && { resourceNames: same[0]?.names ?? [] }),
  }));
}

function namesIn(requests: readonly ResourceRequest[]): readonly string[] {
  const names = requests.flatMap(({ name }) => name ?? []);
  return names.length === requests.length ? [...new Set(names)].toSorted() : [];
}

/** What rules grant of reading: all that can be said when a log does not tell of it. */
export function readingOf(rules: readonly Rule[]): readonly WrittenRule[] {
  return rules.flatMap((rule) => {
    const verbs = reading.filter((verb) => rule.verbs.includes('*') || rule.verbs.includes(verb));
    return verbs.length === 0 ? [] : [written({ ...rule, verbs })];
  });
}

/** Without what is empty: a rule is about resources or about URLs. */
export function written({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: Rule): WrittenRule {
  if (nonResourceURLs.length > 0) return { nonResourceURLs, verbs };
  return { apiGroups, resources, verbs, ...(resourceNames.length > 0 && { resourceNames }) };
}

export const isAllowed = (rules: readonly Rule[], request: ResourceRequest): boolean =>
  rules.some((rule) => allows(rule, request));
