import { subjectTitle } from '../../kubernetes/permissions/subject';
import { columns, counted, joined, listed, shortened, wrapped } from '../columns';
import { linesOf } from '../output';
import { ruleLines } from './rule-lines';
import type { Grant, PermissionView, SubjectView } from './view';

/** More subjects than these are told in a line each. */
const MOST_SUBJECTS = 40;

/** Lines for people: what everybody may do, or who may do what is asked for. */
export function renderTable(view: PermissionView): string {
  const { asked } = view;
  const isWhoCan = asked.verb !== undefined || asked.resource !== undefined;
  const own = shownOf(view);
  const body = isWhoCan ? whoCan(view) : bodyOf(own, view);
  return linesOf([...headOf(view, isWhoCan), ...body, ...notesOf(view, isWhoCan ? view.subjects : own)]);
}

/** Without being asked nobody reads what Kubernetes itself binds, as long as nobody has changed it. */
function shownOf({ asked, subjects }: PermissionView): readonly SubjectView[] {
  if (asked.subject !== undefined) return subjects;
  return subjects
    .filter(({ builtIn }) => !builtIn)
    .map((one) => ({ ...one, grants: one.grants.filter(({ by }) => by === undefined) }))
    .filter(({ grants }) => grants.length > 0);
}

function headOf({ asked, subjects, roles, bindings }: PermissionView, isWhoCan: boolean): readonly string[] {
  const where = asked.namespace === undefined ? '' : ` in ${asked.namespace}`;
  if (isWhoCan) {
    const what = `${asked.verb ?? 'do something with'} ${asked.resource ?? 'something'}`;
    return [`${counted(subjects.length, 'subject')} can ${what}${where}`];
  }
  const admins = subjects.filter(({ standing }) => standing.admin.includes('*')).length;
  const escalating = subjects.filter(({ standing }) => standing.escalates.length > 0).length;
  return [
    `${counted(subjects.length, 'subject')}${where}, ${counted(roles.length, 'bound role')}, ${counted(bindings, 'binding')}`,
    `${counted(admins, 'administrator')} of the cluster, ${escalating} that can become one`,
  ];
}

function bodyOf(own: readonly SubjectView[], { asked }: PermissionView): readonly string[] {
  if (own.length <= MOST_SUBJECTS || asked.subject !== undefined) return own.flatMap((one) => ['', ...blockOf(one)]);
  const rows = own.map((one) => [
    [one.title],
    shortened([...new Set(one.grants.map(placeText))], 3),
    shortened([...new Set(one.grants.map(({ role }) => role.title))], 3),
    [markOf(one)],
  ]);
  return ['', 'too many to tell each rule; --subject shows them', ...columns(['SUBJECT', 'WHERE', 'ROLES', ''], rows)];
}

const placeText = ({ namespace }: Grant): string => (namespace === undefined ? 'everywhere' : `in ${namespace}`);

function markOf({ standing, everybody }: SubjectView): string {
  const marks = [
    ...(everybody === undefined ? [] : [everybody]),
    ...(standing.admin.includes('*') ? ['ADMIN of the cluster'] : standing.admin.map((place) => `ADMIN of ${place}`)),
    ...(standing.escalates.length > 0 ? ['CAN BECOME ADMIN'] : []),
  ];
  return marks.length === 0 ? '' : `[${marks.join('; ')}]`;
}

function blockOf(view: SubjectView): readonly string[] {
  const { title, standing, grants, workloads } = view;
  return [
    `${title}  ${markOf(view)}`.trimEnd(),
    ...risksOf('can become administrator, for it may', standing.escalates),
    ...standing.risks.flatMap(({ place, may }) =>
      risksOf(`${place === '*' ? 'everywhere' : `in ${place}`} it may`, may),
    ),
    ...(workloads.length > 0 ? [`  pods sign in as it: ${shortened(workloads, 4).join(' ')}`] : []),
    ...grants.flatMap(grantLines),
  ];
}

function risksOf(start: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  return wrapped(`${start} ${texts.join('; ')}`, 110).map((line, at) => `  ${at === 0 ? '!' : ' '} ${line}`);
}

function grantLines(grant: Grant): readonly string[] {
  const rows = ruleLines(grant.rules).map(({ verbs, on, names }) => [
    joined(verbs, 40),
    joined(on, 70),
    wrapped(shortened(names, 12).join(' '), 40),
  ]);
  const lines =
    rows.length === 0
      ? ['nothing: the role has no rules']
      : columns(['VERBS', 'RESOURCES', rows.some(([, , names]) => names?.length) ? 'ONLY' : ''], rows);
  return [`  ${placeText(grant)}, by ${throughText(grant)}`, ...lines.map((line) => `    ${line}`)];
}

const throughText = (grant: Grant): string => throughLines(grant).join(' ');

function throughLines({ role, takesOver, bindings, by }: Grant): readonly string[] {
  const names = shortened(
    bindings.map(({ title }) => title),
    4,
  ).join(' ');
  const parts = shortened(
    takesOver.map(({ title }) => title),
    3,
  ).join(' ');
  const withParts = parts === '' ? [] : [`(with the rules of ${parts})`];
  return [role.title, ...withParts, `← ${names}`, ...(by === undefined ? [] : [`as one of ${by}`])];
}

function whoCan({ subjects }: PermissionView): readonly string[] {
  const rows = subjects.flatMap((one) =>
    one.grants.flatMap((grant) =>
      ruleLines(grant.rules).map(({ verbs, on, names }, at) => [
        [at === 0 ? one.title : '', ...(at === 0 && one.everybody !== undefined ? [`(${one.everybody})`] : [])],
        [placeText(grant)],
        joined(verbs, 30),
        joined([...on, ...names.map((name) => `only "${name}"`)], 50),
        throughLines(grant),
      ]),
    ),
  );
  return rows.length === 0 ? [] : ['', ...columns(['SUBJECT', 'WHERE', 'VERBS', 'RESOURCES', 'THROUGH'], rows)];
}

function notesOf(
  { asked, subjects, unresolved, refused }: PermissionView,
  shown: readonly SubjectView[],
): readonly string[] {
  const left = subjects.length - shown.length;
  const isMastersShown = shown.some(({ title }) => title === 'Group system:masters');
  const notes = [
    ...unresolved.map(
      ({ binding, role }) =>
        `what ${binding.title} grants ${binding.subjects.map(subjectTitle).join(', ')} is not known: ${role} is not among the objects`,
    ),
    ...refused.map(({ title, reason }) => `${title} is not counted, since the API server refuses it: ${reason}`),
    ...(left > 0
      ? [
          `${counted(left, 'subject')} that Kubernetes itself binds ${left === 1 ? 'is' : 'are'} left out; --subject and --output json show them`,
        ]
      : []),
    ...(asked.subject === undefined && !isMastersShown
      ? ['members of Group system:masters may do everything, whatever is bound']
      : []),
    'who belongs to a group, and what Azure RBAC grants, is not to be seen in a cluster’s objects',
  ];
  return ['', ...listed('NOTES', notes)];
}
