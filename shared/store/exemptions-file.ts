import * as z from 'zod';
import {
  complaintsAbout,
  sourcesFrom,
  type Exemption,
  type ExemptionRules,
  type ExemptionSources,
  type InvalidExemption,
} from '../core/exemption';
import { keyOf, nameOf } from '../core/resource';

/** More than a review can look through is no list of exemptions any more. */
export const mostEntries = 500;

const needed = (what: string): { readonly error: (issue: { readonly input?: unknown }) => string } => ({
  error: ({ input }) => `${input === undefined ? 'is missing' : 'is wrong'}; ${what} is needed`,
});

const text = z.string(needed('a text')).trim().min(1, needed('a text')).max(1_000, 'has more than 1000 characters');

const entrySchema = z.strictObject({
  scope: text,
  control: text,
  owner: text,
  reason: text,
  expires: z.iso.date(needed('a day, as "2027-03-31",')),
});

const fileSchema = z.strictObject({
  version: z.literal(1, needed('the number 1')),
  exemptions: z.array(z.unknown(), needed('a list')).max(mostEntries, `has more than ${mostEntries} entries`),
});

/** Said of the whole file when nothing in it can be trusted. */
const file = { source: 'file', key: 'file', title: 'The file of exemptions' } as const;

/**
 * Reads the file of exemptions. An entry in which something is wrong is invalid and exempts nothing; a file that is none
 * (no JSON, another version, fields that nobody knows) is unreadable.
 */
export function parseExemptionsFile(json: string, rules: ExemptionRules): ExemptionSources {
  const parsed = fileSchema.safeParse(jsonIn(json));
  if (!parsed.success) {
    const reason = parsed.error.issues.map((issue) => issueText(issue, 'the file')).join('; ');
    return { exemptions: [], invalid: [], unreadable: [{ ...file, reason }] };
  }
  const entries = parsed.data.exemptions.map((entry, index) => entryOf(entry, index + 1, rules));
  const first = new Map<string, number>();
  const checked = entries.map((entry, index) => {
    if ('complaints' in entry) return entry;
    const twin = first.get(entry.key);
    if (twin !== undefined)
      return invalid(entry.title, index + 1, [`entry ${twin} is of the same scope and control; keep one of them`]);
    first.set(entry.key, index + 1);
    return entry;
  });
  return sourcesFrom(checked);
}

/** `undefined` is what no JSON can say. */
function jsonIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function entryOf(entry: unknown, number: number, rules: ExemptionRules): Exemption | InvalidExemption {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success)
    return invalid(
      '',
      number,
      parsed.error.issues.map((issue) => issueText(issue, 'the entry')),
    );
  const { scope, control, owner, reason, expires } = parsed.data;
  const exemption: Exemption = {
    key: `file|${keyOf(scope)}|${keyOf(control)}`,
    title: `Exemption of ${nameOf(scope)} from ${control}`,
    source: 'file',
    scope,
    controls: [control],
    owner,
    reason,
    // The last day counts to its end.
    expires: `${expires}T23:59:59.999Z`,
  };
  const complaints = complaintsAbout(exemption, rules);
  return complaints.length === 0 ? exemption : invalid(exemption.title, number, complaints);
}

function invalid(title: string, number: number, complaints: readonly string[]): InvalidExemption {
  const name = `Entry ${number} of the file of exemptions`;
  return {
    key: `file|entry ${number}`,
    title: title === '' ? name : `${name}: ${title}`,
    source: 'file',
    complaints,
  };
}

function issueText(issue: z.core.$ZodIssue, whole: string): string {
  if (issue.code === 'unrecognized_keys') return `${whole} has fields that nobody knows: ${issue.keys.join(', ')}`;
  const field = issue.path.map(String).join('.');
  return field === '' ? `${whole} is no JSON object` : `${field} ${issue.message}`;
}
