import { resourceCovered, urlCovers, type Rule } from '../../kubernetes/permissions/rule';
import { groupsOf } from './resource-groups';

/** What the user asked for, as text. */
export interface Asked {
  readonly subject?: string | undefined;
  readonly verb?: string | undefined;
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface Question {
  readonly subject?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly namespace?: string;
  /** What a rule grants of what is asked for; undefined: nothing. */
  readonly partOf: (rule: Rule) => Rule | undefined;
  /** Whether what is granted there, everywhere when undefined, counts. */
  readonly isPlace: (namespace: string | undefined) => boolean;
}

/** What is left out means any. A resource is `pods`, `pods/exec`, `deployments.apps` or a path as `/metrics`. */
export function questionOf({ subject, verb, resource, namespace }: Asked): Question {
  return {
    ...(subject !== undefined && { subject }),
    ...(verb !== undefined && { verb }),
    ...(resource !== undefined && { resource }),
    ...(namespace !== undefined && { namespace }),
    partOf: (rule) => partOf(rule, verb, resource),
    isPlace: (place) => namespace === undefined || place === undefined || place === namespace,
  };
}

/** As the API server decides it; a rule for objects of some names grants something of what is asked for. */
function partOf(rule: Rule, verb: string | undefined, resource: string | undefined): Rule | undefined {
  const verbs = rule.verbs.filter((one) => verb === undefined || one === '*' || one === verb);
  if (verbs.length === 0) return undefined;
  return resource === undefined ? { ...rule, verbs } : aboutResource({ ...rule, verbs }, resource);
}

function aboutResource(rule: Rule, resource: string): Rule | undefined {
  if (resource.startsWith('/')) {
    const nonResourceURLs = rule.nonResourceURLs.filter((pattern) => urlCovers(pattern, resource));
    return nonResourceURLs.length === 0 ? undefined : { ...rule, nonResourceURLs };
  }
  const { name, groups } = groupsOf(resource);
  const resources = rule.resources.filter((one) => resourceCovered([one], name));
  const apiGroups = rule.apiGroups.filter((one) => groups === undefined || one === '*' || groups.includes(one));
  return resources.length === 0 || apiGroups.length === 0 ? undefined : { ...rule, resources, apiGroups };
}
