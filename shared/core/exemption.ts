import { InputError } from './errors';
import { keyOf, parseId, same, type Resource } from './resource';

export type ExemptionSource = 'policy' | 'file';

/** What somebody takes responsibility for until a day: a control is not asked of a scope. */
export interface Exemption {
  /** What tells it from the others, on every run. */
  readonly key: string;
  /** As it is named to people. */
  readonly title: string;
  readonly source: ExemptionSource;
  /** ARM id of a subscription, a resource group, a resource or, from Azure Policy, a management group above. */
  readonly scope: string;
  /** Ids of the controls. */
  readonly controls: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** From this moment on it exempts nothing. ISO 8601 in UTC. */
  readonly expires: string;
  /** When it was granted, where its source tells. */
  readonly createdAt?: string;
  /** Narrows the scope by what a resource is. Absent: everything in the scope. */
  readonly selects?: (resource: Resource, controlId: string) => boolean;
}

/** An entry that exempts nothing because something in it is wrong. */
export interface InvalidExemption {
  readonly key: string;
  readonly title: string;
  readonly source: ExemptionSource;
  /** What is wrong and what is needed, as sentences that name the field. */
  readonly complaints: readonly string[];
}

/** What came of a place's entries. */
export function sourcesFrom(entries: readonly (Exemption | InvalidExemption)[]): ExemptionSources {
  return {
    exemptions: entries.flatMap((entry) => ('complaints' in entry ? [] : [entry])),
    invalid: entries.flatMap((entry) => ('complaints' in entry ? [entry] : [])),
    unreadable: [],
  };
}

/** A place that could not be read: nobody knows what it exempts. */
export interface UnreadableSource {
  readonly source: ExemptionSource;
  readonly key: string;
  readonly title: string;
  readonly reason: string;
}

/** All that is known of exemptions in a subscription. Those that expired are among them. */
export interface ExemptionSources {
  readonly exemptions: readonly Exemption[];
  readonly invalid: readonly InvalidExemption[];
  readonly unreadable: readonly UnreadableSource[];
}

export const noExemptions: ExemptionSources = { exemptions: [], invalid: [], unreadable: [] };

/** Whole days for which an exemption may be granted: a year, a leap year included. */
export const mostDays = 366;
const dayMs = 86_400_000;

export interface ExemptionRules {
  /** ISO 8601 in UTC. */
  readonly now: string;
  readonly controlIds: readonly string[];
}

/** What is wrong with an exemption whose fields are all there: its scope, its controls, how long it is to last. */
export function complaintsAbout(exemption: Exemption, { now, controlIds }: ExemptionRules): readonly string[] {
  return [
    ...scopeComplaints(exemption),
    ...exemption.controls
      .filter((id) => !controlIds.some((known) => same(known, id)))
      .map((id) => `control "${id}" is not known; known are ${controlIds.join(', ')}`),
    ...termComplaints(exemption, now),
  ];
}

function scopeComplaints({ scope, source }: Exemption): readonly string[] {
  if (source === 'policy' && isManagementGroup(scope)) return [];
  try {
    if (parseId(scope).subscriptionId !== '') return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [`scope: ${error.message}`];
  }
  return [`scope "${scope}" is not the ARM id of a subscription, a resource group or a resource`];
}

function termComplaints({ expires, createdAt }: Exemption, now: string): readonly string[] {
  const end = Date.parse(expires);
  const granted = Date.parse(createdAt ?? now);
  if (Number.isNaN(end)) return [`expires "${expires}" is no date`];
  if (Number.isNaN(granted)) return [`the time at which it was granted, "${createdAt ?? now}", is no date`];
  if (Math.floor((end - granted) / dayMs) <= mostDays) return [];
  const since = createdAt === undefined ? 'from now' : `after it was granted, ${createdAt.slice(0, 10)}`;
  return [`expires ${expires.slice(0, 10)} is more than a year ${since}; at most ${mostDays} days are allowed`];
}

function isManagementGroup(scope: string): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i.test(scope);
}

/** Whom an exemption is asked for. */
export interface Exemptible {
  readonly id: string;
  /** Absent when it could not be read: what asks how it is does not cover it. */
  readonly resource?: Resource;
}

/** The exemption of a control on a resource that is in force; of several, the one that lasts longest. */
export function exemptionFor(
  { exemptions }: ExemptionSources,
  controlId: string,
  subject: Exemptible,
  now: string,
): Exemption | undefined {
  return exemptions
    .filter(
      (one) => isInForce(one, now) && one.controls.some((id) => same(id, controlId)) && covers(one.scope, subject),
    )
    .filter(({ selects }) => selects === undefined || isSelected(selects, controlId, subject))
    .toSorted((a, b) => Date.parse(b.expires) - Date.parse(a.expires))[0];
}

function isSelected(selects: NonNullable<Exemption['selects']>, controlId: string, { resource }: Exemptible): boolean {
  return resource !== undefined && selects(resource, controlId);
}

export function isInForce({ expires }: Exemption, now: string): boolean {
  return Date.parse(now) < Date.parse(expires);
}

/** A scope covers itself and what is below it. A management group whose exemptions a subscription inherits is above it all. */
function covers(scope: string, { id }: Exemptible): boolean {
  if (isManagementGroup(scope)) return true;
  const above = keyOf(scope).split('/');
  const segments = keyOf(id).split('/');
  return above.every((segment, index) => segment === segments[index]);
}
