import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { nameOf, same } from '../core/resource';
import type { Surroundings } from '../core/surroundings';
import type { Settings } from '../core/settings';

/** `unknown` could not be looked at, which is never ok. */
export type CheckState = 'ok' | 'wrong' | 'unknown' | 'notApplicable';

/** What the doctor says about one thing. */
export interface Check {
  readonly id: string;
  /** The good state, as a sentence. */
  readonly title: string;
  readonly state: CheckState;
  /** ARM id or name of what was looked at. */
  readonly about: string;
  readonly found: string;
  readonly wanted: string;
  /** What a person has to do; of a check that is ok, what will be needed soon. Empty: nothing. */
  readonly todo: string;
}

export type Topic = Pick<Check, 'id' | 'title' | 'wanted'>;

/** What checks go by beside what was read. */
export interface Context {
  readonly settings: Settings;
  readonly controls: readonly Control[];
  readonly surroundings: Pick<Surroundings, 'nodeVersion' | 'ingestion' | 'site'>;
}

/** Concludes from what was read; what is not read yet is asked for by looking it up. */
export type Examination = (inventory: Inventory, context: Context) => readonly Check[];

export interface Conclusions {
  ok(found: string, todo?: string): Check;
  wrong(found: string, todo: string): Check;
  unknown(found: string, todo: string): Check;
  notApplicable(found: string): Check;
}

/** The four ways in which a check of `about` may end. */
export function on({ id, title, wanted }: Topic, about: string): Conclusions {
  const ending = (state: CheckState, found: string, todo: string): Check => ({
    ...{ id, title, state, about, found, wanted, todo },
  });
  return {
    ok: (found, todo = '') => ending('ok', found, todo),
    wrong: (found, todo) => ending('wrong', found, todo),
    unknown: (found, todo) => ending('unknown', found, todo),
    notApplicable: (found) => ending('notApplicable', found, ''),
  };
}

export function distinct(texts: readonly string[]): readonly string[] {
  return [...new Map(texts.map((text) => [text.toLowerCase(), text])).values()];
}

/** Controls that the settings let write, at all or in a subscription. */
export function writing({ settings, controls }: Context, scope?: string): readonly Control[] {
  const { remediate, remediateIn } = settings;
  if ('unreadable' in remediateIn) return [];
  const { subscriptions } = remediateIn;
  const isOut = scope !== undefined && subscriptions.length > 0 && !subscriptions.some((id) => same(id, nameOf(scope)));
  return isOut ? [] : controls.filter(({ id, remedy }) => remedy !== undefined && remediate.includes(id));
}

export function scopesIn({ settings }: Context): readonly string[] {
  return settings.subscriptionIds.map((id) => `/subscriptions/${id}`);
}

export const nothingWritten =
  'nothing is written here: REMEDIATE names no control, or a filter leaves the subscription out';
