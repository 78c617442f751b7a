import { outcomeOf, type ObjectFinding } from '../kubernetes/judgement';
import { nameOf, type Found } from './found';
import { linesOf } from './output';
import type { Report } from './report';

/** Lines for people: what is open and what could not be told, then how many there are of each. */
export function renderTable({ found }: Report): string {
  const told = found.filter(({ finding }) => outcomeOf(finding) !== 'compliant');
  const advised = found.filter(
    ({ finding }) => outcomeOf(finding) === 'compliant' && (finding.advice ?? []).length > 0,
  );
  return linesOf([...[...told, ...advised].flatMap(linesAbout), summaryOf(found)]);
}

function linesAbout({ controlId, finding, place }: Found): readonly string[] {
  const where = place === undefined ? '' : `  ${place.file}:${place.line}`;
  return [`${controlId}  ${outcomeOf(finding)}  ${nameOf(finding.object)}${where}`, ...linesIn(finding), ''];
}

function linesIn({ problems, unknown = [], advice = [], proposal }: ObjectFinding): readonly string[] {
  return [
    ...problems.map(
      ({ severity, reason, path }) => `  ${severity.padEnd(7)}  ${reason}${path === undefined ? '' : ` (${path})`}`,
    ),
    ...unknown.map((reason) => `  unknown  ${reason}`),
    ...advice.map((reason) => `  advice   ${reason}`),
    ...(proposal?.effects ?? []).map((effect) => `  propose  ${effect}`),
  ];
}

function summaryOf(found: readonly Found[]): string {
  const count = (outcome: string): number => found.filter(({ finding }) => outcomeOf(finding) === outcome).length;
  return `${count('open')} open, ${count('unknown')} unknown, ${count('compliant')} compliant`;
}
