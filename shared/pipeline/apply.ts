import { differences, merged } from '../core/compare';
import type { Action, Kept } from '../core/control';
import { AzureError } from '../core/errors';
import type { LedgerEnd } from '../core/ledger';
import type { World } from '../core/ports';
import { keyOf, nameOf, same, type Resource } from '../core/resource';
import { valueAt } from '../core/what-if';
import { budgeted, writeBudgetSpent } from './budgeted';
import { explain } from './explain';
import { changeFor, mayHaveLanded, removalFor, type Errand, type Removal } from './ledgered';

/** What came of a plan. */
export interface Outcome {
  readonly state: 'applied' | 'failed';
  /** What was done (as in «create …; repair …»), what went wrong and what a person has to do. */
  readonly text: string;
  /** Resources as they were read back. */
  readonly written: readonly Resource[];
  readonly writtenAt?: string;
  readonly confirmedAt?: string;
  /** Seconds after which it is worth another try; absent: it is not. */
  readonly retryAfter?: number;
  /** Azure's code for what went wrong. */
  readonly code?: string;
  /** Nobody refused anything: it only waits until Azure's limits leave room. */
  readonly waits?: true;
}

/** Writes one action after the other, reads each back and compares. The first that fails ends it. */
export async function apply(world: World, actions: readonly Action[], errand: Errand): Promise<Outcome> {
  let outcome: Outcome = { state: 'applied', text: '', written: [] };
  for (const action of actions) {
    const next = await attempt(world, action, errand);
    outcome = after(outcome, next);
    if (outcome.state === 'failed') return outcome;
  }
  return outcome;
}

function after(sofar: Outcome, next: Outcome): Outcome {
  const text = [sofar.text, next.text].filter((part) => part !== '').join('; ');
  return { ...sofar, ...next, text, written: [...sofar.written, ...next.written] };
}

async function attempt(world: World, action: Action, errand: Errand): Promise<Outcome> {
  try {
    await budgeted(world, action, errand.limits);
    await expectUnchanged(world, action, errand);
    return await writeAndProve(world, action, errand);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    if (same(action.otherwise?.code, error.code)) return apply(world, action.otherwise?.actions ?? [], errand);
    const text = `could not ${action.summary}: ${explain(error)}`;
    world.journal({ step: 'failed', subject: action.id, text });
    const waits = error.code === writeBudgetSpent && { waits: true as const };
    return {
      state: 'failed',
      text,
      written: [],
      code: error.code,
      ...(error.retryable && { retryAfter: error.retryAfter ?? 0 }),
      ...waits,
    };
  }
}

/** Milliseconds for which nobody reads again what was just read. */
const justRead = 1_000;

/**
 * An earlier write of the plan may have taken minutes, in which the owner did something; and another instance, whose
 * clock is wrong, may have written after what we remember.
 */
async function expectUnchanged(world: World, { id, before, keeps = [] }: Action, { read }: Errand): Promise<void> {
  const isRecent = Date.parse(world.now()) - Date.parse(read.at) < justRead;
  const isJustRead = (one: string): boolean => isRecent && read.keys.has(keyOf(one));
  if (!isJustRead(id)) expectSame(id, changedFields(before, await fresh(world, id)));
  for (const { id: other, properties } of keeps.filter((kept) => !isJustRead(kept.id))) {
    if (!read.keys.has(keyOf(other))) expectSame(other, ['it was not read just before']);
    const found = (await fresh(world, other))?.properties ?? {};
    expectSame(
      other,
      differences(properties, found).map(({ path }) => path),
    );
  }
}

function expectSame(id: string, changed: readonly string[]): void {
  if (changed.length === 0) return;
  const message = `${nameOf(id)} was changed by somebody in the meantime: ${changed.join(', ')}`;
  throw new AzureError({ status: 0, code: 'ChangedMeanwhile', message, retryable: true });
}

/** Paths at which two states of a resource differ; empty when they are the same. */
export function changedFields(before: Resource | undefined, found: Resource | undefined): readonly string[] {
  if (before === undefined || found === undefined) return before === found ? [] : ['that it exists'];
  const [was, is] = [before, found].map(({ location, tags = {}, sku = {}, kind, identity = {}, properties = {} }) => ({
    ...{ location, tags, sku, kind, identity, properties },
  }));
  const paths = [...differences(was, is), ...differences(is, was)].map(({ path }) => path);
  return [...new Set(paths)];
}

/** Enters the ledger, writes, reads back, puts back what Azure took from others, and settles the change. */
export async function writeAndProve(world: World, action: Action, errand: Errand): Promise<Outcome> {
  const change = changeFor(action, errand, world.now());
  await world.ledger.begin(change);
  let isAccepted = false;
  try {
    const shown = await world.writer.write(action);
    isAccepted = true;
    const writtenAt = world.now();
    world.journal({ step: 'changed', subject: action.id, text: action.summary });
    const resource = await readBack(world, action, shown ?? undefined);
    const kept = await keep(world, action.keeps ?? [], errand);
    const confirmedAt = world.now();
    for (const one of [resource, ...kept]) world.reader.wrote(one, errand.lock, confirmedAt);
    await world.ledger.end(change, { at: confirmedAt, state: 'proved', text: action.summary, after: resource });
    world.journal({ step: 'proved', subject: action.id, text: 'read back: every field is as it was wanted' });
    return { state: 'applied', text: action.summary, written: [resource, ...kept], writtenAt, confirmedAt };
  } catch (error) {
    if (error instanceof AzureError) await world.ledger.end(change, failedEnd(error, isAccepted, world.now()));
    throw error;
  }
}

/** Removes a resource in the same way: entered before, looked at after. */
export async function removeAndProve(world: World, removal: Removal, errand: Errand): Promise<void> {
  const change = removalFor(removal, errand, world.now());
  await world.ledger.begin(change);
  let isAccepted = false;
  try {
    await world.writer.remove(removal.id);
    isAccepted = true;
    world.journal({ step: 'changed', subject: removal.id, text: removal.summary });
    if ((await fresh(world, removal.id)) !== undefined) throw differs(`${nameOf(removal.id)} is still there`);
    await world.ledger.end(change, { at: world.now(), state: 'proved', text: removal.summary });
  } catch (error) {
    if (error instanceof AzureError) await world.ledger.end(change, failedEnd(error, isAccepted, world.now()));
    throw error;
  }
}

/** What Azure took was not refused, whatever came after. */
function failedEnd(error: AzureError, isAccepted: boolean, at: string): LedgerEnd {
  const state = isAccepted || mayHaveLanded(error) ? 'unproved' : 'refused';
  return { at, state, ...(isAccepted && { isAccepted }), text: explain(error) };
}

/** A write counts only when every wanted field was read back and the resource has settled. */
async function readBack(world: World, action: Action, shown: Resource | undefined): Promise<Resource> {
  if (shown !== undefined && complaintsOf(action, shown).length === 0) return shown;
  const resource = await fresh(world, action.id);
  const complaints = complaintsOf(action, resource);
  if (resource !== undefined && complaints.length === 0) return resource;
  throw differs(
    `${nameOf(action.id)} read back: ${resource === undefined ? 'it is not there' : complaints.join(', ')}`,
  );
}

function complaintsOf({ body, without = [] }: Action, resource: Resource | undefined): readonly string[] {
  const left = stillThere(without, resource);
  return [
    ...differences(body, resource).map(({ path, wanted, found: is }) => `${path} is ${is}, not ${wanted}`),
    ...left.map((path) => `${path} is still there`),
    ...unsettled(resource),
  ];
}

function unsettled(resource: Resource | undefined): readonly string[] {
  const state = valueAt(resource, 'properties.provisioningState');
  return state === undefined || state === 'Succeeded' ? [] : [`its provisioning state is ${String(state)}`];
}

/** What others had in resources that Azure changed on the way is put back; gives those resources as they are then. */
export async function keep(world: World, keeps: readonly Kept[], errand: Errand): Promise<readonly Resource[]> {
  const after = [];
  for (const kept of keeps) {
    const found = await fresh(world, kept.id);
    const lost = differences(kept.properties, found?.properties ?? {}).length > 0;
    after.push(...(lost ? await putBack(world, kept, { errand, found }) : [found]));
  }
  return after.filter((one) => one !== undefined);
}

interface Remnant {
  readonly errand: Errand;
  readonly found: Resource | undefined;
}

async function putBack(
  world: World,
  { id, properties }: Kept,
  { errand, found }: Remnant,
): Promise<readonly Resource[]> {
  const before = found?.properties as Readonly<Record<string, unknown>> | undefined;
  const whole = Object.entries(properties).map(([name, value]) => [name, merged(before?.[name], value)] as const);
  const summary = `put back what was in ${id.split('/').slice(-3).join('/')}`;
  const body = { properties: Object.fromEntries(whole) };
  const action: Action = { id, body, ...(found && { before: found }), summary, permission: '' };
  return (await writeAndProve(world, action, errand)).written;
}

export async function fresh(world: World, id: string): Promise<Resource | undefined> {
  const { result } = await world.reader.read({ kind: 'get', id }, { notBefore: world.now() });
  return result.state === 'read' ? (result.value as Resource | undefined) : undefined;
}

/** Azure took the write, and it is not there. */
export function differs(message: string): AzureError {
  return new AzureError({ status: 0, code: 'ReadBackDiffers', message, retryable: true });
}

/** Those of the paths that have a value. */
export function stillThere(paths: readonly string[] = [], resource: Resource | undefined): readonly string[] {
  return paths.filter((path) => !isEmpty(valueAt(resource, path)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
