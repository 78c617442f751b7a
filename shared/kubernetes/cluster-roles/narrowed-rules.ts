import { resourceCovered, type Rule } from '../permissions/rule';
import type { WrittenRule } from './duties';
import { written } from './observed-rules';

/** A resource that the API server serves, with its group. */
export interface ServedResource {
  readonly group: string;
  /** `pods`, or `pods/exec`. */
  readonly resource: string;
}

const ordinary = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const stronger = ['bind', 'escalate', 'impersonate'];

/** The same rules with verbs, and where they are known resources, listed; without the verbs by which rights grow. */
export function narrowedRules(rules: readonly Rule[], served: readonly ServedResource[]): readonly WrittenRule[] {
  return rules.flatMap((rule) => {
    const verbs = rule.verbs.includes('*') ? ordinary : rule.verbs.filter((verb) => !stronger.includes(verb));
    const listed = verbs.length === 0 ? [] : withResources({ ...rule, verbs }, served);
    return listed.map(written);
  });
}

/** A wildcard stays where nothing is known of what it stands for. */
function withResources(rule: Rule, served: readonly ServedResource[]): readonly Rule[] {
  const isWild = [...rule.apiGroups, ...rule.resources].some((one) => one === '*' || one.startsWith('*/'));
  if (!isWild || rule.nonResourceURLs.length > 0 || served.length === 0) return [rule];
  const meant = served.filter(
    ({ group, resource }) =>
      (rule.apiGroups.includes('*') || rule.apiGroups.includes(group)) && resourceCovered(rule.resources, resource),
  );
  const byGroup = Map.groupBy(meant, ({ group }) => group);
  return [...byGroup].map(([group, members]) => ({
    ...rule,
    apiGroups: [group],
    resources: members.map(({ resource }) => resource).toSorted(),
  }));
}
