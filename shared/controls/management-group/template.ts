import { keyOf, nameOf } from '../../core/resource';
import type { Assigned } from './carried';

/** Bicep for an assignment at a management group, which begins without being enforced. */
export function templateFor({ definitionId, displayName, location, name, parameters }: Assigned): string {
  const given = Object.fromEntries([...parameters].map(([key, value]) => [key, { value }]));
  const ofSubscription = keyOf(definitionId).startsWith('/subscriptions/');
  return [
    ...(ofSubscription
      ? [`// first make the definition ${nameOf(definitionId)} at the group: it belongs to one subscription`]
      : []),
    `targetScope = 'managementGroup'`,
    `resource policy 'Microsoft.Authorization/policyAssignments@2025-03-01' = {`,
    `  name: ${text(name.slice(0, longestName))}`,
    ...(location === undefined
      ? []
      : [`  location: ${text(location)}`, `  identity: { type: 'SystemAssigned' } // and its roles`]),
    `  properties: {`,
    `    displayName: ${text(displayName)}`,
    `    policyDefinitionId: ${ofSubscription ? ofGroup(definitionId) : text(definitionId)}`,
    ...(parameters.size === 0 ? [] : [`    parameters: json(${text(JSON.stringify(given))})`]),
    `    enforcementMode: 'DoNotEnforce'`,
    `  }`,
    `}`,
  ].join('\n');
}

/** At a management group (Azure Policy: naming rules). */
const longestName = 24;

function ofGroup(definitionId: string): string {
  const kind = /\/policySetDefinitions\//i.test(definitionId) ? 'policySetDefinitions' : 'policyDefinitions';
  return `managementGroupResourceId('Microsoft.Authorization/${kind}', ${text(nameOf(definitionId))})`;
}

/** A string of Bicep. */
function text(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
  return `'${escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`;
}
