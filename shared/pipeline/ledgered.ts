import type { Action } from '../core/control';
import type { AzureError } from '../core/errors';
import { shortHash } from '../core/hash';
import { changeIdFor, type LedgerChange, type Why } from '../core/ledger';
import type { Limit } from '../core/limits';
import type { Lock } from '../core/ports';
import { subscriptionOf, type Json, type Resource } from '../core/resource';
import { differencesOf, withoutSecrets } from '../core/what-if';

/** Under which lock and on whose behalf a plan is carried out. */
export interface Errand {
  readonly lock: Lock;
  readonly why: Why;
  /** Client id of the app's own identity. */
  readonly identity: string | undefined;
  /** What a write takes from besides Azure's own limits. */
  readonly limits: readonly Limit[];
  /** What was read just before, by the keys of its ids, and when. */
  readonly read: { readonly keys: ReadonlySet<string>; readonly at: string };
}

/** The entry of a write that is about to be sent, in the ledger of the subscription that was judged. */
export function changeFor(action: Action, { lock, why, identity }: Errand, at: string): LedgerChange {
  const { id, body, before, without = [], drops = [], keeps = [], summary } = action;
  const chance = shortHash(`${id}|${lock.name}|${at}`);
  return {
    changeId: changeIdFor(subscriptionOf(why.subjectId), at, chance),
    at,
    resourceId: id,
    summary,
    why,
    ...(identity !== undefined && { identity }),
    lock: lock.name,
    differences: differencesOf(action),
    ...(before && { before }),
    body,
    ...(without.length > 0 && { without }),
    ...(drops.length > 0 && { drops }),
    ...(keeps.length > 0 && { keeps }),
  };
}

export interface Removal {
  readonly id: string;
  readonly before: Resource;
  readonly summary: string;
}

/** The entry of a resource that is about to be removed. */
export function removalFor({ id, before, summary }: Removal, errand: Errand, at: string): LedgerChange {
  const written = changeFor({ id, body: {}, before, summary, permission: '' }, errand, at);
  const change = Object.fromEntries(Object.entries(written).filter(([name]) => name !== 'body')) as Omit<
    LedgerChange,
    'body'
  >;
  return {
    ...change,
    differences: [{ path: 'properties', before: withoutSecrets((before.properties ?? null) as Json) }],
  };
}

/** Whether Azure may have carried the write out although it answered with an error, or not at all. */
export function mayHaveLanded({ status, retryable }: AzureError): boolean {
  const isRefusal = (status >= 400 && status < 500 && status !== 408) || (status === 0 && !retryable);
  return !isRefusal;
}
