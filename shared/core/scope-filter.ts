import { nameOf, parseId, same, type Resource } from './resource';

/** Where controls may write. A list that is empty restricts nothing; of several lists all have to let a subject through. */
export interface ScopeFilter {
  /** GUIDs, in lower case. */
  readonly subscriptions: readonly string[];
  /** Names, in which `*` stands for any characters. */
  readonly resourceGroups: readonly string[];
  /** Of the resource or of its resource group; one of them is enough. Without a value any value will do. */
  readonly tags: readonly { readonly name: string; readonly value?: string }[];
}

/** A filter that cannot be understood lets nothing through. */
export type ScopeFilterSetting = ScopeFilter | { readonly unreadable: string };

/** The three settings as their texts: items separated by commas. */
export interface ScopeFilterTexts {
  readonly subscriptions: string;
  readonly resourceGroups: string;
  readonly tags: string;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Names of resource groups: letters, digits and `-_.()`, 90 at most (Azure: naming rules). */
const groupPattern = /^[\p{L}\p{N}\-_.()*]{1,90}$/u;
/** Tag names hold nearly anything but these (Azure: use tags, limitations). */
const tagName = /^[^<>%&\\?/=]{1,512}$/;

export function parseScopeFilter(texts: ScopeFilterTexts): ScopeFilterSetting {
  const [subscriptions, resourceGroups, tags] = [texts.subscriptions, texts.resourceGroups, texts.tags].map(items);
  const complaints = [
    ...wrong('REMEDIATE_SUBSCRIPTIONS', subscriptions, (item) => guid.test(item), 'the GUID of a subscription'),
    ...wrong(
      'REMEDIATE_RESOURCE_GROUPS',
      resourceGroups,
      (item) => groupPattern.test(item),
      'the name of a resource group, `*` allowed',
    ),
    ...wrong('REMEDIATE_TAGS', tags, (item) => tagName.test(item.split('=')[0] ?? ''), '<name> or <name>=<value>'),
  ];
  if (complaints.length > 0) return { unreadable: complaints.join('; ') };
  return {
    subscriptions: (subscriptions ?? []).map((id) => id.toLowerCase()),
    resourceGroups: resourceGroups ?? [],
    tags: (tags ?? []).map(tagIn),
  };
}

/** An item that is empty between two commas is a mistake; a text that is empty is none. */
function items(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

function wrong(
  setting: string,
  found: readonly string[] | undefined,
  isRight: (item: string) => boolean,
  wanted: string,
): readonly string[] {
  return (found ?? [])
    .filter((item) => !isRight(item))
    .map((item) => `setting ${setting} has "${item}"; ${wanted} is needed`);
}

function tagIn(item: string): { readonly name: string; readonly value?: string } {
  const at = item.indexOf('=');
  return at === -1 ? { name: item } : { name: item.slice(0, at).trim(), value: item.slice(at + 1).trim() };
}

/** Whether a decision needs the tags of the resource group. */
export function asksForGroup(filter: ScopeFilter, subject: Resource): boolean {
  return filter.tags.length > 0 && !hasTag(filter, subject.tags);
}

/** Why a subject is outside, as a sentence without a full stop; undefined when it is inside. */
export function outsideBecause(
  filter: ScopeFilter,
  subject: Resource,
  group: Resource | undefined,
): string | undefined {
  const { subscriptionId, resourceGroup = '' } = parseId(subject.id);
  if (filter.subscriptions.length > 0 && !filter.subscriptions.some((id) => same(id, subscriptionId)))
    return `setting REMEDIATE_SUBSCRIPTIONS does not name ${subscriptionId}`;
  if (filter.resourceGroups.length > 0 && !filter.resourceGroups.some((pattern) => matches(pattern, resourceGroup)))
    return `setting REMEDIATE_RESOURCE_GROUPS does not name ${resourceGroup}`;
  if (filter.tags.length === 0 || hasTag(filter, subject.tags) || hasTag(filter, group?.tags)) return undefined;
  return `neither ${nameOf(subject.id)} nor its resource group has a tag of setting REMEDIATE_TAGS`;
}

/** Names of tags compare without regard to case, their values with it (Azure: use tags). */
function hasTag({ tags }: ScopeFilter, found: Resource['tags'] = {}): boolean {
  return Object.entries(found).some(([name, value]) =>
    tags.some((tag) => same(tag.name, name) && (tag.value === undefined || tag.value === value)),
  );
}

function matches(pattern: string, name: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'iu').test(name);
}
