import { entryOf, gradeOf } from '../../kubernetes/cluster-roles/grades';
import { isMasters } from '../../kubernetes/permissions/binding-shapes';
import type { Permissions } from '../../kubernetes/permissions/permissions';
import type { Subject } from '../../kubernetes/permissions/subject';

/** How much somebody has, all bindings that mean the subject taken together. */
export interface Standing {
  /** Where it may do everything: `*` is everywhere, else a namespace. */
  readonly admin: readonly string[];
  /** By what it can become administrator of the cluster, each to follow «may». */
  readonly escalates: readonly string[];
  /** What else is a risk, each to follow «may», and where. */
  readonly risks: readonly { readonly place: string; readonly may: readonly string[] }[];
}

/** Marks the model's risks: critical ones that reach the whole cluster make administrators. */
export function standingOf(model: Permissions, subject: Subject): Standing {
  const admin = adminPlaces(model, subject);
  if (admin.includes('*')) return { admin: ['*'], escalates: [], risks: [] };
  const graded = Object.entries(model.risksOf(subject))
    .filter(([place]) => !admin.includes(place))
    .flatMap(([place, ids]) =>
      ids.map((id) => ({ place, grade: gradeOf(id, place, {}), may: entryOf(id)?.text ?? id })),
    );
  const isCritical = ({ place, grade }: (typeof graded)[number]): boolean =>
    grade === 'critical' && (place === '*' || place === 'kube-system');
  const others = graded.filter((one) => one.grade !== undefined && !isCritical(one));
  return {
    admin,
    escalates: graded.filter(isCritical).map(({ place, may }) => (place === '*' ? may : `${may}, in ${place}`)),
    risks: [...Map.groupBy(others, ({ place }) => place)].map(([place, found]) => ({
      place,
      may: found.map(({ may }) => may),
    })),
  };
}

function adminPlaces(model: Permissions, subject: Subject): readonly string[] {
  if (isMasters(subject)) return ['*'];
  const all = model.bindingsOf(subject).filter((binding) => {
    const role = model.roleOf(binding);
    return role !== undefined && model.risksOfRole(role).includes('any-any');
  });
  return [...new Set(all.map(({ namespace }) => namespace ?? '*'))];
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
