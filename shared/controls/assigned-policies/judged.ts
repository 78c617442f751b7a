import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, parseId, subscriptionScope, type Json, type Resource } from '../../core/resource';
import type { JsonObject } from '../../policy/json';
import type { World } from '../../policy/evaluate';
import type { AssignedVerdict } from '../../policy/judge-assigned';
import type { RelatedAnswer, RelatedQuery } from '../../policy/related';
import type { Placement } from '../../policy/selectors';
import { prepare } from '../../policy/subject';
import { jsonOf, type Assigned } from './assigned';

/** The verdict of every assigned definition on a resource; what existence checks need is asked of the inventory. */
export function judged(
  subject: Resource,
  { policies, managementGroups, table }: Assigned,
  inventory: Inventory,
): readonly AssignedVerdict[] {
  const prepared = prepare(jsonOf(subject));
  const placement: Placement = {
    id: subject.id,
    type: subject.type,
    location: subject.location,
    managementGroups,
  };
  const related = new Map<string, RelatedAnswer>();
  const world: World = {
    ...contextOf(subject, inventory),
    related: (query) => {
      const answer = related.get(query.key) ?? answerTo(query, subject, inventory);
      related.set(query.key, answer);
      return answer;
    },
    supportsTagsAndLocation: (type) => table?.supportsTagsAndLocation.get(keyOf(type)),
  };
  return policies.judge(prepared, placement, world).verdicts;
}

function contextOf(subject: Resource, inventory: Inventory): World {
  const { resourceGroup = '' } = parseId(subject.id);
  const scope = subscriptionScope(subject.id);
  const group = inventory.get(`${scope}/resourceGroups/${resourceGroup}`);
  const subscription = inventory.get(scope);
  return {
    utcNow: inventory.now.replace(/\.(\d{3})Z$/, '.$10000Z'),
    ...objectIn('resourceGroup', group),
    ...objectIn('subscription', subscription),
  };
}

function objectIn(name: string, reading: Reading<Resource | undefined>): Readonly<Record<string, JsonObject>> {
  return reading.state === 'read' && reading.value !== undefined ? { [name]: jsonOf(reading.value) as JsonObject } : {};
}

function answerTo(query: RelatedQuery, subject: Resource, inventory: Inventory): RelatedAnswer {
  if (query.where === 'self') return [jsonOf(subject)];
  if (query.id !== undefined) return one(inventory.get(query.id));
  return many(inventory.list(query.type, query.scope));
}

function one(reading: Reading<Resource | undefined>): RelatedAnswer {
  if (reading.state === 'unread') return { unreadable: reading.reason };
  return reading.value === undefined ? [] : [jsonOf(reading.value)];
}

function many(reading: Reading<readonly Resource[]>): RelatedAnswer {
  return reading.state === 'unread'
    ? { unreadable: reading.reason }
    : reading.value.map((resource): Json => jsonOf(resource));
}
