import { differences } from '../core/compare';
import type { Kept } from '../core/control';
import { AzureError } from '../core/errors';
import type { LedgerChange } from '../core/ledger';
import type { Lock, World } from '../core/ports';
import { nameOf, same, type Resource } from '../core/resource';
import { fresh, keep, stillThere } from './apply';
import type { Errand } from './ledgered';
import { explain } from './explain';
import { latest } from './observe';
import { isUnsettled } from './settled';

/**
 * Looks after every write of a subscription that nobody saw to its end, for its process died or Azure did not answer:
 * what Azure took from others by it is put back, and the ledger learns what was found. Answers the seconds after which
 * to look again at what could not be settled yet.
 */
export async function recover(world: World, subscriptionId: string): Promise<number | undefined> {
  const changes = await world.ledger.unsettled(subscriptionId);
  const retries = [];
  for (const name of new Set(changes.map(({ lock }) => lock)))
    retries.push(await recoverLock(world, name, subscriptionId));
  return latest(retries);
}

async function recoverLock(world: World, name: string, subscriptionId: string): Promise<number | undefined> {
  const work = async (lock: Lock): Promise<{ readonly result: undefined; readonly wroteAt?: string }> => {
    const recovered = await recoverUnder(world, lock, subscriptionId);
    return { result: undefined, ...(recovered && { wroteAt: world.now() }) };
  };
  try {
    return await world.inTurn(name, () => world.locks.under(name, work));
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    world.journal({ step: 'failed', subject: name, text: `what was written is looked at later: ${explain(error)}` });
    return error.retryAfter ?? 0;
  }
}

/** The same for one lock that is held. Answers whether anything was settled, so that nothing older may be relied on. */
export async function recoverUnder(world: World, lock: Lock, subscriptionId: string): Promise<boolean> {
  const changes = await world.ledger.unsettled(subscriptionId);
  const mine = changes.filter((change) => same(change.lock, lock.name));
  for (const change of mine) await settle(world, change, lock);
  return mine.length > 0;
}

async function settle(world: World, change: LedgerChange, lock: Lock): Promise<void> {
  const found = await fresh(world, change.resourceId);
  if (found !== undefined && isUnsettled(found)) {
    const message = `${nameOf(change.resourceId)} is still being written`;
    throw new AzureError({ status: 0, code: 'AnotherOperationInProgress', message, retryable: true });
  }
  const landed = isAsWanted(change, found);
  const errand: Errand = {
    lock,
    why: { ...change.why, cause: 'recovery' },
    identity: world.settings.clientId,
    limits: [],
    read: { keys: new Set(), at: '' },
  };
  const lost = await putBackAll(world, await keptIn(world, change, landed), errand);
  // What may be allowed later is tried again later, and holds up nothing else.
  if (lost?.isFinal === false) return world.journal({ step: 'failed', subject: change.resourceId, text: lost.text });
  const outcome = landed ? 'found as it was wanted' : 'found otherwise: it was not written, or was changed again since';
  const text = [outcome, ...(lost === undefined ? [] : [lost.text])].join('; ');
  const end = { at: world.now(), state: 'interrupted', text, ...(landed && found && { after: found }) } as const;
  await world.ledger.end(change, end);
  world.journal({ step: 'proved', subject: change.resourceId, text: `${change.summary}: ${text}` });
}

interface Lost {
  readonly text: string;
  /** The account is gone: there is nothing to put it back into. */
  readonly isFinal: boolean;
}

async function putBackAll(world: World, keeps: readonly Kept[], errand: Errand): Promise<Lost | undefined> {
  try {
    await keep(world, keeps, errand);
    return undefined;
  } catch (error) {
    if (!(error instanceof AzureError) || error.retryable) throw error;
    const text = `what others had in ${keeps.map(({ id }) => nameOf(id)).join(', ')} could not be put back: ${explain(error)}`;
    return { text, isFinal: error.status === 404 };
  }
}

/** What others had, where it may be lost. */
async function keptIn(world: World, change: LedgerChange, landed: boolean): Promise<readonly Kept[]> {
  const isAccepted = landed || (await world.ledger.find(change.changeId))?.end?.isAccepted === true;
  return isAccepted ? (change.keeps ?? []) : replacedIn(world, change);
}

/**
 * The write may have landed before somebody changed its resource again. Where nothing is left of what others had, Azure has
 * replaced it; an owner takes single things away.
 */
async function replacedIn(world: World, { keeps = [] }: LedgerChange): Promise<readonly Kept[]> {
  const replaced = [];
  for (const kept of keeps) {
    const found = await fresh(world, kept.id);
    const all = differences(kept.properties, {}).length;
    const isReplaced = all > 0 && differences(kept.properties, found?.properties ?? {}).length === all;
    if (found !== undefined && isReplaced) replaced.push(kept);
  }
  return replaced;
}

function isAsWanted({ body, without }: LedgerChange, found: Resource | undefined): boolean {
  if (body === undefined) return found === undefined;
  return found !== undefined && differences(body, found).length === 0 && stillThere(without, found).length === 0;
}
