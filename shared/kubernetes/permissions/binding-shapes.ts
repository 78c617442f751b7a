import type { Binding } from './binding';
import type { Role } from './role';
import { subjectTitle, type Subject } from './subject';

const openToAll = ['system:public-info-viewer'];
const openToSignedIn = [
  ...openToAll,
  'system:basic-user',
  'system:discovery',
  'system:service-account-issuer-discovery',
];

/** Which of the shapes of the catalogue a binding has. */
export function shapesOfBinding(binding: Binding): readonly string[] {
  const { role, subjects } = binding;
  const refersTo = (names: readonly string[]): boolean => role.kind === 'ClusterRole' && names.includes(role.name);
  const shapes: readonly (readonly [string, boolean])[] = [
    ['cluster-admin-binding', refersTo(['cluster-admin'])],
    ['anonymous-binding', subjects.some(isAnonymous) && !refersTo(openToAll)],
    ['authenticated-binding', subjects.some(isEverybody) && !refersTo(openToSignedIn)],
    ['masters-binding', subjects.some(isMasters) && binding.name !== 'cluster-admin'],
    ['default-sa-binding', subjects.some(isDefaultAccount)],
  ];
  return shapes.filter(([, fits]) => fits).map(([id]) => id);
}

export const isAnonymous = (subject: Subject): boolean =>
  ['User system:anonymous', 'Group system:unauthenticated'].includes(subjectTitle(subject));

export const isEverybody = ({ kind, name }: Subject): boolean =>
  kind === 'Group' && (name === 'system:authenticated' || /^system:serviceaccounts(:|$)/.test(name));

export const isMasters = ({ kind, name }: Subject): boolean => kind === 'Group' && name === 'system:masters';

const isDefaultAccount = ({ kind, name }: Subject): boolean => kind === 'ServiceAccount' && name === 'default';

const widened = ['admin', 'edit', 'view'].map((name) => `rbac.authorization.k8s.io/aggregate-to-${name}`);

/** Whether a role adds its rules to one of Kubernetes' own, and says itself that it is none of these. */
export function widensBuiltIn({ kind, labels }: Role): boolean {
  const own = labels.get('kubernetes.io/bootstrapping') === 'rbac-defaults';
  return kind === 'ClusterRole' && !own && widened.some((label) => labels.has(label));
}
