import { isWarning, type Report } from '../doctor/doctor';
import type { Check, CheckState } from '../doctor/check';

const marks: Readonly<Record<CheckState, string>> = { ok: '✔', wrong: '✖', unknown: '?', notApplicable: '-' };

/** A line for each check; below what is not right, what was wanted and what to do. */
export function linesOf({ checks, summary }: Report): readonly string[] {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const { ok, warnings, wrong, unknown, notApplicable } = summary;
  const counts = `${ok} right (${warnings} with something to do soon), ${wrong} wrong, ${unknown} unknown, ${notApplicable} not applicable`;
  return [...checks.flatMap((check) => linesOfCheck(check, width)), '', counts];
}

function linesOfCheck(check: Check, width: number): readonly string[] {
  const { id, about, found, wanted, todo, state } = check;
  const mark = isWarning(check) ? '!' : marks[state];
  const indent = ' '.repeat(width + 4);
  const isRight = state === 'ok' || state === 'notApplicable';
  const [first = '', ...more] = found.split('\n');
  return [
    `${mark} ${id.padEnd(width)}  ${about}: ${first}`,
    ...more.map((line) => `${indent}${line}`),
    ...(isRight ? [] : [`${indent}wanted: ${wanted}`]),
    ...(todo === '' ? [] : [`${indent}do: ${todo}`]),
  ];
}
