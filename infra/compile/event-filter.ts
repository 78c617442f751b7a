import { controls } from '../../shared/controls/index';
import type { Control } from '../../shared/core/control';
import { keyOf, same } from '../../shared/core/resource';

/** Values of all filters of an event subscription together, at most (Event Grid: event filtering). */
export const mostValues = 25;

/**
 * Beginnings of the operation names that wake a control: one for each type that one judges or looks up, with all its
 * children. Where they are more than Event Grid takes, all types of the provider with most of them stand for themselves.
 */
export function eventFamilies(all: readonly Control[] = controls): readonly string[] {
  const types = all.flatMap(({ subjects, reads }) => [...subjects, ...reads]).filter(hasEvents);
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

/** Of what belongs to the tenant or to Azure itself a subscription has no events. */
function hasEvents(type: string): boolean {
  return !/^Microsoft\.(Management|PolicyInsights|Features)\/|^Microsoft\.Resources\/subscriptions$|^Microsoft\.Compute\/(skus|locations)/i.test(
    type,
  );
}

function withoutLargest(values: readonly string[]): string[] {
  const providers = Map.groupBy(
    values.filter((value) => value.split('/').length > 2),
    (value) => value.split('/')[0] ?? '',
  );
  const [largest = ''] = [...providers].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return [...values.filter((value) => !value.startsWith(`${largest}/`)), `${largest}/`].toSorted();
}
