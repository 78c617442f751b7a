import type { Control } from './core/control';
import { noExemptions, type ExemptionRules, type ExemptionSources } from './core/exemption';
import { AzureError } from './core/errors';
import type { Exemptions, Reader } from './core/ports';
import { explain } from './pipeline/explain';
import type { Json } from './policy/json';
import { initiativeMembers } from './policy/member-ids';
import { ownExemptions, type OwnExemptionRules } from './policy/own-exemptions';
import type { FileReading } from './store/exemptions-blob';
import { parseExemptionsFile } from './store/exemptions-file';

export interface ExemptionPlaces {
  /** The text of the file; undefined when there is none. */
  readonly file: () => Promise<FileReading>;
  readonly reader: Pick<Reader, 'read'>;
  readonly now: () => string;
  readonly controls: readonly Pick<Control, 'id' | 'policies'>[];
}

const maxAgeMs = 60_000;

/** Exemptions of a subscription: those that Azure Policy holds and those of the file, each read once a minute. */
export function exemptionSources(places: ExemptionPlaces): Exemptions {
  const { now, controls } = places;
  const known = { controlIds: controls.map(({ id }) => id), members: initiativeMembers(controls) };
  const remembered = aMinute(now);
  return {
    read: async (subscriptionId) => {
      const rules = { now: now(), ...known };
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
  const { reason, retryable } = reading;
  const unreadable = { source: 'file', key: 'file', title: 'The file of exemptions', reason, retryable } as const;
  return { ...noExemptions, unreadable: [unreadable] };
}

async function fromPolicy(
  { reader, now }: ExemptionPlaces,
  subscriptionId: string,
  rules: OwnExemptionRules,
): Promise<ExemptionSources> {
  const scope = `/subscriptions/${subscriptionId}`;
  const read = async (type: string): Promise<readonly Json[]> => {
    const query = { kind: 'list', type: `Microsoft.Authorization/${type}`, scope } as const;
    const { result } = await reader.read(query, { notBefore: now() });
    if (result.state === 'read') return result.value as unknown as readonly Json[];
    throw new AzureError({ status: 0, code: 'Unread', message: result.reason, retryable: true });
  };
  try {
    const [assignments, exemptions] = await Promise.all([read('policyAssignments'), read('policyExemptions')]);
    return ownExemptions({ assignments, exemptions }, rules);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const title = `Policy exemptions of subscription ${subscriptionId}`;
    const { retryable } = error;
    const reason = explain(error);
    const unreadable = { source: 'policy', key: `policy|${scope}`, title, reason, retryable } as const;
    return { ...noExemptions, unreadable: [unreadable] };
  }
}
