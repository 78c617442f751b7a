import { groupOf } from '../fields';

/** Versions that some release of Kubernetes served, of the groups whose objects are judged («Kubernetes: deprecation guide»). */
const served: Readonly<Record<string, readonly string[]>> = {
  '': ['v1'],
  apps: ['v1', 'v1beta1', 'v1beta2'],
  batch: ['v1', 'v1beta1', 'v2alpha1'],
  extensions: ['v1beta1'],
  'networking.k8s.io': ['v1', 'v1beta1', 'v1alpha1'],
  'rbac.authorization.k8s.io': ['v1', 'v1beta1', 'v1alpha1'],
};

/** Undefined: some release knows the version, or the group is none of Kubernetes' own. */
export function versionRefusal(apiVersion: string): string | undefined {
  const group = groupOf(apiVersion);
  const versions = Object.hasOwn(served, group) ? served[group] : undefined;
  const version = group === '' ? apiVersion : apiVersion.slice(group.length + 1);
  if (versions === undefined || versions.includes(version)) return undefined;
  return `no release of Kubernetes serves ${apiVersion.slice(0, 80)}`;
}
