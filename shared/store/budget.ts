import { setTimeout as sleep } from 'node:timers/promises';
import { isRestError, type PipelineResponse } from '@azure/core-rest-pipeline';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import { take, turn, unused, withBlock, type Decision, type Usage, type Usages } from '../core/budget';
import { AzureError } from '../core/errors';
import { subscriptionOfLimit } from '../core/limits';
import type { Budget } from '../core/ports';
import { inBatches } from './in-batches';
import { hasStatus, tableIn, type Account } from './tables';

interface UsageEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly usage: string;
}

/** What a caller wishes, decided together with others of the same subscription. */
interface Wish {
  readonly names: readonly string[];
  /** Decides at a time in seconds since the epoch, and gives what has changed; asked again when the rows were not written. */
  readonly decide: (usages: Usages, now: number) => Usages;
}

/**
 * What was written by all instances: a row for each limit, those of one subscription in one partition, so that they change
 * together or not at all. The one clock of all instances is that of the tables, which tell their time with every answer.
 */
export function tableBudget(account: Account): Budget {
  const table = tableIn(account, 'StewardBudget');
  const decideWith = inBatches<Wish>(async (subscription, wishes) => decide(await table(), subscription, wishes));

  const decided = async <T>(
    names: readonly string[],
    work: (usages: Usages, now: number) => Decision<T>,
  ): Promise<T> => {
    const answers: T[] = [];
    const decideOne = (usages: Usages, now: number): Usages => {
      const decision = work(usages, now);
      answers.push(decision.answer);
      return decision.usages;
    };
    await decideWith(theOne(names.map((name) => subscriptionOfLimit({ name }))), { names, decide: decideOne });
    return answers.at(-1) as T;
  };

  return {
    take: async (limits) =>
      limits.length === 0 ? { taken: true } : decided(namesOf(limits), (usages, now) => take(usages, limits, now)),
    turn: async (limits, soon) =>
      limits.length === 0 ? 0 : decided(namesOf(limits), (usages, now) => turn(usages, limits, { now, soon })),
    block: async (names, until) => {
      if (names.length > 0) await decided(names, (usages) => blocked(usages, names, Date.parse(until) / 1_000));
    },
  };
}

function namesOf(limits: readonly { readonly name: string }[]): readonly string[] {
  return limits.map(({ name }) => name);
}

function theOne(subscriptions: readonly string[]): string {
  const [one, ...others] = new Set(subscriptions);
  if (one === undefined || others.length > 0) throw new Error('limits that are taken together are of one subscription');
  return one;
}

function blocked(usages: Usages, names: readonly string[], until: number): Decision<void> {
  const after = names.map((name) => [name, withBlock(usages.get(name) ?? unused, until)] as const);
  return { answer: undefined, usages: new Map(after) };
}

const mostTries = 60;

async function decide(client: TableClient, subscription: string, wishes: readonly Wish[]): Promise<void> {
  const names = [...new Set(wishes.flatMap((wish) => wish.names))];
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const { rows, now } = await read(client, subscription, names);
    const before: Usages = new Map([...rows].map(([name, { usage }]) => [name, usage]));
    let changed: Usages = new Map();
    for (const wish of wishes) changed = new Map([...changed, ...wish.decide(new Map([...before, ...changed]), now)]);
    const actions = [...changed].map(([name, usage]) =>
      actionFor({ partitionKey: subscription, name, usage, etag: rows.get(name)?.etag }),
    );
    if (actions.length === 0 || (await isWritten(client, actions))) return;
    await sleep(Math.random() * 20 * Math.min(tries, 10));
  }
  const message = `other instances changed the budget of ${subscription} ${mostTries} times in a row`;
  throw new AzureError({ status: 0, code: 'BudgetNotHad', message, retryable: true });
}

interface Row {
  readonly usage: Usage;
  readonly etag: string;
}

interface Rows {
  readonly rows: ReadonlyMap<string, Row>;
  /** Seconds since the epoch by the clock of the tables, when the first row was read. */
  readonly now: number;
}

async function read(client: TableClient, partitionKey: string, names: readonly string[]): Promise<Rows> {
  const times: number[] = [];
  const onResponse = ({ headers }: Pick<PipelineResponse, 'headers'>): void =>
    void times.push(Date.parse(headers.get('date') ?? '') / 1_000);
  const rows = new Map<string, Row>();
  const readOne = async (name: string): Promise<void> => {
    const entity = await client
      .getEntity<UsageEntity>(partitionKey, rowKeyOf(name), { onResponse })
      .catch((error: unknown) => {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      });
    if (entity !== undefined) rows.set(name, { usage: unpacked(entity.usage), etag: entity.etag });
  };
  await Promise.all(names.map(readOne));
  const known = times.filter(Number.isFinite);
  if (known.length === 0) throw new Error('the table service does not tell its time');
  return { rows, now: Math.min(...known) };
}

interface Changed {
  readonly partitionKey: string;
  readonly name: string;
  readonly usage: Usage;
  readonly etag: string | undefined;
}

function actionFor({ partitionKey, name, usage, etag }: Changed): TransactionAction {
  const entity = { partitionKey, rowKey: rowKeyOf(name), usage: packed(usage) };
  return etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }];
}

/** False when another instance changed a row since it was read. */
async function isWritten(client: TableClient, actions: TransactionAction[]): Promise<boolean> {
  try {
    await client.submitTransaction(actions);
    return true;
  } catch (error) {
    if (!isRestError(error) || !hasStatus(error, 404, 409, 412)) throw error;
    return false;
  }
}

/** Slots as how many after the one before, because a text property holds 32,768 characters at most. */
function packed({ taken, told, blockedUntil }: Usage): string {
  const [shortTaken, shortTold] = [taken, told].map((counts) =>
    counts.flatMap(([slot, count], index) => [slot - (counts[index - 1]?.[0] ?? 0), count]),
  );
  return JSON.stringify([blockedUntil, shortTaken, shortTold]);
}

function unpacked(text: string): Usage {
  const [blockedUntil, ...both] = JSON.parse(text) as [number, number[], number[]];
  const [taken = [], told = []] = both.map((numbers) => {
    let slot = 0;
    return numbers.flatMap((count, index) => {
      if (index % 2 === 0) slot += count;
      return index % 2 === 0 ? [] : [[slot, count] as const];
    });
  });
  return { taken, told, blockedUntil };
}

/** A key holds no slash, backslash, number sign or question mark. */
function rowKeyOf(name: string): string {
  return name.replaceAll(/[/\\#?]/g, '|');
}
