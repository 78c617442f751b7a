import type { Json, Resource } from '../../shared/core/resource';
import { resource, subscription } from '../given';

export const definitions = '/providers/Microsoft.Authorization/policyDefinitions';
export const group = '/providers/Microsoft.Authorization/policySetDefinitions';
export const assignments = '/providers/Microsoft.Authorization/policyAssignments';

/** A definition of Azure's unless `properties` says otherwise. */
export function definition(id: string, properties: object): Resource {
  return resource(id, {
    properties: {
      displayName: `Definition ${id.slice(id.lastIndexOf('/') + 1)}`,
      policyType: 'BuiltIn',
      mode: 'Indexed',
      policyRule: { if: { field: 'type', equals: 'A.B/c' }, then: { effect: 'audit' } },
      ...properties,
    },
  });
}

interface Written {
  readonly effect?: Json;
  readonly excludedNamespaces?: Json;
  readonly image?: boolean;
}

/** Properties of a definition for what runs in clusters, with parameters where nothing is written. */
export function kubernetes({ effect, excludedNamespaces, image = false }: Written = {}): object {
  return {
    mode: 'Microsoft.Kubernetes.Data',
    parameters: {
      effect: { type: 'String', defaultValue: 'deny' },
      excludedNamespaces: { type: 'Array', defaultValue: ['kube-system', 'gatekeeper-system', 'azure-arc'] },
      namespaces: { type: 'Array', defaultValue: [] },
      ...(image && { allowedContainerImagesRegex: { type: 'String' } }),
    },
    policyRule: {
      if: { field: 'type', in: ['Microsoft.ContainerService/managedClusters'] },
      then: {
        effect: effect ?? "[parameters('effect')]",
        details: {
          excludedNamespaces: excludedNamespaces ?? "[parameters('excludedNamespaces')]",
          namespaces: "[parameters('namespaces')]",
        },
      },
    },
  };
}

export const labels = definition(`${definitions}/labels`, kubernetes());

/** An initiative whose parameters all go to its members. */
export function initiative(
  id: string,
  members: readonly Resource[],
  policyType = 'Custom',
  more: object = {},
): Resource {
  const passed = ['effect', 'excludedNamespaces', 'namespaces'];
  const parameters = Object.fromEntries(passed.map((name) => [name, { value: `[parameters('${name}')]` }]));
  return resource(id.replace('policyAssignments', 'policySetDefinitions'), {
    properties: {
      displayName: `Initiative ${id.slice(id.lastIndexOf('/') + 1)}`,
      policyType,
      parameters: {
        effect: { type: 'String', defaultValue: 'audit' },
        excludedNamespaces: { type: 'Array', defaultValue: ['kube-system', 'gatekeeper-system', 'azure-arc'] },
        namespaces: { type: 'Array', defaultValue: [] },
      },
      policyDefinitions: members.map((member) => ({
        policyDefinitionId: member.id,
        policyDefinitionReferenceId: member.name,
        parameters,
      })),
      ...more,
    },
  });
}

export function assigned(name: string, policyDefinitionId: string, more: object = {}, scope = subscription): Resource {
  return resource(`${scope}${assignments}/${name}`, {
    properties: {
      displayName: `Assignment ${name}`,
      scope,
      policyDefinitionId,
      enforcementMode: 'Default',
      notScopes: [],
      ...more,
    },
  });
}

export function roles(principalId: string): Resource {
  return resource(`${subscription}/providers/Microsoft.Authorization/roleAssignments/${principalId}`, {
    properties: { principalId, scope: subscription },
  });
}
