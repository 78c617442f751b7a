import { columns, counted, shortened, wrapped } from '../columns';
import { linesOf } from '../output';
import { grantLines, placeText } from './grant-lines';
import { notesOf } from './notes';
import type { PermissionView, SubjectView } from './view';
import { whoCanLines } from './who-can-lines';

/** More subjects than these are told in a line each, and of more lines than those the first. */
const [MOST_SUBJECTS, MOST_LINES] = [40, 300];

/** So many roles and places are told of one subject. */
const MOST_GRANTS = 50;

/** Lines for people: what everybody may do, or who may do what is asked for. */
export function renderTable(view: PermissionView): string {
  const { asked } = view;
  const isWhoCan = asked.verb !== undefined || asked.resource !== undefined;
  const own = shownOf(view);
  const body = isWhoCan ? whoCanLines(view) : bodyOf(own, view);
  return linesOf([...headOf(view, isWhoCan), ...body, ...notesOf(view, isWhoCan ? view.subjects : own)]);
}

/** Without being asked nobody reads what Kubernetes itself binds, as long as nobody has changed it. */
function shownOf({ asked, subjects, groups }: PermissionView): readonly SubjectView[] {
  if (asked.subject !== undefined) return [...subjects, ...groups];
  const shown = subjects.filter(({ builtIn, grants }) => !builtIn && grants.length > 0);
  const titles = new Set(shown.map(({ title }) => title));
  return shown.map((one) => ({ ...one, inherits: one.inherits.filter((title) => titles.has(title)) }));
}

function headOf({ asked, subjects, roles, bindings }: PermissionView, isWhoCan: boolean): readonly string[] {
  const where = asked.namespace === undefined ? '' : ` in ${asked.namespace}`;
  if (isWhoCan) {
    const what = `${asked.verb ?? 'do something with'} ${asked.resource ?? 'something'}`;
    const members = subjects.filter(({ grants }) => grants.length === 0).length;
    const ofThem = members === 0 ? '' : `, ${members} of them only as one of everybody`;
    return [`${counted(subjects.length, 'subject')} can ${what}${where}${ofThem}`];
  }
  const admins = subjects.filter(({ standing }) => standing.admin.includes('*')).length;
  const escalating = subjects.filter(({ standing }) => standing.escalates.length > 0).length;
  return [
    `${counted(subjects.length, 'subject')}${where}, ${counted(roles.length, 'bound role')}, ${counted(bindings, 'binding')}`,
    `${counted(admins, 'administrator')} of the cluster, ${escalating} that can become one`,
  ];
}

function bodyOf(own: readonly SubjectView[], { asked }: PermissionView): readonly string[] {
  if (own.length <= MOST_SUBJECTS) return own.flatMap((one) => ['', ...blockOf(one)]);
  const rows = own
    .slice(0, MOST_LINES)
    .map((one) => [
      [one.title],
      shortened([...new Set(one.grants.map(placeText))], 3),
      shortened([...new Set(one.grants.map(({ role }) => role.title))], 3),
      shortened(one.inherits, 3),
      [markOf(one)],
    ]);
  const left = own.length - rows.length;
  const hint = asked.subject === undefined ? '--subject shows them' : '--subject with kind and namespace shows them';
  return [
    '',
    `too many to tell each rule; ${hint}`,
    ...columns(
      ['SUBJECT', 'WHERE', 'ROLES', own.some(({ inherits }) => inherits.length > 0) ? 'AS ONE OF' : '', ''],
      rows,
    ),
    ...(left > 0 ? [`and ${left} more; --namespace or --subject asks closer, --output json tells all`] : []),
  ];
}

function markOf({ standing, everybody }: SubjectView): string {
  const marks = [
    ...(everybody === undefined ? [] : [everybody]),
    ...adminText(standing.admin),
    ...(standing.escalates.length > 0 ? ['CAN BECOME ADMIN'] : []),
  ];
  return marks.length === 0 ? '' : `[${marks.join('; ')}]`;
}

function adminText(places: readonly string[]): readonly string[] {
  if (places.includes('*')) return ['ADMIN of the cluster'];
  return places.length === 0 ? [] : [`ADMIN of ${shortened(places, 4).join(' ')}`];
}

function blockOf(view: SubjectView): readonly string[] {
  const { title, standing, grants, inherits, workloads } = view;
  const [riskLeft, left] = [standing.risks.length - MOST_GRANTS, grants.length - MOST_GRANTS];
  return [
    `${title}  ${markOf(view)}`.trimEnd(),
    ...risksOf('can become administrator, for it may', standing.escalates),
    ...standing.risks
      .slice(0, MOST_GRANTS)
      .flatMap(({ place, may }) => risksOf(`${place === '*' ? 'everywhere' : `in ${place}`} it may`, may)),
    ...(riskLeft > 0 ? [`  ! and more in ${counted(riskLeft, 'other place')}; --output json tells them`] : []),
    ...(workloads.length > 0 ? [`  pods sign in as it: ${shortened(workloads, 4).join(' ')}`] : []),
    ...(inherits.length > 0 ? [`  it also has what these have: ${inherits.join(', ')}`] : []),
    ...grants.slice(0, MOST_GRANTS).flatMap(grantLines),
    ...(left > 0 ? [`  and ${left} more; --verb, --resource or --namespace asks closer, --output json tells all`] : []),
  ];
}

function risksOf(start: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  return wrapped(`${start} ${texts.join('; ')}`, 110).map((line, at) => `  ${at === 0 ? '!' : ' '} ${line}`);
}
