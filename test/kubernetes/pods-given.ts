import type { Json } from '../../shared/core/resource';
import type { KubernetesObject } from '../../shared/kubernetes/object';

export type Given = Readonly<Record<string, Json>>;

/** A container that meets *restricted* of every version. */
export const goodContainer = (changes: Given = {}): Given => ({
  name: 'web',
  image: 'registry.example/web@sha256:0',
  ...changes,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    ...(changes['securityContext'] as Given | undefined),
  },
});

/** The spec of a pod that meets *restricted* of every version and states its user, groups and SELinux options. */
export const goodSpec = (changes: Given = {}): Given => ({
  containers: [goodContainer()],
  ...changes,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    fsGroup: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
    seLinuxOptions: { level: 's0:c123,c456' },
    ...(changes['securityContext'] as Given | undefined),
  },
});

export const podOf = (spec: Given, metadata: Given = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec,
});

export const deploymentOf = (spec: Given, metadata: Given = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { replicas: 2, template: { metadata: { labels: { app: 'web' } }, spec } },
});

export const ownedBy = (kind: string, name: string, apiVersion = 'apps/v1'): Given => ({
  ownerReferences: [{ apiVersion, kind, name, controller: true }],
});
