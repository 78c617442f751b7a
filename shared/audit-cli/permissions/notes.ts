import { subjectTitle } from '../../kubernetes/permissions/subject';
import { counted, listed, shortened } from '../columns';
import type { PermissionView, SubjectView } from './view';

/** So many notes of a kind are told. */
const MOST_NOTES = 30;

/** What a reader has to know besides, as what is not known and what is left out. */
export function notesOf(
  { asked, subjects, unresolved, refused }: PermissionView,
  shown: readonly SubjectView[],
): readonly string[] {
  const titles = new Set(shown.map(({ title }) => title));
  const left = subjects.filter(({ builtIn, title }) => builtIn && !titles.has(title)).length;
  const notes = [
    ...few('that refer to roles which are not among the objects', unresolved, unresolvedText),
    ...few('that the API server refuses', refused, refusedText),
    ...(left > 0
      ? [
          `${counted(left, 'subject')} that Kubernetes itself binds ${left === 1 ? 'is' : 'are'} left out; --subject and --output json show them`,
        ]
      : []),
    ...(asked.subject === undefined && !titles.has('Group system:masters')
      ? ['members of Group system:masters may do everything, whatever is bound']
      : []),
    'who belongs to a group, and what Azure RBAC grants, is not to be seen in a cluster’s objects',
  ];
  return ['', ...listed('NOTES', notes)];
}

function few<T>(what: string, all: readonly T[], text: (one: T) => string): readonly string[] {
  const left = all.length - MOST_NOTES;
  const more = left > 0 ? [`there are ${left} more objects ${what}; --output json tells them`] : [];
  return [...all.slice(0, MOST_NOTES).map(text), ...more];
}

function unresolvedText({ binding, role }: PermissionView['unresolved'][number]): string {
  const subjects = shortened(binding.subjects.map(subjectTitle), 10).join(' ');
  return `what ${binding.title} grants ${subjects} is not known: ${role} is not among the objects`;
}

function refusedText({ title, reason }: PermissionView['refused'][number]): string {
  return `${title} is not counted, since the API server refuses it: ${reason}`;
}
