import { controls } from '../../shared/controls/index';
import { raisesEvents } from '../../shared/core/change-event';
import type { Control } from '../../shared/core/control';
import { keyOf, same } from '../../shared/core/resource';

/** Values of all filters of an event subscription together, at most (Event Grid: event filtering). */
export const mostValues = 25;

/**
 * Beginnings of the operation names that wake a control: one for each type that one judges or looks up, with all its
 * children. Where they are more than Event Grid takes, all types of a provider stand together: of the quiet ones first, then
 * of the one with most of them.
 */
export function eventFamilies(all: readonly Control[] = controls): readonly string[] {
  const types = all.flatMap(({ subjects, reads }) => [...subjects, ...reads]).filter(raisesEvents);
  const families = new Map(
    ['Microsoft.Resources/tags', ...types].map((type) => [keyOf(familyOf(type)), familyOf(type)]),
  );
  let values = [...families.values()].toSorted();
  while (values.length > mostValues) values = withoutLargest(values);
  return values;
}

/** The first type of `Microsoft.Network/networkWatchers/flowLogs`, with what ends it. */
function familyOf(type: string): string {
  if (same(type, 'Microsoft.Resources/resourceGroups')) return 'Microsoft.Resources/subscriptions/resourceGroups/';
  const [provider = '', first = ''] = type.split('/');
  return `${provider}/${first}/`;
}

/** Providers whose resources are seldom written, so that all of them together are no noise. */
const quiet = ['Microsoft.SecurityInsights', 'Microsoft.Authorization', 'Microsoft.Insights'];

function withoutLargest(values: readonly string[]): string[] {
  const providers = Map.groupBy(
    values.filter((value) => value.split('/').length > 2),
    (value) => value.split('/')[0] ?? '',
  );
  const [largest = ''] = [...providers].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const chosen = quiet.find((provider) => (providers.get(provider)?.length ?? 0) > 1) ?? largest;
  return [...values.filter((value) => !value.startsWith(`${chosen}/`)), `${chosen}/`].toSorted();
}
