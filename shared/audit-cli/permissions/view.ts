import { changesOfBuiltIn } from '../../kubernetes/cluster-roles/built-in-bindings';
import type { KubernetesObject } from '../../kubernetes/object';
import { roleTitleOf, type Binding } from '../../kubernetes/permissions/binding';
import { isMasters } from '../../kubernetes/permissions/binding-shapes';
import { Permissions } from '../../kubernetes/permissions/permissions';
import type { Role } from '../../kubernetes/permissions/role';
import type { Rule } from '../../kubernetes/permissions/rule';
import { meantAs, subjectTitle, type Subject } from '../../kubernetes/permissions/subject';
import { InputError } from '../input';
import { everybodyText, standingOf, type Standing } from './standing';
import { questionOf, type Asked, type Question } from './question';

/** A role that a subject has at a place, by one binding or more. */
export interface Grant {
  /** Undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly role: Role;
  /** Roles whose rules it has besides its own. */
  readonly takesOver: readonly Role[];
  /** Of the role's rules those that are asked for. */
  readonly rules: readonly Rule[];
  readonly bindings: readonly Binding[];
  /** The group of everybody by which it has the role; undefined: it is named itself. */
  readonly by?: string;
}

export interface SubjectView {
  readonly subject: Subject;
  readonly title: string;
  /** Whom the subject means, where it means everybody of a kind. */
  readonly everybody: string | undefined;
  readonly standing: Standing;
  readonly grants: readonly Grant[];
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
  /** Bindings whose role is not among the objects. */
  readonly unresolved: readonly { readonly binding: Binding; readonly role: string }[];
  /** Roles and bindings that the API server refuses, and why. */
  readonly refused: readonly { readonly title: string; readonly reason: string }[];
}

/** Who can do what, as far as it is asked for. Throws an InputError when that names nothing. */
export function permissionView(objects: readonly KubernetesObject[], asked: Asked): PermissionView {
  const model = new Permissions(objects);
  const question = questionOf(asked);
  const parts = partsIn(model, question);
  const subjects = chosenSubjects(model, question).map((subject) => subjectView(model, subject, parts));
  const granted = subjects.filter(({ grants }) => grants.length > 0);
  const bound = new Set(granted.flatMap(({ grants }) => grants.map(({ role }) => role)));
  const ordered = granted.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.title < b.title ? -1 : 1));
  return {
    asked: question,
    roles: [...bound].map((role) => ({ role, rules: model.rulesOf(role), takesOver: model.takenOverBy(role) })),
    bindings: model.bindings.length,
    subjects: ordered,
    unresolved: model.dangling
      .filter((binding) => isAbout(binding, question))
      .map((binding) => ({ binding, role: roleTitleOf(binding) })),
    refused: [...model.roles, ...model.bindings].flatMap(({ title, complaints: [reason] }) =>
      reason === undefined ? [] : [{ title, reason }],
    ),
  };
}

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

function subjectView(model: Permissions, subject: Subject, parts: Parts): SubjectView {
  const title = subjectTitle(subject);
  const bindings = model.bindingsOf(subject);
  const isAccount = subject.kind === 'ServiceAccount';
  const tokens = isAccount ? model.tokens.filter((one) => one.mountsToken && subjectTitle(one.account) === title) : [];
  return {
    subject,
    title,
    everybody: everybodyText(subject),
    standing: standingOf(model, subject),
    grants: grantsOf(model, subject, parts),
    workloads: tokens.map(({ workload }) => workload),
    builtIn: !isMasters(subject) && bindings.every((binding) => changesOfBuiltIn(binding)?.length === 0),
  };
}

/** One for each role, place and way to it, with the rules that are asked for; none without such rules. */
function grantsOf(model: Permissions, subject: Subject, { question, partsOf }: Parts): readonly Grant[] {
  const found = new Map<string, Grant & { readonly bindings: Binding[] }>();
  for (const binding of model.bindingsOf(subject)) {
    const role = model.roleOf(binding);
    if (role === undefined || !question.isPlace(binding.namespace)) continue;
    const by = groupIn(binding, subject);
    const key = JSON.stringify([binding.namespace, role.title, by]);
    const rules = found.get(key)?.rules ?? partsOf(role).rules;
    const grant = found.get(key) ?? {
      namespace: binding.namespace,
      role,
      takesOver: partsOf(role).takesOver,
      rules,
      bindings: [],
      ...(by && { by }),
    };
    found.set(key, grant);
    grant.bindings.push(binding);
  }
  const isAsked = question.verb !== undefined || question.resource !== undefined;
  return [...found.values()].filter(({ rules }) => rules.length > 0 || !isAsked);
}

/** The group of everybody by which a binding means a subject; undefined: it names the subject. */
function groupIn({ subjects }: Binding, subject: Subject): string | undefined {
  const titles = subjects.map(subjectTitle);
  const meant = meantAs(subject).filter((title) => titles.includes(title));
  return meant.every((title) => title.startsWith('Group ') && title !== subjectTitle(subject)) ? meant[0] : undefined;
}

interface Parts {
  readonly question: Question;
  readonly partsOf: (role: Role) => Pick<Grant, 'rules' | 'takesOver'>;
}

/** What is asked for of each role, worked out once. */
function partsIn(model: Permissions, question: Question): Parts {
  const known = new Map<Role, Pick<Grant, 'rules' | 'takesOver'>>();
  const partsOf = (role: Role) => {
    const rules = known.get(role)?.rules ?? model.rulesOf(role).flatMap((rule) => question.partOf(rule) ?? []);
    const parts = known.get(role) ?? { rules, takesOver: model.takenOverBy(role) };
    known.set(role, parts);
    return parts;
  };
  return { question, partsOf };
}
