import { entryOf, gradeOf } from '../../kubernetes/cluster-roles/grades';
import { isMasters } from '../../kubernetes/permissions/binding-shapes';
import type { Permissions } from '../../kubernetes/permissions/permissions';
import type { RisksByPlace } from '../../kubernetes/permissions/places';
import type { Role } from '../../kubernetes/permissions/role';
import { groupNamed, groupsOf, namedAs, type Subject } from '../../kubernetes/permissions/subject';

/**
 * How much somebody has, all bindings that mean the subject taken together. What a group of everybody has in a namespace
 * without the subject's doing is said of that group alone.
 */
export interface Standing {
  /** Where it may do everything: `*` is everywhere, else a namespace. */
  readonly admin: readonly string[];
  /** By what it can become administrator of the cluster, each to follow «may». */
  readonly escalates: readonly string[];
  /** What else is a risk, each to follow «may», and where. */
  readonly risks: readonly { readonly place: string; readonly may: readonly string[] }[];
}

/** What of a group of everybody its members' standing is told beside. */
interface Inherited {
  readonly admin: readonly string[];
  readonly risks: RisksByPlace;
}

/** Marks the model's risks: critical ones that reach the whole cluster make administrators. */
export function standingIn(model: Permissions): (subject: Subject) => Standing {
  const placesOf = adminPlaces(model);
  const inheritedOf = inheritedIn(model, placesOf);
  return (subject) => {
    const groups = groupsOf(subject).map(inheritedOf);
    const admin = placesOf(subject);
    if ([admin, ...groups.map((group) => group.admin)].some((places) => places.includes('*'))) {
      return { admin: ['*'], escalates: [], risks: [] };
    }
    const skipped = new Set([admin, ...groups.map((group) => group.admin)].flat());
    const graded = Object.entries(model.risksOf(subject))
      .filter(([place]) => !skipped.has(place))
      .flatMap(([place, ids]) => gradedAt(place, ids, groups));
    const others = graded.filter((one) => !one.isCritical && !one.isInherited);
    return {
      admin,
      escalates: graded
        .filter(({ isCritical }) => isCritical)
        .map(({ place, may }) => (place === '*' ? may : `${may}, in ${place}`)),
      risks: [...Map.groupBy(others, ({ place }) => place)].map(([place, found]) => ({
        place,
        may: found.map(({ may }) => may),
      })),
    };
  };
}

function gradedAt(place: string, ids: readonly string[], groups: readonly Inherited[]) {
  const reachesCluster = place === '*' || place === 'kube-system';
  const isInherited = (id: string): boolean => groups.some(({ risks }) => risks[place]?.includes(id));
  const wanted = reachesCluster ? ids : ids.filter((id) => !isInherited(id));
  return wanted.flatMap((id) => {
    const grade = gradeOf(id, place, {});
    if (grade === undefined) return [];
    const isCritical = reachesCluster && grade === 'critical';
    return [{ place, isCritical, isInherited: isInherited(id), may: entryOf(id)?.text ?? id }];
  });
}

/** Where bindings that name the subject itself give it everything. */
function adminPlaces(model: Permissions): (subject: Subject) => readonly string[] {
  const known = new Map<Role, boolean>();
  const givesAll = (role: Role): boolean => {
    const gives = known.get(role) ?? model.risksOfRole(role).includes('any-any');
    known.set(role, gives);
    return gives;
  };
  return (subject) => {
    if (isMasters(subject)) return ['*'];
    const all = model.bindingsNaming(namedAs(subject)).filter((binding) => {
      const role = model.roleOf(binding);
      return role !== undefined && givesAll(role);
    });
    return [...new Set(all.map(({ namespace }) => namespace ?? '*'))];
  };
}

function inheritedIn(
  model: Permissions,
  placesOf: (subject: Subject) => readonly string[],
): (group: string) => Inherited {
  const known = new Map<string, Inherited>();
  return (title) => {
    const group = groupNamed(title);
    const found = known.get(title) ?? { admin: placesOf(group), risks: model.risksOf(group) };
    known.set(title, found);
    return found;
  };
}

/** Whom a group of everybody means; undefined: it is none. */
export function everybodyText({ kind, name }: Subject): string | undefined {
  if (kind === 'User') return name === 'system:anonymous' ? 'everybody, without signing in' : undefined;
  if (kind !== 'Group') return undefined;
  if (name === 'system:unauthenticated') return 'everybody, without signing in';
  if (name === 'system:authenticated') return 'everybody who signs in';
  if (name === 'system:serviceaccounts') return 'every ServiceAccount';
  const [, namespace] = /^system:serviceaccounts:(.+)$/.exec(name) ?? [];
  return namespace === undefined ? undefined : `every ServiceAccount of ${namespace}`;
}
