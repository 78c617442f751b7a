import { outcomeOf, proposalOf, type ObjectFinding } from '../kubernetes/judgement';
import { patchOf } from '../kubernetes/proposals';
import { nameOf, type Found } from './found';
import { linesOf } from './output';
import type { Report } from './report';

/** Lines for people: what is open and what could not be told, then how many there are of each. */
export function renderTable({ path, found }: Report): string {
  const isTold = ({ finding }: Found): boolean => ['open', 'unknown'].includes(outcomeOf(finding));
  const told = found.filter(isTold);
  const advised = found.filter((one) => !isTold(one) && (one.finding.advice ?? []).length > 0);
  return linesOf([...[...told, ...advised].flatMap((one) => linesAbout(one, path)), summaryOf(found)]);
}

function linesAbout({ controlId, finding, place }: Found, path: string): readonly string[] {
  const where = place === undefined ? '' : `  ${place.file}:${place.line}`;
  const name = nameOf(finding.object);
  const patch = `  propose  the patch: npm run propose -- --manifests ${inShell(path)} ${inShell(name)}`;
  return [
    `${controlId}  ${outcomeOf(finding)}  ${name}${where}`,
    ...linesIn(finding),
    ...(patchOf({ finding }).length > 0 ? [patch] : []),
    '',
  ];
}

/** A word as a shell takes it. */
const inShell = (word: string): string =>
  /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

function linesIn(finding: ObjectFinding): readonly string[] {
  const { problems, unknown = [], advice = [], leftOut } = finding;
  return [
    ...(leftOut === undefined ? [] : [`  left out ${leftOut}`]),
    ...problems.map(
      ({ severity, reason, path }) =>
        `  ${severity.padEnd(7)}  ${reason}${path === undefined || reason.includes(path) ? '' : ` (${path})`}`,
    ),
    ...unknown.map((reason) => `  unknown  ${reason}`),
    ...advice.map((reason) => `  advice   ${reason}`),
    ...(proposalOf(finding)?.effects ?? []).map((effect) => `  propose  ${effect}`),
  ];
}

function summaryOf(found: readonly Found[]): string {
  const count = (outcome: string): number => found.filter(({ finding }) => outcomeOf(finding) === outcome).length;
  const left = count('notApplicable');
  const others = left === 0 ? '' : `, ${left} not applicable`;
  return `${count('open')} open, ${count('unknown')} unknown, ${count('compliant')} compliant${others}`;
}
