import type { Control } from '../core/control';
import { subscriptionScope } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { objectAt, textAt } from '../policy/arm-json';
import type { AssignedVerdict } from '../policy/judge-assigned';
import { assignedTo } from './assigned-policies/assigned';
import { aspectOf } from './assigned-policies/aspects';
import { disagreements } from './assigned-policies/disagreements';
import { judged } from './assigned-policies/judged';

export const assignedPolicies = {
  id: 'assigned-policies',
  title: 'The resource meets every policy that is assigned to it',
  judges: [
    'Every definition, alone or in an initiative, that is assigned to the resource from its management groups, its subscription, its resource group or itself, with its parameters, excluded scopes, selectors, overrides and version.',
    'The rule is evaluated here, on the resource as Resource Manager shows it, at the moment of the event. What the engine does not understand or cannot read is unknown, never met.',
    'Custom definitions that Steward deploys itself (`metadata.steward`) are judged by the controls that they belong to, once.',
    'A policy exemption that is in force takes the definition out, with its category and expiry in the reason.',
    'Definitions of the mode `Microsoft.Kubernetes.Data` are delegated to the policy add-on of the cluster; whether it is there and on is judged.',
    'Where Azure Policy already has a state for the resource that differs from ours, that is a finding of low severity about Steward.',
  ],
  severity: 'high',
  requirement: '5',
  subjects: [
    'Microsoft.ContainerService/managedClusters',
    'Microsoft.Network/virtualNetworks',
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.Network/applicationGateways',
    'Microsoft.KeyVault/vaults',
    'Microsoft.Storage/storageAccounts',
    'Microsoft.ContainerRegistry/registries',
    'Microsoft.Compute/disks',
  ],
  reads: [
    'Microsoft.Authorization/policyAssignments',
    'Microsoft.Authorization/policyExemptions',
    'Microsoft.Authorization/policyDefinitions',
    'Microsoft.Authorization/policySetDefinitions',
    'Microsoft.Resources/resourceGroups',
  ],
  evaluate: (subject, inventory): Verdict | readonly Aspect[] => {
    const assigned = assignedTo(subscriptionScope(subject.id), subject.type, inventory);
    if (assigned.state === 'unread') return { state: 'unknown', reason: assigned.reason };
    const verdicts = judged(subject, assigned.value, inventory);
    const others = verdicts.filter(({ member }) => !isJudgedByItsControl(member));
    const aspects = others.flatMap((verdict) => aspectOf(verdict, subject) ?? []);
    return [...aspects, ...disagreements(subject, others, inventory)];
  },
} satisfies Control;

/** What Steward deploys as a custom definition is one of its controls already: its finding would be there twice. */
function isJudgedByItsControl({ json }: AssignedVerdict['member']): boolean {
  const properties = objectAt(json, 'properties');
  return textAt(properties, 'policyType') === 'Custom' && textAt(objectAt(properties, 'metadata'), 'steward') !== '';
}
