import type { Cloud } from './cloud';
import { same } from './ids';
import type { CollectionPlace } from './ids';
import { reaching, scopeOf } from './scopes';
import type { WireResource } from './wire';
import { fieldsOf, textOf } from './wire';

export type Filter = (resource: WireResource) => boolean;

/** The filters that the sandbox knows; undefined for any other, because to ignore one would answer a wrong list. */
export function filterOf(cloud: Cloud, text: string | null, { type, scope }: CollectionPlace): Filter | undefined {
  if (text === null || text.trim() === '') return () => true;
  if (same(type, 'Microsoft.Resources/resources')) return resourceTypeFilter(text);
  if (/^atExactScope\(\)$/i.test(text)) return ({ id }) => same(scopeOf(id), scope);
  if (/^atScope\(\)$/i.test(text)) {
    const reaches = reaching(cloud.store, scope);
    return ({ id }) => reaches(scopeOf(id));
  }
  if (same(type, 'Microsoft.Compute/skus')) return locationFilter(text);
  if (/^excludeExpired\(\)$/i.test(text)) return ({ properties }) => !isPast(properties?.['expiresOn'], cloud);
  return propertyFilter(text);
}

/** `-eq` is how the specification of policy definitions writes it for `policyType`. */
function propertyFilter(text: string): Filter | undefined {
  const names = 'policyType|policyDefinitionId|policyAssignmentId|principalId|category';
  const [, name = '', value = ''] = new RegExp(`^(${names}) -?eq '([^']+)'$`).exec(text) ?? [];
  if (name === '') return undefined;
  if (name === 'category') return ({ properties }) => same(textOf(fieldsOf(properties, 'metadata')[name]), value);
  return ({ properties }) => same(textOf(properties?.[name]), value);
}

/** The only filter that the list of VM sizes knows (Resource SKUs: list). */
function locationFilter(text: string): Filter | undefined {
  const region = /^location eq '([^']+)'$/.exec(text)?.[1];
  if (region === undefined) return undefined;
  return ({ locations }) => Array.isArray(locations) && locations.some((one) => same(String(one), region));
}

const isPast = (time: unknown, { settings }: Cloud): boolean =>
  typeof time === 'string' && Date.parse(time) <= settings.clock();

function resourceTypeFilter(text: string): Filter | undefined {
  const parts = text.split(/ or /i).map((part) => /^\s*resourceType eq '([^']+)'\s*$/i.exec(part)?.[1]);
  if (parts.includes(undefined)) return undefined;
  return ({ type }) => parts.some((part) => same(part ?? '', type ?? ''));
}
