import type { Binding } from '../permissions/binding';
import { subjectTitle } from '../permissions/subject';

/** Whom the bindings that Kubernetes makes for itself name, by their titles («Kubernetes: default role bindings»). */
const subjects: Readonly<Record<string, readonly string[]>> = {
  'ClusterRoleBinding cluster-admin': ['Group system:masters'],
  'ClusterRoleBinding system:basic-user': ['Group system:authenticated'],
  'ClusterRoleBinding system:discovery': ['Group system:authenticated'],
  'ClusterRoleBinding system:kube-controller-manager': ['User system:kube-controller-manager'],
  'ClusterRoleBinding system:kube-dns': ['ServiceAccount kube-system/kube-dns'],
  'ClusterRoleBinding system:kube-scheduler': ['User system:kube-scheduler'],
  'ClusterRoleBinding system:monitoring': ['Group system:monitoring'],
  'ClusterRoleBinding system:node': [],
  'ClusterRoleBinding system:node-proxier': ['User system:kube-proxy'],
  'ClusterRoleBinding system:public-info-viewer': ['Group system:authenticated', 'Group system:unauthenticated'],
  'ClusterRoleBinding system:service-account-issuer-discovery': ['Group system:serviceaccounts'],
  'ClusterRoleBinding system:volume-scheduler': ['User system:kube-scheduler'],
  'RoleBinding kube-public/system:controller:bootstrap-signer': ['ServiceAccount kube-system/bootstrap-signer'],
  'RoleBinding kube-system/system::extension-apiserver-authentication-reader': [
    'User system:kube-controller-manager',
    'User system:kube-scheduler',
  ],
  'RoleBinding kube-system/system::leader-locking-kube-controller-manager': [
    'User system:kube-controller-manager',
    'ServiceAccount kube-system/kube-controller-manager',
  ],
  'RoleBinding kube-system/system::leader-locking-kube-scheduler': [
    'User system:kube-scheduler',
    'ServiceAccount kube-system/kube-scheduler',
  ],
  'RoleBinding kube-system/system:controller:bootstrap-signer': ['ServiceAccount kube-system/bootstrap-signer'],
  'RoleBinding kube-system/system:controller:cloud-provider': ['ServiceAccount kube-system/cloud-provider'],
  'RoleBinding kube-system/system:controller:token-cleaner': ['ServiceAccount kube-system/token-cleaner'],
};

/** Roles of another name than their binding's. */
const otherNames: Readonly<Record<string, string>> = {
  'system::extension-apiserver-authentication-reader': 'extension-apiserver-authentication-reader',
};

/** Why a binding of a name of Kubernetes' own is not as Kubernetes makes it; empty when it is, undefined for other names. */
export function changesOfBuiltIn(binding: Binding): readonly string[] | undefined {
  const expected = expectedSubjects(binding);
  if (expected === undefined || binding.labels.get('kubernetes.io/bootstrapping') !== 'rbac-defaults') return undefined;
  const extra = binding.subjects.map(subjectTitle).filter((title) => !expected.includes(title));
  const role = otherNames[binding.name] ?? binding.name;
  return [
    ...extra.map((title) => `it also names ${title}`),
    ...(binding.role.name === role ? [] : [`it refers to ${binding.role.name} instead of ${role}`]),
    ...withoutUpdates(binding.annotations),
  ];
}

/** The API server does not put right what is changed on an object with this annotation. */
export function withoutUpdates(annotations: ReadonlyMap<string, string>): readonly string[] {
  const off = annotations.get('rbac.authorization.kubernetes.io/autoupdate') === 'false';
  return off ? ['its annotation autoupdate is "false", so that changes to it stay'] : [];
}

const ofController = 'system:controller:';

function expectedSubjects({ kind, title, name }: Binding): readonly string[] | undefined {
  if (Object.hasOwn(subjects, title)) return subjects[title];
  if (kind !== 'ClusterRoleBinding' || !name.startsWith(ofController)) return undefined;
  return [`ServiceAccount kube-system/${name.slice(ofController.length)}`];
}
