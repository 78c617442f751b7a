import type { Json } from '../../core/resource';
import type { Severity } from '../../core/verdict';
import { missingSettingsOf } from './explicit-settings';
import type { Field } from './failure';
import { readPod, type Pod } from './pod';
import { checksOf, failuresOf } from './standard';
import { wordings } from './wording';
import type { PodSource } from './workloads';

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

/** What the sources break together; what several of them share is told once, with the path in the first. */
export function problemsOf(sources: readonly PodSource[], minor: number): readonly PodProblem[] {
  const told = new Set<string>();
  const found = sources.flatMap(({ prefix, template }) =>
    brokenBy(readPod(template), minor).map(({ rule, severity, fields }) => ({
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
export function brokenBy(pod: Pod, minor: number): readonly BrokenRule[] {
  const serious = failuresOf(pod, 'baseline', minor).map(({ id, fields }) => ({ rule: id, fields }));
  const told = new Set(serious.flatMap(({ fields }) => fields.map(keyOf)));
  const beyond = failuresOf(pod, 'restricted', minor)
    .filter(({ id }) => !serious.some(({ rule }) => rule === id))
    .map(({ id, fields }) => ({ rule: id, fields: fields.filter((field) => !told.has(keyOf(field))) }));
  const isJudged = new Set(checksOf('restricted', minor).map(({ id }) => id));
  const unstated = missingSettingsOf(pod).filter(
    ({ rule }) => rule !== 'explicit-capabilities' || !isJudged.has('capabilities_restricted'),
  );
  return [
    ...serious.map((one) => ({ ...one, severity: 'high' as const })),
    ...beyond.map((one) => ({ ...one, severity: 'medium' as const })),
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
  if (found === undefined) return `${path} is missing`;
  return found === '…' ? `${path} is set` : `${path} ${verbFor(path)} ${shown(found)}`;
}

const verbFor = (path: string): string => (path.endsWith('.add') ? 'has' : 'is');

function shown(found: Json): string {
  const text = JSON.stringify(found);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
