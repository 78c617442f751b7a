import { keyOf, parseId } from './resource';

/** At most `most` in any span of `seconds`. Limits of one subscription end in `|<its id>` and may be taken from together. */
export interface Limit {
  readonly name: string;
  readonly most: number;
  readonly seconds: number;
}

/** A write that is let through now reaches Azure a moment later, and that moment is not always the same. */
const onTheWay = 2;

/**
 * How many writes a provider takes from one subscription, whoever sends them («Understand how Azure Resource Manager
 * throttles requests»: network and storage limits). Storage counts per region; an id tells none, so it is one budget here.
 */
const ofProviders: Readonly<Record<string, readonly Omit<Limit, 'name'>[]>> = {
  'microsoft.network': [{ most: 1_000, seconds: 300 }],
  'microsoft.storage': [
    { most: 10, seconds: 1 },
    { most: 1_200, seconds: 3_600 },
  ],
};

/**
 * Azure Resource Manager's bucket for the writes of one identity in one subscription holds 200 and gets 10 a second: 200 in
 * any 20 seconds never empties it (same page). A tenth is left, so that a bucket that runs low tells of somebody else.
 */
const ofResourceManager = { most: 180, seconds: 20 };

/** The limits that a write of this resource takes from; none outside of subscriptions. Throws InputError. */
export function limitsFor(resourceId: string): readonly Limit[] {
  const { subscriptionId, type } = parseId(resourceId);
  if (subscriptionId === '') return [];
  return [{ name: resourceManagerWrites(subscriptionId), ...ofResourceManager }, ...ofProvider(type, subscriptionId)];
}

function ofProvider(type: string, subscriptionId: string): readonly Limit[] {
  const provider = keyOf(type.split('/')[0] ?? '');
  return (ofProviders[provider] ?? []).map(({ most, seconds }) => ({
    name: `${provider} writes in ${seconds} s|${keyOf(subscriptionId)}`,
    most,
    seconds: seconds + onTheWay,
  }));
}

export function resourceManagerWrites(subscriptionId: string): string {
  return `resource manager writes|${keyOf(subscriptionId)}`;
}

/** The names of a provider's limits (`Microsoft.Network`); none of a provider whose limits are not known. */
export function providerWrites(provider: string, subscriptionId: string): readonly string[] {
  return ofProvider(provider, subscriptionId).map(({ name }) => name);
}

/** Whose limits they are: what is taken from together is kept together. */
export function subscriptionOfLimit({ name }: Pick<Limit, 'name'>): string {
  return name.slice(name.lastIndexOf('|') + 1);
}
