import type { Action, Kept } from '../core/control';
import { AzureError } from '../core/errors';
import type { Lock, World } from '../core/ports';
import { nameOf, same, type Resource } from '../core/resource';
import { differences, merged } from '../core/compare';
import { budgeted, writeBudgetSpent } from './budgeted';
import { explain } from './explain';

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
  /** Nobody refused anything: it only waits until Azure's limits leave room. */
  readonly waits?: true;
}

/** Writes one action after the other, reads each back and compares. The first that fails ends it. */
export async function apply(world: World, actions: readonly Action[], lock: Lock): Promise<Outcome> {
  let outcome: Outcome = { state: 'applied', text: '', written: [] };
  for (const action of actions) {
    const next = await attempt(world, action, lock);
    outcome = after(outcome, next);
    if (outcome.state === 'failed') return outcome;
  }
  return outcome;
}

function after(sofar: Outcome, next: Outcome): Outcome {
  const text = [sofar.text, next.text].filter((part) => part !== '').join('; ');
  return { ...sofar, ...next, text, written: [...sofar.written, ...next.written] };
}

async function attempt(world: World, action: Action, lock: Lock): Promise<Outcome> {
  try {
    return await writeAndProve(world, action, lock);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    if (same(action.otherwise?.code, error.code)) return apply(world, action.otherwise?.actions ?? [], lock);
    const text = `could not ${action.summary}: ${explain(error)}`;
    world.journal({ step: 'failed', subject: action.id, text });
    const waits = error.code === writeBudgetSpent && { waits: true as const };
    return {
      state: 'failed',
      text,
      written: [],
      ...(error.retryable && { retryAfter: error.retryAfter ?? 0 }),
      ...waits,
    };
  }
}

async function writeAndProve(world: World, action: Action, lock: Lock): Promise<Outcome> {
  await budgeted(world, action);
  const shown = await world.writer.write(action);
  const writtenAt = world.now();
  world.journal({ step: 'changed', subject: action.id, text: action.summary });
  const resource = await readBack(world, action, shown ?? undefined);
  const written = [resource, ...(await keep(world, action))];
  const confirmedAt = world.now();
  for (const one of written) world.reader.wrote(one, lock, confirmedAt);
  world.journal({ step: 'proved', subject: action.id, text: 'read back: every field is as it was wanted' });
  return { state: 'applied', text: action.summary, written, writtenAt, confirmedAt };
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
  const left = without.filter((path) => !isEmpty(valueAt(resource, path)));
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
async function keep(world: World, action: Action): Promise<readonly Resource[]> {
  const after = [];
  for (const { id, properties } of action.keeps ?? []) {
    const found = await fresh(world, id);
    const lost = differences(properties, found?.properties ?? {}).length > 0;
    after.push(lost ? await putBack(world, { id, properties }, found) : found);
  }
  return after.filter((one) => one !== undefined);
}

async function putBack(
  world: World,
  { id, properties }: Kept,
  found: Resource | undefined,
): Promise<Resource | undefined> {
  const before = found?.properties as Readonly<Record<string, unknown>> | undefined;
  const whole = Object.entries(properties).map(([name, value]) => [name, merged(before?.[name], value)] as const);
  const summary = `put back what was in ${id.split('/').slice(-3).join('/')}`;
  await world.writer.write({ id, body: { properties: Object.fromEntries(whole) }, summary, permission: '' });
  world.journal({ step: 'changed', subject: id, text: summary });
  const after = await fresh(world, id);
  const gone = differences(properties, after?.properties).map(({ path }) => path);
  if (gone.length > 0) throw differs(`${id} has lost ${gone.join(', ')} and did not take it back`);
  return after;
}

async function fresh(world: World, id: string): Promise<Resource | undefined> {
  const { result } = await world.reader.read({ kind: 'get', id }, { notBefore: world.now() });
  return result.state === 'read' ? (result.value as Resource | undefined) : undefined;
}

function differs(message: string): AzureError {
  return new AzureError({ status: 0, code: 'ReadBackDiffers', message, retryable: true });
}

function valueAt(resource: unknown, path: string): unknown {
  let value: unknown = resource;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return value;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
