import type { Json } from '../../core/resource';
import { fieldsOf, textOf } from '../fields';
import type { KubernetesObject } from '../object';
import { bindingOf, type Binding } from '../permissions/binding';
import { titleOf } from '../permissions/names';
import type { Permissions } from '../permissions/permissions';
import { roleOf, type Role } from '../permissions/role';
import { isCovered } from '../permissions/subset';

/**
 * Written roles and bindings under names that nothing else has, so that no binding comes to name somebody else's role. What
 * is there already just so keeps its name.
 */
export function withFreeNames(objects: readonly KubernetesObject[], model: Permissions): readonly KubernetesObject[] {
  const roles = new Map(objects.flatMap((object) => roleOf(object) ?? []).map((role) => [role.title, role]));
  const names = new Map([...roles].map(([title, role]) => [title, freeNameOf(role, model.roles, isSameRole)]));
  return objects.map((object) => {
    const role = roleOf(object);
    if (role !== undefined) return named(object, names.get(role.title));
    const bound = withRole(object, names);
    const binding = bindingOf(bound);
    return binding === undefined ? bound : named(bound, freeNameOf(binding, model.bindings, isSameBinding));
  });
}

type Placed = Pick<Role | Binding, 'kind' | 'name' | 'namespace'>;

function freeNameOf<T extends Placed>(wanted: T, there: readonly T[], isSame: (one: T, other: T) => boolean): string {
  const { kind, namespace, name: start } = wanted;
  const inPlace = new Map(
    there.filter((one) => one.kind === kind && one.namespace === namespace).map((one) => [one.name, one]),
  );
  const isTaken = (name: string): boolean => {
    const other = inPlace.get(name);
    return other !== undefined && !isSame(wanted, other);
  };
  let name = start;
  for (let n = 2; isTaken(name); n += 1) name = `${start}-${n}`;
  return name;
}

function isSameRole(one: Role, other: Role): boolean {
  return (
    other.selectors.length === 0 &&
    other.complaints.length === 0 &&
    isCovered(one.rules, other.rules) &&
    isCovered(other.rules, one.rules)
  );
}

const isSameBinding = (one: Binding, other: Binding): boolean =>
  JSON.stringify([one.role, one.subjects]) === JSON.stringify([other.role, other.subjects]);

const named = (object: KubernetesObject, name = ''): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, name },
});

function withRole(object: KubernetesObject, names: ReadonlyMap<string, string>): KubernetesObject {
  const roleRef = fieldsOf(object['roleRef']);
  const kind = textOf(roleRef['kind']);
  const title = titleOf(kind, kind === 'Role' ? object.metadata.namespace : undefined, textOf(roleRef['name']));
  const name = names.get(title);
  return name === undefined ? object : { ...object, roleRef: { ...roleRef, name } as unknown as Json };
}
