import type { Control } from '../../shared/core/control';
import { builtInMembers } from '../../shared/policy/built-ins/catalogue';
import type { BuiltInMember } from '../../shared/policy/built-ins/member';
import type { Json } from '../../shared/policy/json';
import { referenceIdOf, ruleOf } from '../../shared/policy/member-ids';
import { compilePolicies, type Initiative } from './policies';
import { requirementTitles } from './requirements';

/** `docs/policies.md`. */
export function policiesPage(controls: readonly Control[]): string {
  const [audit, deny] = compilePolicies(controls).initiatives;
  const denied = new Set(membersOf(deny).map(({ policyDefinitionReferenceId }) => policyDefinitionReferenceId));
  return [
    ...introduction(membersOf(audit).length, denied.size),
    '## Definitions of Steward',
    'Each of them is judged by Steward, too, on every event, and the finding says what to do.',
    table(
      ['member', 'requirement', 'rule', 'refuses'],
      controls.flatMap((control) => ownRows(control, denied)),
    ),
    '## Built-in definitions',
    table(
      ['member', 'requirement', 'definition', 'parameters', 'why', 'refuses'],
      builtInMembers.map((member) => builtInRow(member, denied)),
    ),
    ...notThere,
  ]
    .join('\n\n')
    .concat('\n');
}

const introduction = (audited: number, denied: number): readonly string[] => [
  '# Policies',
  'Every rule of a control that Azure Policy can express is a definition beside the control, evaluated by Steward and ' +
    'deployed as it is. They are gathered with the built-in definitions that the requirements name in two initiatives, ' +
    'so that what blocks and what only tells can be told apart:',
  `- \`steward-audit\` (${audited} members): effect Audit. System namespaces are looked at, too (\`excludedNamespaces\` is ` +
    'empty). The policy add-on of AKS leaves out `kube-system`, `gatekeeper-system` and `azure-arc` by itself, whatever ' +
    'is asked for; what is in them, Steward has to read.\n' +
    `- \`steward-deny\` (${denied} members): effect Deny, only assigned with the parameter \`denyPolicies\`. The namespaces ` +
    '`kube-system`, `gatekeeper-system`, `azure-arc` and `azure-extensions-usage-system` are always left out, and those ' +
    'of `agentNamespaces`: what security and node agents need would be refused.',
  '`infra/modules/policies.bicep` puts them into a subscription, `infra/modules/policies-management-group.bicep` into a ' +
    'management group, for every subscription below. One of the two is enough; with both, everything is told twice.',
  'Both initiatives are assigned with `DoNotEnforce` first. Before `steward-deny` is enforced, compare its states: a resource that ' +
    'breaks a rule and is there already cannot be updated any more, not even in another field. A cluster without a disk ' +
    'encryption set, for one, is then neither scaled nor upgraded through Resource Manager.',
  'Members have the reference id `<control>_<rule>`. A policy exemption from a member exempts its control for the resource ' +
    'types that the member judges; one that names the control alone, or no member, exempts all of it. Members that are ' +
    'judged in the cluster know no exemptions: Azure has them for Resource Manager only.',
  'Built-in definitions are pinned to a major version, since their parameters change between those.',
];

const notThere: readonly string[] = [
  '## Not in the initiatives, on purpose',
  [
    '- c251913d, 0db34a60, e920df7f, 5e1cd26a (flow logs of network security groups): Azure refuses new ones.',
    '- cd6f7aff, 3e9965dc, 052c180e and other definitions that deploy flow logs: Steward does it, with narrower rights, and two that write one flow log fight.',
    '- 42b8ef37 (the initiative «restricted»): its members are here, tuned.',
    '- 440b515e (allowed container ports): deprecated.',
    '- febd0533 (allowed images), e56962a6 (allowed locations): nobody but you knows the registries and regions. Assign them yourself; anchor expressions with `^` and escape their dots.',
    '- cf426bb8 (signed images): a preview that asks for a verifier in the cluster.',
    '- 993c2fcd, 040732e8, 89f2d532, 450d2877, 2cc2e023 (access to clusters), fc4d8e41, 702dd420 (machines and disks): definitions of Steward say the same and look at more.',
  ].join('\n'),
];

function membersOf(initiative: Initiative | undefined): readonly { readonly policyDefinitionReferenceId: string }[] {
  return initiative === undefined ? [] : [...initiative.ownMembers, ...initiative.builtInMembers];
}

function ownRows({ id, requirement, policies = [] }: Control, denied: ReadonlySet<string>): readonly string[][] {
  return policies.map((policy) => {
    const reference = referenceIdOf(id, ruleOf(policy, id));
    const { displayName } = policy.properties as { readonly displayName?: string };
    return [`\`${reference}\``, requirement, displayName ?? policy.name, yes(denied.has(reference))];
  });
}

function builtInRow({ control, rule, ...member }: BuiltInMember, denied: ReadonlySet<string>): string[] {
  const reference = referenceIdOf(control, rule);
  const values = Object.entries({
    ...(member.inCluster && { excludedNamespaces: [] }),
    ...member.parameters,
  });
  return [
    `\`${reference}\``,
    `${member.requirement}: ${requirementTitles[Number(member.requirement)] ?? ''}`,
    `\`${member.id.slice(0, 8)}\` ${member.major}.*`,
    values.map(([name, value]) => `\`${name}\`: ${shown(value)}`).join('<br>') || 'none besides the effect',
    member.why,
    yes(denied.has(reference)),
  ];
}

function shown(value: Json): string {
  if (Array.isArray(value) && value.length === 0) return 'none';
  return `\`${JSON.stringify(value).replaceAll('"', '')}\``;
}

function yes(is: boolean): string {
  return is ? 'yes' : '';
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
