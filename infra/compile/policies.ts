import type { Control, OwnPolicy } from '../../shared/core/control';
import { objectAt, textsAt } from '../../shared/policy/arm-json';
import { builtInMembers } from '../../shared/policy/built-ins/catalogue';
import { systemNamespaces, type BuiltInMember } from '../../shared/policy/built-ins/member';
import type { Json } from '../../shared/policy/json';
import { referenceIdOf, ruleOf } from '../../shared/policy/member-ids';
import { requirementTitles } from './requirements';

/** What Azure Policy gets of Steward: definitions of its own, and the initiatives that gather them with built-in ones. */
export interface CompiledPolicies {
  readonly definitions: readonly OwnPolicy[];
  /** The one that audits, then the one that denies. */
  readonly initiatives: readonly Initiative[];
}

export interface Initiative {
  readonly name: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Their ids depend on where the definitions are deployed. */
  readonly ownMembers: readonly (Member & { readonly definition: string })[];
  readonly builtInMembers: readonly (Member & { readonly id: string; readonly definitionVersion: string })[];
}

export interface Member {
  readonly policyDefinitionReferenceId: string;
  readonly groupNames: readonly string[];
  readonly parameters: Readonly<Record<string, { readonly value: Json }>>;
}

type Mode = 'audit' | 'deny';

export function compilePolicies(controls: readonly Control[]): CompiledPolicies {
  const own = controls.flatMap((control) => (control.policies ?? []).map((policy) => ({ policy, control })));
  return {
    definitions: own.map(({ policy: { name, properties } }) => ({
      name,
      properties: { policyType: 'Custom', ...(properties as Readonly<Record<string, Json>>) },
    })),
    initiatives: [initiative('audit', own), initiative('deny', own)],
  };
}

interface Own {
  readonly policy: OwnPolicy;
  readonly control: Control;
}

function initiative(mode: Mode, own: readonly Own[]): Initiative {
  const ownMembers = own.filter(({ policy }) => mode === 'audit' || mayDeny(policy)).map((one) => ownMember(mode, one));
  const given = builtInMembers
    .filter(({ denies }) => mode === 'audit' || denies)
    .map((one) => builtInMember(mode, one));
  const groups = [...new Set([...ownMembers, ...given].flatMap(({ groupNames }) => groupNames))].toSorted();
  return {
    name: `steward-${mode}`,
    properties: {
      displayName: `Steward: ${texts[mode].displayName}`,
      policyType: 'Custom',
      description: texts[mode].description,
      metadata: { category: 'Regulatory Compliance', version: '1.0.0', steward: '1' },
      parameters: texts[mode].parameters,
      policyDefinitionGroups: groups.map((name) => ({
        name,
        displayName: requirementTitles[Number(name.replace('requirement-', ''))] ?? name,
        category: 'Requirements',
      })),
    },
    ownMembers,
    builtInMembers: given,
  };
}

/** Parameters of the initiatives; their members' are in the catalogue of built-ins. */
const texts = {
  audit: {
    displayName: 'what a regulated landing zone is audited for',
    description:
      'Every rule of Steward that Azure Policy can express, and the built-in ones that the requirements name. Nothing is refused. System namespaces are looked at, too.',
    parameters: {
      networkWatcherResourceGroup: {
        type: 'String',
        metadata: {
          displayName: 'Resource group of the Network Watchers',
          description:
            'The built-in rule about watchers looks into this group only; Steward itself finds them by region.',
        },
        defaultValue: 'NetworkWatcherRG',
      },
    },
  },
  deny: {
    displayName: 'what a regulated landing zone refuses',
    description:
      'The rules of Steward that can refuse a resource. Opt-in: assign it without enforcement, compare its states, then enforce. System namespaces are left out, for a refusal there can break the cluster.',
    parameters: {
      excludedNamespaces: {
        type: 'Array',
        metadata: {
          displayName: 'Namespaces in which nothing is refused',
          description: 'Keep the system namespaces in it, and add those of security and node agents.',
        },
        defaultValue: systemNamespaces,
      },
    },
  },
} satisfies Readonly<Record<Mode, unknown>>;

function ownMember(mode: Mode, { policy, control }: Own): Initiative['ownMembers'][number] {
  return {
    policyDefinitionReferenceId: referenceIdOf(control.id, ruleOf(policy, control.id)),
    definition: policy.name,
    groupNames: groupsOf(control.requirement),
    parameters: { effect: { value: mode === 'deny' ? 'Deny' : auditEffectOf(policy) } },
  };
}

function builtInMember(mode: Mode, member: BuiltInMember): Initiative['builtInMembers'][number] {
  const excludedNamespaces = mode === 'deny' ? "[parameters('excludedNamespaces')]" : [];
  const parameters: Readonly<Record<string, Json>> = {
    effect: mode === 'deny' ? 'Deny' : member.effect,
    ...(member.inCluster && { excludedNamespaces }),
    ...member.parameters,
  };
  return {
    policyDefinitionReferenceId: referenceIdOf(member.control, member.rule),
    id: member.id,
    definitionVersion: `${member.major}.*.*`,
    groupNames: groupsOf(member.requirement),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
  };
}

/** Sections, as `3` or `3 and 14`; two digits, so that their order is that of the requirements. */
function groupsOf(requirement: string): readonly string[] {
  return [...requirement.matchAll(/\d+/g)].map(([section]) => `requirement-${section.padStart(2, '0')}`);
}

function effectsOf({ properties }: OwnPolicy): readonly string[] {
  return textsAt(objectAt(objectAt(properties, 'parameters'), 'effect'), 'allowedValues');
}

function mayDeny(policy: OwnPolicy): boolean {
  return effectsOf(policy).includes('Deny');
}

function auditEffectOf(policy: OwnPolicy): string {
  return effectsOf(policy).find((effect) => effect.startsWith('Audit')) ?? 'Audit';
}
