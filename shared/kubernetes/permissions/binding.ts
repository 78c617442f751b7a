import { fieldsOf, listOf, textOf, textsOf, wrongType, type Fields } from './fields';
import { complaintsOfMetadata, isPathName, nameOf, namespaceOf, rbacGroup, titleOf } from './names';
import { complaintsOfSubject, subjectOf, type Subject } from './subject';

export interface Binding {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  readonly name: string;
  /** Only a RoleBinding has one, and grants nowhere else. */
  readonly namespace?: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
  /** Why the API server would refuse it; empty when it would not. */
  readonly complaints: readonly string[];
}

/** A binding, whatever its fields hold; undefined for an object of another kind. */
export function bindingOf(object: Fields): Binding | undefined {
  const kind = textOf(object, 'kind');
  if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') return undefined;
  const namespace = kind === 'RoleBinding' ? namespaceOf(object) : undefined;
  const name = nameOf(object);
  const metadata = fieldsOf(object, 'metadata');
  const reference = fieldsOf(object, 'roleRef');
  return {
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    title: titleOf(kind, namespace, name),
    apiVersion: textOf(object, 'apiVersion') ?? `${rbacGroup}/v1`,
    labels: textsOf(fieldsOf(metadata, 'labels')),
    annotations: textsOf(fieldsOf(metadata, 'annotations')),
    role: { kind: textOf(reference, 'kind') ?? '', name: textOf(reference, 'name') ?? '' },
    subjects: listOf(object, 'subjects').flatMap((entry) => subjectOf(entry, namespace) ?? []),
    complaints: [
      ...complaintsOfMetadata(object),
      ...complaintsOfReference(object, kind),
      ...wrongType(object.subjects, 'list', 'subjects'),
      ...listOf(object, 'subjects').flatMap((entry, index) =>
        complaintsOfSubject(entry, `subjects[${index}]`, namespace),
      ),
    ],
  };
}

function complaintsOfReference(object: Fields, binding: string): readonly string[] {
  const reference = fieldsOf(object, 'roleRef');
  const wrong = [
    ...wrongType(object.roleRef, 'object', 'roleRef'),
    ...['kind', 'name', 'apiGroup'].flatMap((name) => wrongType(reference[name], 'text', `roleRef.${name}`)),
  ];
  if (wrong.length > 0) return wrong;
  const kinds = binding === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const name = textOf(reference, 'name');
  return [
    ...(kinds.includes(textOf(reference, 'kind') ?? '') ? [] : [`roleRef.kind has to be ${kinds.join(' or ')}`]),
    ...((textOf(reference, 'apiGroup') ?? rbacGroup) === rbacGroup ? [] : [`roleRef.apiGroup has to be ${rbacGroup}`]),
    ...(name !== undefined && isPathName(name) ? [] : ['roleRef.name has to be the name of a role']),
  ];
}

/** The role that a binding refers to, by its title. */
export function roleTitleOf(binding: Binding): string {
  return titleOf(binding.role.kind, binding.role.kind === 'Role' ? binding.namespace : undefined, binding.role.name);
}
