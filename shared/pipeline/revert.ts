import type { Action, Body, Control, Kept } from '../core/control';
import { AzureError, RefusedError } from '../core/errors';
import type { Finding } from '../core/finding';
import { subscriptionOfChange, type LedgerEntry, type Why } from '../core/ledger';
import type { Lock, World } from '../core/ports';
import { nameOf, subscriptionOf, type Json, type Resource } from '../core/resource';
import { changedFields, fresh, removeAndProve, writeAndProve } from './apply';
import type { Errand } from './ledgered';
import { budgeted } from './budgeted';
import { explain } from './explain';
import { nothingKnown } from './known';
import { conclude } from './observe';
import { recoverUnder } from './recover';

export interface Reverting {
  readonly changeId: string;
  /** Object id or name of whoever asks for it. */
  readonly by: string;
}

/**
 * Brings back what was there before a change; what the change made is removed, where that loses no data. Nothing is
 * written when the resource is not as the change left it. The resource is then left alone until a person approves a plan.
 * Throws RefusedError.
 */
export async function revert(world: World, reverting: Reverting): Promise<string> {
  try {
    return await reverted(world, reverting);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    throw new RefusedError('conflict', `not taken back: ${explain(error)}`);
  }
}

async function reverted(world: World, { changeId, by }: Reverting): Promise<string> {
  const { change } = await entryOf(world, changeId);
  const { lock: name } = change;
  const summary = await world.inTurn(name, () =>
    world.locks.under(name, async (lock) => {
      await recoverUnder(world, lock, subscriptionOf(change.why.subjectId));
      // Whoever held the lock may have settled it, or taken it back.
      const entry = await entryOf(world, changeId);
      const result = await takeBack(world, entry, { lock, by });
      return { result, wroteAt: world.now() };
    }),
  );
  const receivedAt = world.now();
  const { subjectId, controlId } = change.why;
  const scope = { kind: 'resource', id: subjectId } as const;
  await world.queue.send({ scope, cause: 'ripple', controls: [controlId], receivedAt, notBefore: receivedAt });
  return summary;
}

async function entryOf(world: World, changeId: string): Promise<LedgerEntry> {
  const subscriptionId = subscriptionOfChange(changeId);
  const isKept = subscriptionId !== undefined && world.settings.subscriptionIds.includes(subscriptionId);
  const entry = isKept ? await world.ledger.find(changeId) : undefined;
  if (entry === undefined) throw new RefusedError('notFound', `there is no change ${changeId}`);
  return entry;
}

interface Under {
  readonly lock: Lock;
  readonly by: string;
}

async function takeBack(world: World, entry: LedgerEntry, { lock, by }: Under): Promise<string> {
  const { change } = entry;
  const current = await unchanged(world, entry);
  const why: Why = { ...change.why, cause: 'revert', by, reverts: change.changeId };
  const errand: Errand = {
    lock,
    why,
    identity: world.settings.clientId,
    limits: [],
    read: { keys: new Set(), at: '' },
  };
  await budgeted(world, { id: change.resourceId });
  await hold(world, entry, by);
  const { before, body } = change;
  const summary = `take back: ${change.summary}`;
  try {
    if (before === undefined || body === undefined)
      await removeAndProve(world, { id: change.resourceId, before: current, summary }, errand);
    else await writeAndProve(world, await restoring(world, entry, { before, body, current, summary }), errand);
  } catch (error) {
    if (error instanceof AzureError) await release(world, entry);
    throw error;
  }
  await hold(world, entry, by);
  return summary;
}

/** The resource as it is, when it is as the change left it. */
async function unchanged(world: World, { change, end, revertedBy }: LedgerEntry): Promise<Resource> {
  const name = nameOf(change.resourceId);
  const refuse = (message: string): RefusedError => new RefusedError('conflict', message);
  if (revertedBy !== undefined) throw refuse(`it was taken back already, by change ${revertedBy}`);
  if (end?.after === undefined || (end.state !== 'proved' && end.state !== 'interrupted'))
    throw refuse(`what became of it is not known (${end?.state ?? 'not ended'}): nothing can be taken back`);
  const current = await fresh(world, change.resourceId);
  const changed = changedFields(end.after, current).filter((path) => path !== 'properties.provisioningState');
  if (current === undefined) throw refuse(`${name} does not exist any more`);
  if (changed.length > 0) throw refuse(`${name} was changed since: ${changed.join(', ')}`);
  return current;
}

interface Restoring {
  readonly before: Resource;
  readonly body: Body;
  readonly current: Resource;
  readonly summary: string;
}

async function restoring(world: World, entry: LedgerEntry, one: Restoring): Promise<Action> {
  const { before, body, current, summary } = one;
  const control = world.controls.find(({ id }) => id === entry.change.why.controlId);
  const was = restored(before, body, entry.change.drops ?? []);
  const keeps = control === undefined ? [] : await keepsOf(world, control, before);
  return { id: entry.change.resourceId, body: was, before: current, keeps, summary, permission: '' };
}

/** What azure may change of others' by writing the resource as it was. */
async function keepsOf(world: World, { remedy }: Control, before: Resource): Promise<readonly Kept[]> {
  const { keeps } = remedy ?? {};
  if (keeps === undefined) return [];
  const { value } = await conclude(world, nothingKnown(world.now()), (inventory) => keeps(before, inventory), {
    notBefore: world.now(),
  });
  return value;
}

/** Of what was there, the fields that the change wrote or left out. */
function restored(before: Resource, body: Body, drops: readonly string[]): Body {
  const properties = (before.properties ?? {}) as Readonly<Record<string, Json>>;
  const names = [...Object.keys(body.properties ?? {}), ...drops.map((path) => path.replace(/^properties\./, ''))];
  const kept = names.flatMap((name) => (name in properties ? [[name, properties[name] as Json] as const] : []));
  const { location, kind, tags, identity, sku } = before;
  const outer = { location, kind, tags, identity, ...(sku?.name !== undefined && { sku: { name: sku.name } }) };
  const written = Object.entries(outer).filter(([name, value]) => value !== undefined && name in body);
  return { ...Object.fromEntries(written), properties: Object.fromEntries(kept) };
}

/** Nothing is put right again that a person has just taken back. */
async function hold(world: World, { change }: LedgerEntry, by: string): Promise<void> {
  const { findingId, subjectId } = change.why;
  const held = { at: world.now(), by, changeId: change.changeId };
  await world.findings.update({ subscriptionId: subscriptionOf(subjectId), findingId }, (previous) =>
    previous === undefined ? undefined : { finding: { ...previous, held }, announcements: [] },
  );
}

/** Nothing was taken back, so nothing is held. */
async function release(world: World, { change }: LedgerEntry): Promise<void> {
  const { findingId, subjectId } = change.why;
  await world.findings.update({ subscriptionId: subscriptionOf(subjectId), findingId }, (previous) => {
    if (previous?.held?.changeId !== change.changeId) return undefined;
    const finding = Object.fromEntries(
      Object.entries(previous).filter(([name]) => name !== 'held'),
    ) as unknown as Finding;
    return { finding, announcements: [] };
  });
}
