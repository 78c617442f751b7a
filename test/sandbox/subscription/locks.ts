import type { Cloud } from './cloud';
import { isAtOrBelow, isBelow } from './ids';

const lockType = '/providers/Microsoft.Authorization/locks/';

/** The scope of a lock that forbids the action, if there is one: at the resource, above it, or (deletions) below it. */
export function lockOf(id: string, action: 'write' | 'delete', cloud: Cloud): string | undefined {
  if (id.toLowerCase().includes(lockType.toLowerCase())) return undefined;
  for (const lock of cloud.store.ofType('Microsoft.Authorization/locks')) {
    const scope = lock.id.slice(0, lock.id.toLowerCase().lastIndexOf(lockType.toLowerCase()));
    const level = lock.properties?.['level'];
    const forbids = level === 'ReadOnly' || (level === 'CanNotDelete' && action === 'delete');
    if (forbids && (isAtOrBelow(id, scope) || (action === 'delete' && isBelow(scope, id)))) return scope;
  }
  return undefined;
}
