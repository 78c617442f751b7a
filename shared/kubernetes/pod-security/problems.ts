import type { Severity } from '../../core/verdict';
import { missingSettingsOf } from './explicit-settings';
import type { Field } from './failure';
import type { Pod } from './pod';
import { checksOf, failuresOf, type RunningCheck } from './standard';
import { wordings } from './wording';

/** A rule that a workload breaks, with every field of it. */
export interface PodProblem {
  /** Id of a check of the standard, or `explicit-…` for what the requirement wants besides. */
  readonly rule: string;
  readonly severity: Severity;
  /** What was wanted, what was found where, and what to do. */
  readonly reason: string;
  /** The first of `fields`. */
  readonly path: string;
  readonly fields: readonly Field[];
}

interface BrokenRule {
  readonly rule: string;
  readonly severity: Severity;
  readonly fields: readonly Field[];
}

/** What is judged by: the checks of both levels at one version. */
export interface Standard {
  readonly baseline: readonly RunningCheck[];
  /** Only those of *restricted* itself. */
  readonly restricted: readonly RunningCheck[];
}

export function standardAt(minor: number): Standard {
  const restricted = checksOf('restricted', minor).filter(({ level }) => level === 'restricted');
  return { baseline: checksOf('baseline', minor), restricted };
}

/** A pod or template that was read, and what stands before `spec` in its object. */
export interface ReadSource {
  readonly prefix: string;
  readonly pod: Pod;
}

/** What the sources break together; what several of them share is told once, with the path in the first. */
export function problemsOf(sources: readonly ReadSource[], standard: Standard): readonly PodProblem[] {
  const told = new Set<string>();
  const found = sources.flatMap(({ prefix, pod }) =>
    brokenBy(pod, standard).map(({ rule, severity, fields }) => ({
      rule,
      severity,
      fields: fields
        .filter((field) => isFirst(told, `${rule} ${keyOf(field)}`))
        .map((field) => ({ ...field, path: `${prefix}${field.path}` })),
    })),
  );
  return [...Map.groupBy(found, ({ rule }) => rule)].flatMap(([rule, group]) => {
    const fields = group.flatMap((one) => one.fields);
    const [first] = fields;
    const severity = group[0]?.severity ?? 'low';
    return first === undefined ? [] : [{ rule, severity, reason: reasonOf(rule, fields), path: first.path, fields }];
  });
}

function isFirst(told: Set<string>, key: string): boolean {
  const isNew = !told.has(key);
  told.add(key);
  return isNew;
}

/** Whatever *baseline* already refuses is serious; *restricted* then only adds what it wants beyond. */
function brokenBy(pod: Pod, { baseline, restricted }: Standard): readonly BrokenRule[] {
  const serious = failuresOf(pod, baseline);
  const told = new Set(serious.flatMap(({ fields }) => fields.map(keyOf)));
  const beyond = failuresOf(pod, restricted).map(({ id, fields }) => ({
    rule: id,
    severity: 'medium' as const,
    fields: fields.filter((field) => !told.has(keyOf(field))),
  }));
  const isCovered = restricted.some(({ id }) => id === 'capabilities_restricted');
  const unstated = missingSettingsOf(pod).filter(({ rule }) => !(isCovered && rule === 'explicit-capabilities'));
  return [
    ...serious.map(({ id, fields }) => ({ rule: id, severity: 'high' as const, fields })),
    ...beyond,
    ...unstated.map((one) => ({ ...one, severity: 'low' as const })),
  ].filter(({ fields }) => fields.length > 0);
}

const keyOf = ({ path, found }: Field): string => `${path} ${String(found)}`;

const MOST_TOLD = 10;

function reasonOf(rule: string, fields: readonly Field[]): string {
  const { wanted = rule, remedy = 'change it' } = wordings[rule] ?? {};
  const places = fields.slice(0, MOST_TOLD).map(placeOf);
  const more = fields.length > MOST_TOLD ? `, and ${fields.length - MOST_TOLD} more` : '';
  return `${wanted}: ${places.join(', ')}${more}; ${remedy}`;
}

function placeOf({ path, found }: Field): string {
  const place = short(path, 300);
  if (found === undefined) return `${place} is missing`;
  return found === '…' ? `${place} is set` : `${place} ${verbFor(path)} ${short(JSON.stringify(found), 100)}`;
}

const verbFor = (path: string): string => (path.endsWith('.add') ? 'has' : 'is');

function short(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
