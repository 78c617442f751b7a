import type { Inventory } from '../core/inventory';
import { keyOf, same, type Resource } from '../core/resource';
import { types } from '../flow-logging/types';
import { nothingWritten, on, scopesIn, writing, type Check, type Context, type Examination } from './check';
import { groupForWatchers } from './watchers';

const topic = {
  id: 'locks',
  title: 'No lock refuses what Steward would write',
  wanted: 'no lock of the level ReadOnly on networks, on the resource groups of Network Watchers, and on Steward’s own',
};

const lockType = 'Microsoft.Authorization/locks';

interface Lock {
  readonly level?: string;
}

export const locks: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => judged(scope, inventory, context));

function judged(scope: string, inventory: Inventory, context: Context): Check {
  const conclude = on(topic, scope);
  if (writing(context, scope).length === 0) return conclude.notApplicable(nothingWritten);
  const found = inventory.list<Lock>(lockType, scope);
  const lists = [types.network, types.watcher].map((type) => inventory.list(type, scope));
  const unread = [found, ...lists].find((list) => list.state === 'unread');
  const grant = `grant ${lockType}/read, ${types.network}/read and ${types.watcher}/read`;
  if (found.state === 'unread' || unread?.state === 'unread')
    return conclude.unknown(unread?.state === 'unread' ? unread.reason : '', grant);
  const targets = lists.flatMap((list) => (list.state === 'read' ? list.value.map(({ id }) => id) : []));
  const written = [...targets, groupForWatchers(scope, context)];
  const refusing = found.value.filter((lock) => refuses(lock, written));
  if (refusing.length === 0) return conclude.ok('none of them is locked');
  const texts = refusing.map((lock) => `lock ${lock.name} on ${scopeOf(lock)} is ReadOnly`);
  return conclude.wrong(texts.join('; '), 'remove the lock (az lock delete --ids …) or exempt what it protects');
}

/** A lock is about its scope and everything below («Azure Resource Manager: lock resources»). */
function refuses(lock: Resource<Lock>, written: readonly string[]): boolean {
  const scope = keyOf(scopeOf(lock));
  const covers = (id: string): boolean => `${keyOf(id)}/`.startsWith(`${scope}/`);
  return same(lock.properties?.level, 'ReadOnly') && written.some(covers);
}

function scopeOf({ id }: Resource): string {
  return id.slice(0, keyOf(id).lastIndexOf(`/providers/${keyOf(lockType)}/`));
}
