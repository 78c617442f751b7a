import { noExemptions, type ExemptionRules, type ExemptionSources } from './core/exemption';
import { AzureError } from './core/errors';
import type { Query, Reading } from './core/inventory';
import type { Exemptions, Reader } from './core/ports';
import { explain } from './pipeline/explain';
import type { Json } from './policy/json';
import { ownExemptions } from './policy/own-exemptions';
import { parseExemptionsFile } from './store/exemptions-file';

export interface ExemptionPlaces {
  /** The text of the file; undefined when there is none. */
  readonly file: () => Promise<Reading<string | undefined>>;
  readonly reader: Pick<Reader, 'read'>;
  readonly now: () => string;
  readonly controlIds: readonly string[];
}

const maxAgeMs = 60_000;

/** Exemptions of a subscription: those that Azure Policy holds and those of the file, each read once a minute. */
export function exemptionSources(places: ExemptionPlaces): Exemptions {
  const { now, controlIds } = places;
  const remembered = aMinute(now);
  return {
    read: async (subscriptionId) => {
      const rules = { now: now(), controlIds };
      const parts = await Promise.all([
        remembered('file', () => fromFile(places, rules)),
        remembered(subscriptionId, () => fromPolicy(places, subscriptionId, rules)),
      ]);
      return {
        exemptions: parts.flatMap(({ exemptions }) => exemptions),
        invalid: parts.flatMap(({ invalid }) => invalid),
        unreadable: parts.flatMap(({ unreadable }) => unreadable),
      };
    },
  };
}

type Remembered = (key: string, read: () => Promise<ExemptionSources>) => Promise<ExemptionSources>;

/** What is unreadable is remembered, too, lest thousands ask at once; a bug is not. */
function aMinute(now: () => string): Remembered {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<ExemptionSources> }>();
  return (key, read) => {
    const at = Date.parse(now());
    const known = answers.get(key);
    if (known !== undefined && at >= known.at && at - known.at < maxAgeMs) return known.answer;
    const answer = read();
    answers.set(key, { at, answer });
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

async function fromFile({ file }: ExemptionPlaces, rules: ExemptionRules): Promise<ExemptionSources> {
  const reading = await file();
  if (reading.state === 'read')
    return reading.value === undefined ? noExemptions : parseExemptionsFile(reading.value, rules);
  const { reason } = reading;
  return { ...noExemptions, unreadable: [{ source: 'file', key: 'file', title: 'The file of exemptions', reason }] };
}

async function fromPolicy(
  { reader, now }: ExemptionPlaces,
  subscriptionId: string,
  rules: ExemptionRules,
): Promise<ExemptionSources> {
  const scope = `/subscriptions/${subscriptionId}`;
  const read = (type: string): Promise<Reading<readonly Json[]>> =>
    listed(reader, { kind: 'list', type: `Microsoft.Authorization/${type}`, scope }, now());
  const [assignments, exemptions] = await Promise.all([read('policyAssignments'), read('policyExemptions')]);
  if (assignments.state === 'read' && exemptions.state === 'read')
    return ownExemptions({ assignments: assignments.value, exemptions: exemptions.value }, rules);
  const reasons = [assignments, exemptions].flatMap((each) => (each.state === 'unread' ? [each.reason] : []));
  const title = `Policy exemptions of subscription ${subscriptionId}`;
  const source = { source: 'policy', key: `policy|${scope}`, title, reason: reasons.join('; ') } as const;
  return { ...noExemptions, unreadable: [source] };
}

async function listed(
  reader: Pick<Reader, 'read'>,
  query: Query,
  notBefore: string,
): Promise<Reading<readonly Json[]>> {
  try {
    const { result } = await reader.read(query, { notBefore });
    return result.state === 'read' ? { state: 'read', value: result.value as unknown as readonly Json[] } : result;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { state: 'unread', reason: explain(error) };
  }
}
