import { fieldsOf, isFields, listOf, wrongType, type Fields } from './fields';

/** One rule of a role. A rule speaks of resources or of URLs. */
export interface Rule {
  readonly apiGroups: readonly string[];
  /** `pods`, `pods/exec`, `*`, or `*` before a subresource. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Empty: every name. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** What somebody asks the API server for. Without a namespace: the whole cluster, or an object outside namespaces. */
export interface ResourceRequest {
  readonly verb: string;
  /** Empty is the core group. */
  readonly group: string;
  /** `pods`, or `pods/exec`. */
  readonly resource: string;
  readonly namespace?: string;
  /** Of the object; a plain list, a watch and the creation of an object have none. */
  readonly name?: string;
}

export interface UrlRequest {
  readonly verb: string;
  readonly url: string;
}

export type Request = ResourceRequest | UrlRequest;

/** Whether a rule grants a request, as the API server decides it («Kubernetes: using RBAC authorization»): with case. */
export function allows(rule: Rule, request: Request): boolean {
  if (!has(rule.verbs, request.verb)) return false;
  if ('url' in request) return rule.nonResourceURLs.some((url) => urlCovers(url, request.url));
  return (
    has(rule.apiGroups, request.group) &&
    resourceCovered(rule.resources, request.resource) &&
    (rule.resourceNames.length === 0 || (request.name !== undefined && rule.resourceNames.includes(request.name)))
  );
}

const has = (list: readonly string[], wanted: string): boolean => list.includes('*') || list.includes(wanted);

/** `pods` does not cover `pods/exec`; a wildcard before the subresource does, one behind the resource is only a name. */
export function resourceCovered(resources: readonly string[], wanted: string): boolean {
  if (has(resources, wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash >= 0 && slash < wanted.length - 1 && resources.includes(`*${wanted.slice(slash)}`);
}

/** A wildcard at the end stands for any text. */
export function urlCovers(pattern: string, url: string): boolean {
  return pattern === url || (pattern.endsWith('*') && url.startsWith(pattern.replace(/\*+$/, '')));
}

const lists = ['apiGroups', 'resources', 'verbs', 'resourceNames', 'nonResourceURLs'] as const;

/** A rule as it is stored; what is no text in a list is left out. */
export function ruleOf(value: unknown): Rule {
  const [apiGroups, resources, verbs, resourceNames, nonResourceURLs] = lists.map((name) => strings(value, name));
  return {
    apiGroups: apiGroups ?? [],
    resources: resources ?? [],
    verbs: verbs ?? [],
    resourceNames: resourceNames ?? [],
    nonResourceURLs: nonResourceURLs ?? [],
  };
}

/** A null in a list of texts is decoded as an empty text. */
function strings(value: unknown, name: string): readonly string[] {
  return listOf(value, name).flatMap((member) => {
    if (member === null) return [''];
    return typeof member === 'string' ? [member] : [];
  });
}

/** Why the API server would refuse these rules («Kubernetes: rbac validation»). */
export function complaintsOfRules(role: Fields, namespaced: boolean): readonly string[] {
  const wrong = wrongType(role.rules, 'list', 'rules');
  if (wrong.length > 0) return wrong;
  return listOf(role, 'rules').flatMap((rule, index) => complaintsOfRule(rule, `rules[${index}]`, namespaced));
}

function complaintsOfRule(value: unknown, path: string, namespaced: boolean): readonly string[] {
  if (!isFields(value)) return value === null ? [`${path}.verbs is missing`] : [`${path} has to be an object`];
  const wrong = lists.flatMap((name) => wrongType(value[name], 'texts', `${path}.${name}`));
  if (wrong.length > 0) return wrong;
  const rule = ruleOf(value);
  return [
    ...(rule.verbs.length === 0 ? [`${path}.verbs is missing`] : []),
    ...(rule.nonResourceURLs.length > 0 ? ofUrls(rule, path, namespaced) : ofResources(rule, path)),
  ];
}

function ofUrls(rule: Rule, path: string, namespaced: boolean): readonly string[] {
  const mixed = [rule.apiGroups, rule.resources, rule.resourceNames].some(({ length }) => length > 0);
  return [
    ...(namespaced ? [`${path}.nonResourceURLs is not allowed in a Role`] : []),
    ...(mixed ? [`${path} mixes resources and nonResourceURLs`] : []),
  ];
}

function ofResources(rule: Rule, path: string): readonly string[] {
  return [
    ...(rule.apiGroups.length === 0 ? [`${path}.apiGroups is missing`] : []),
    ...(rule.resources.length === 0 ? [`${path}.resources is missing`] : []),
  ];
}

/** The label selectors of an aggregated role, as they are written. */
export function selectorsOf(role: unknown): readonly unknown[] {
  return listOf(fieldsOf(role, 'aggregationRule'), 'clusterRoleSelectors');
}
