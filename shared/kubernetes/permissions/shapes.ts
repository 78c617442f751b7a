import type { Grade } from './risk';
import type { Rule } from './rule';

/** What a rule, a role or a binding looks like, whatever may be had by it. */
export interface ShapeRisk {
  readonly id: string;
  /** What was found, as the end of a sentence about the object. */
  readonly what: string;
  readonly grade: Grade;
  readonly inNamespace?: Grade;
  readonly instead: string;
  /** The public source of the rule. */
  readonly source: string;
}

export interface RuleShape extends ShapeRisk {
  readonly fits: (rule: Rule) => boolean;
}

const practices = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const wildcards = `${practices}#least-privilege`;
const any = (list: readonly string[]): boolean => list.includes('*');

/** What one rule of a role can look like. */
export const ruleShapes: readonly RuleShape[] = [
  {
    id: 'any-any',
    what: 'everything on everything',
    grade: 'critical',
    inNamespace: 'high',
    instead: 'list what is needed',
    source: wildcards,
    fits: ({ apiGroups, resources, verbs }) => any(apiGroups) && any(resources) && any(verbs),
  },
  {
    id: 'mass-delete',
    what: 'deleting whatever there is',
    grade: 'medium',
    instead: 'list the resources that may be deleted',
    source: wildcards,
    fits: ({ resources, verbs }) =>
      any(resources) && (any(verbs) || verbs.includes('delete') || verbs.includes('deletecollection')),
  },
  {
    id: 'wildcard-verb',
    what: 'all verbs (those of later versions included)',
    grade: 'high',
    instead: 'list the verbs',
    source: wildcards,
    fits: ({ verbs }) => any(verbs),
  },
  {
    id: 'wildcard-resource',
    what: 'all resources of a group (those of later versions included)',
    grade: 'high',
    instead: 'list the resources',
    source: wildcards,
    fits: ({ resources }) => any(resources),
  },
  {
    id: 'wildcard-group',
    what: 'all API groups',
    grade: 'medium',
    instead: 'list the groups',
    source: wildcards,
    fits: ({ apiGroups }) => any(apiGroups),
  },
  {
    id: 'nonresource-wildcard',
    what: 'all URLs outside resources',
    grade: 'medium',
    instead: 'list the URLs',
    source: wildcards,
    fits: ({ nonResourceURLs, verbs }) => any(nonResourceURLs) && any(verbs),
  },
];

/** A role that widens a role of Kubernetes itself. */
export const capture: ShapeRisk = {
  id: 'aggregate-capture',
  what: 'it adds its rules to admin, edit or view',
  grade: 'high',
  instead: 'take the label aggregate-to-… away and bind the role to those who need it',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles',
};

/** What a binding can look like. */
export const bindingShapes = [
  {
    id: 'cluster-admin-binding',
    what: 'it binds cluster-admin',
    grade: 'critical',
    inNamespace: 'high',
    instead: 'bind a role with the rules that are needed',
    source: wildcards,
  },
  {
    id: 'anonymous-binding',
    what: 'it grants something to callers that did not sign in',
    grade: 'critical',
    instead: 'remove system:anonymous and system:unauthenticated from its subjects',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
  },
  {
    id: 'authenticated-binding',
    what: 'it grants something to everybody who can sign in',
    grade: 'high',
    instead: 'name a group of your directory, or the ServiceAccount, instead',
    source: practices,
  },
  {
    id: 'masters-binding',
    what: 'it names system:masters, whose members no authorization ever stops',
    grade: 'critical',
    instead: 'name a group of your directory instead',
    source: wildcards,
  },
  {
    id: 'default-sa-binding',
    what: 'it grants something to the default ServiceAccount, which every pod has that names none',
    grade: 'medium',
    instead: 'give the workload a ServiceAccount of its own',
    source: practices,
  },
] as const satisfies readonly ShapeRisk[];
