import type { Problem } from '../../core/verdict';
import { nameOf, same } from '../../core/resource';
import { Unknown } from '../../policy/unknown';
import type { InForce, Rule } from './in-force';

/** Namespaces that belong to the cluster itself and not to its workload; Kubernetes tells their names apart by case. */
const systemNamespaces = ['kube-system', 'gatekeeper-system', 'azure-arc', 'azure-extensions-usage-system'];
/** Those of them that every cluster with the policy add-on has. */
const alwaysThere = ['kube-system', 'gatekeeper-system'];

/** Rules that may deny in system namespaces, with the reason, by the names of their definitions. */
const harmless: Readonly<Record<string, string>> = {
  '3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e': 'load balancers have to be internal there, too',
  '1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d': 'ingresses have to use HTTPS there, too',
  '9f061a12-e40d-4183-a00e-171812443373': 'it is about the namespace default and matches nothing there',
};

/** What audits has to look into the system namespaces, and what denies has to leave them alone. */
export function namespaceProblems({ assignment, rules }: InForce): readonly Problem[] {
  const from = assignment.parameters.has(givenName(assignment.parameters)) ? '' : ' (the definition’s default)';
  const audits = grouped(rules.filter(isAudit), hiddenFrom).map(([names, some]) => ({
    severity: 'medium' as const,
    reason: `${named(some)} audits every namespace but ${names}${from}: what audits has to see the system namespaces, so take them out of excludedNamespaces`,
  }));
  const denials = grouped(rules.filter(isDeny), deniedIn).map(([names, some]): Problem => {
    const excuse = excuseOf(some);
    const found = `${named(some)} denies in ${names} as well`;
    if (excuse !== undefined) return { severity: 'low', reason: `${found}; ${excuse}, so this is advice only` };
    return { severity: 'high', reason: `${found}, which can stop the cluster: exclude what belongs to the system` };
  });
  return [...audits, ...denials];
}

/** What is unknown about the effects and namespaces of what is for clusters. */
export function namespaceDoubts({ rules }: InForce): readonly string[] {
  const doubts = rules
    .filter(({ isKubernetes }) => isKubernetes)
    .flatMap(({ effect, excluded, included }) => [
      ...[effect, excluded, included].filter((one) => one instanceof Unknown),
    ]);
  return [...new Set(doubts.map(({ message }) => message))];
}

export const isAudit = (rule: Rule): boolean => rule.isKubernetes && rule.effect === 'audit';
export const isDeny = (rule: Rule): boolean => rule.isKubernetes && rule.effect === 'deny';

function givenName(parameters: ReadonlyMap<string, unknown>): string {
  return [...parameters.keys()].find((name) => same(name, 'excludedNamespaces')) ?? '';
}

/** System namespaces that a rule does not see, unless it is limited to named namespaces anyway. */
function hiddenFrom({ excluded, included }: Rule): readonly string[] {
  if (excluded instanceof Unknown || included instanceof Unknown || included.length > 0) return [];
  return systemNamespaces.filter((name) => excluded.includes(name));
}

function deniedIn({ excluded, included }: Rule): readonly string[] {
  if (excluded instanceof Unknown || included instanceof Unknown) return [];
  const reached = alwaysThere.filter((name) => included.length === 0 || included.includes(name));
  return reached.filter((name) => !excluded.includes(name));
}

type Group = readonly [string, readonly Rule[]];

/** Rules with the same complaint, which an initiative has many of; excused ones apart. */
function grouped(rules: readonly Rule[], complaintOf: (rule: Rule) => readonly string[]): readonly Group[] {
  const groups = new Map<string, { readonly names: string; readonly rules: Rule[] }>();
  for (const rule of rules) {
    const names = complaintOf(rule).join(', ');
    if (names === '') continue;
    const key = `${names}|${excuseOf([rule]) ?? ''}`;
    const group = groups.get(key) ?? { names, rules: [] };
    group.rules.push(rule);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ names, rules: some }) => [names, some]);
}

const builtIn = /^\/providers\/Microsoft\.Authorization\//i;

function excuseOf([rule]: readonly Rule[]): string | undefined {
  const { definitionId = '' } = rule ?? {};
  return builtIn.test(definitionId) ? harmless[nameOf(definitionId).toLowerCase()] : undefined;
}

function named(rules: readonly Rule[]): string {
  const [first] = rules;
  return rules.length === 1 ? `«${first?.name ?? ''}»` : `each of ${rules.length} definitions`;
}
