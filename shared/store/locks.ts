import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRestError } from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import { AzureError } from '../core/errors';
import type { Locks } from '../core/ports';
import { hasStatus, tableIn, type Account } from './tables';

interface LockEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly owner: string;
  /** Until when the owner holds it, ISO 8601. */
  readonly until: string;
  readonly lastWrite: string;
}

export interface LockOptions {
  /** Milliseconds that a lock is held without being renewed: how long a crash keeps others out. */
  readonly lease: number;
  /** Milliseconds to wait for a lock that somebody else holds. */
  readonly patience: number;
}

const epoch = new Date(0).toISOString();
const renewalsPerLease = 3;

/** Locks across instances, as rows with ETags. Work that takes longer than the lease renews it. */
export function tableLocks(account: Account, { lease, patience }: LockOptions): Locks {
  const table = tableIn(account, 'StewardLocks');
  return {
    under: async (name, work) => {
      const client = await table();
      const held = await acquire(client, name, { lease, patience });
      let renewing = Promise.resolve();
      const renewNext = (): void => void (renewing = renewing.then(() => renew(client, held, lease)));
      const renewal = setInterval(renewNext, lease / renewalsPerLease);
      // Work that throws may have written before.
      let wroteAt: string | undefined = 'unknown';
      try {
        const done = await work({ name, lastWrite: held.entity.lastWrite });
        wroteAt = done.wroteAt;
        return done.result;
      } finally {
        clearInterval(renewal);
        await renewing;
        await release(client, held, wroteAt === 'unknown' ? new Date().toISOString() : wroteAt);
      }
    },
  };
}

interface Held {
  readonly entity: LockEntity;
}

async function acquire(client: TableClient, name: string, { lease, patience }: LockOptions): Promise<Held> {
  const rowKey = name.toLowerCase().replaceAll('/', '|');
  const giveUp = Date.now() + patience;
  for (;;) {
    const held = await tryToHold(client, rowKey, lease);
    if (held !== undefined) return held;
    if (Date.now() > giveUp) {
      const message = `another instance has been writing under ${name} for ${Math.round(patience / 1_000)} seconds`;
      throw new AzureError({ status: 0, code: 'LockNotHad', message, retryable: true });
    }
    await sleep(50 + Math.random() * 200);
  }
}

async function tryToHold(client: TableClient, rowKey: string, lease: number): Promise<Held | undefined> {
  const found = await client.getEntity<LockEntity>('lock', rowKey).catch((error: unknown) => {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  });
  if (found !== undefined && found.until > new Date().toISOString()) return undefined;
  const entity: LockEntity = {
    partitionKey: 'lock',
    rowKey,
    owner: randomUUID(),
    until: new Date(Date.now() + lease).toISOString(),
    lastWrite: found?.lastWrite ?? epoch,
  };
  try {
    if (found === undefined) await client.createEntity(entity);
    else await client.updateEntity(entity, 'Replace', { etag: found.etag });
    return { entity };
  } catch (error) {
    if (hasStatus(error, 409, 412)) return undefined;
    throw error;
  }
}

/** A renewal that does not come through is tried again; when somebody else has the lock by now, nothing is renewed. */
async function renew(client: TableClient, held: Held, lease: number): Promise<void> {
  const { partitionKey, rowKey, owner } = held.entity;
  try {
    const { etag, ...found } = await client.getEntity<LockEntity>(partitionKey, rowKey);
    if (found.owner !== owner) return;
    const until = new Date(Date.now() + lease).toISOString();
    await client.updateEntity({ partitionKey, rowKey, owner, until, lastWrite: found.lastWrite }, 'Replace', { etag });
  } catch (error) {
    if (!isRestError(error)) throw error;
  }
}

/** Frees the lock if it is still ours. In any case the next owner learns when we wrote, and that never goes back. */
async function release(client: TableClient, { entity }: Held, wroteAt = epoch): Promise<void> {
  const { partitionKey, rowKey } = entity;
  for (;;) {
    const { etag, ...found } = await client.getEntity<LockEntity>(partitionKey, rowKey);
    const isOurs = found.owner === entity.owner;
    const lastWrite = wroteAt > found.lastWrite ? wroteAt : found.lastWrite;
    if (!isOurs && lastWrite === found.lastWrite) return;
    const holder = isOurs ? { owner: '', until: epoch } : { owner: found.owner, until: found.until };
    if (await replaced(client, { partitionKey, rowKey, lastWrite, ...holder }, etag)) return;
  }
}

/** False when somebody else wrote the row since it was read. */
async function replaced(client: TableClient, entity: LockEntity, etag: string): Promise<boolean> {
  try {
    await client.updateEntity(entity, 'Replace', { etag });
    return true;
  } catch (error) {
    if (!hasStatus(error, 412)) throw error;
    return false;
  }
}
