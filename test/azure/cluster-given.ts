import { idIn, resource } from '../given';
import type { Resource } from '../../shared/core/resource';
import type { ClusterObject } from '../sandbox/subscription/index';

export const clusterId = idIn('rg', 'Microsoft.ContainerService/managedClusters/aks');

export function cluster(properties: Readonly<Record<string, unknown>> = {}, more: object = {}): Resource {
  return {
    ...resource(clusterId, {
      location: 'westeurope',
      properties: {
        provisioningState: 'Succeeded',
        powerState: { code: 'Running' },
        aadProfile: { managed: true, enableAzureRBAC: true },
        ...properties,
      },
    }),
    ...more,
  };
}

export const pods = { group: '', version: 'v1', plural: 'pods' };
export const policies = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
export const bindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' };
export const gateways = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'gateways' };

export const peers = { group: 'security.istio.io', version: 'v1', plural: 'peerauthentications' };

/** A pod as the API server stores it, with what it adds. */
export function pod(namespace: string, name: string, spec: object = {}): ClusterObject {
  return {
    clusterId,
    id: `${clusterId}/kubernetes/core/v1/namespaces/${namespace}/pods/${name}`,
    ...pods,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        uid: `uid-of-${name}`,
        resourceVersion: '7',
        creationTimestamp: '2026-03-01T08:00:00Z',
        labels: { app: name },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', team: 'shop' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-rs`, uid: 'u', controller: true },
        ],
        managedFields: [{ manager: 'kubelet', fieldsV1: { 'f:status': {} } }],
      },
      spec: {
        containers: [{ name: 'main', image: 'registry.example/app:1', terminationMessagePath: '/dev/termination-log' }],
        tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
        hostNetwork: false,
        ...spec,
      },
      status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready' }] },
    },
  };
}
