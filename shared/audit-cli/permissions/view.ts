import { changesOfBuiltIn } from '../../kubernetes/cluster-roles/built-in-bindings';
import type { KubernetesObject } from '../../kubernetes/object';
import { roleTitleOf, type Binding } from '../../kubernetes/permissions/binding';
import { isMasters } from '../../kubernetes/permissions/binding-shapes';
import { Permissions } from '../../kubernetes/permissions/permissions';
import type { Role } from '../../kubernetes/permissions/role';
import type { Rule } from '../../kubernetes/permissions/rule';
import { groupNamed, groupsOf, namedAs, subjectTitle, type Subject } from '../../kubernetes/permissions/subject';
import { InputError } from '../input';
import { grantsIn, type Grant } from './grants';
import { everybodyText, standingIn, type Standing } from './standing';
import { questionOf, type Asked, type Question } from './question';

export interface SubjectView {
  readonly subject: Subject;
  readonly title: string;
  /** Whom the subject means, where it means everybody of a kind. */
  readonly everybody: string | undefined;
  readonly standing: Standing;
  /** By bindings that name it. */
  readonly grants: readonly Grant[];
  /** Titles of the groups of everybody whose grants it has besides. */
  readonly inherits: readonly string[];
  /** Workloads whose pods sign in as it. */
  readonly workloads: readonly string[];
  /** Kubernetes makes every binding that names it, and nobody has changed one. */
  readonly builtIn: boolean;
}

/** Everything that there is to say about who can do what. */
export interface PermissionView {
  readonly asked: Question;
  readonly roles: readonly {
    readonly role: Role;
    readonly rules: readonly Rule[];
    readonly takesOver: readonly Role[];
  }[];
  readonly bindings: number;
  readonly subjects: readonly SubjectView[];
  /** Groups of everybody that subjects inherit from, and that are not among these. */
  readonly groups: readonly SubjectView[];
  /** Bindings whose role is not among the objects. */
  readonly unresolved: readonly { readonly binding: Binding; readonly role: string }[];
  /** Roles and bindings that the API server refuses, and why. */
  readonly refused: readonly { readonly title: string; readonly reason: string }[];
}

/** Who can do what, as far as it is asked for. Throws an InputError when that names nothing. */
export function permissionView(objects: readonly KubernetesObject[], asked: Asked): PermissionView {
  const model = new Permissions(objects);
  const question = questionOf(asked);
  const viewOf = subjectViews(model, question);
  const found = chosenSubjects(model, question).map(viewOf);
  const subjects = found.filter(({ grants, inherits }) => grants.length + inherits.length > 0);
  const titles = new Set(subjects.map(({ title }) => title));
  const inherited = new Set(subjects.flatMap(({ inherits }) => inherits));
  const groups = [...inherited].filter((title) => !titles.has(title)).map((title) => viewOf(groupNamed(title)));
  const bound = new Set([...subjects, ...groups].flatMap(({ grants }) => grants.map(({ role }) => role)));
  return {
    asked: question,
    roles: [...bound].map((role) => ({ role, rules: model.rulesOf(role), takesOver: model.takenOverBy(role) })),
    bindings: model.bindings.length,
    subjects: subjects.toSorted(byRank),
    groups: groups.toSorted(byRank),
    unresolved: model.dangling
      .filter((binding) => isAbout(binding, question))
      .map((binding) => ({ binding, role: roleTitleOf(binding) })),
    refused: [...model.roles, ...model.bindings].flatMap(({ title, complaints: [reason] }) =>
      reason === undefined ? [] : [{ title, reason }],
    ),
  };
}

const byRank = (a: SubjectView, b: SubjectView): number =>
  rankOf(a) - rankOf(b) || groupFirst(a) - groupFirst(b) || (a.title < b.title ? -1 : 1);

const groupFirst = ({ everybody }: SubjectView): number => (everybody === undefined ? 1 : 0);

/** Administrators first, then those who can become one, then everybody of a kind. */
function rankOf({ standing, everybody }: SubjectView): number {
  if (standing.admin.includes('*')) return 0;
  if (standing.escalates.length > 0) return 1;
  return everybody === undefined ? 3 : 2;
}

/** A subject that no binding names has what everybody of its kind has. */
function chosenSubjects(model: Permissions, { subject: text }: Question): readonly Subject[] {
  if (text === undefined) return model.subjects;
  const named = model.subjects.filter((subject) => namesOf(subject).includes(text));
  const [, kind, namespace, name = ''] = /^(User|Group|ServiceAccount) (?:([^/]+)\/)?(.+)$/.exec(text) ?? [];
  if (named.length > 0) return named;
  if (kind === 'ServiceAccount' && namespace !== undefined) return [{ kind, namespace, name }];
  if (kind === 'User' || kind === 'Group') return [{ kind, name: text.slice(kind.length + 1) }];
  const near = model.subjects.map(subjectTitle).filter((title) => title.includes(text));
  const hint =
    near.length === 0
      ? '"User NAME", "Group NAME" or "ServiceAccount NAMESPACE/NAME" is wanted'
      : `there is ${near.slice(0, 5).join(', ')}`;
  throw new InputError(`--subject is "${text}", and no binding names it; ${hint}`);
}

/** Every way in which people may call a subject. */
function namesOf(subject: Subject): readonly string[] {
  const names = [subjectTitle(subject), subject.name];
  if (subject.kind !== 'ServiceAccount') return names;
  const { namespace, name } = subject;
  return [...names, `${namespace}/${name}`, `system:serviceaccount:${namespace}:${name}`];
}

function isAbout({ namespace, subjects }: Binding, { subject, namespace: asked }: Question): boolean {
  if (asked !== undefined && namespace !== undefined && namespace !== asked) return false;
  return subject === undefined || subjects.some((one) => namesOf(one).includes(subject));
}

function subjectViews(model: Permissions, question: Question): (subject: Subject) => SubjectView {
  const grantsOf = grantsIn(model, question);
  const standingOf = standingIn(model);
  const mounting = Map.groupBy(
    model.tokens.filter(({ mountsToken }) => mountsToken),
    ({ account }) => subjectTitle(account),
  );
  const hasGrants = new Map<string, boolean>();
  return (subject) => {
    const title = subjectTitle(subject);
    const bindings = model.bindingsNaming(namedAs(subject));
    return {
      subject,
      title,
      everybody: everybodyText(subject),
      standing: standingOf(subject),
      grants: grantsOf(subject),
      inherits: groupsOf(subject).filter(isGranted),
      workloads: (mounting.get(title) ?? []).map(({ workload }) => workload),
      builtIn: !isMasters(subject) && bindings.length > 0 && bindings.every(isAsKubernetesMakesIt),
    };
  };

  function isGranted(group: string): boolean {
    const found = hasGrants.get(group) ?? grantsOf(groupNamed(group)).length > 0;
    hasGrants.set(group, found);
    return found;
  }
}

const isAsKubernetesMakesIt = (binding: Binding): boolean => changesOfBuiltIn(binding)?.length === 0;
