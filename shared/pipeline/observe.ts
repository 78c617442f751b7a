import { AzureError } from '../core/errors';
import { isUntold, keyOfQuery, type Inventory, type Query } from '../core/inventory';
import type { Freshness, Read, World } from '../core/ports';
import { explain } from './explain';
import { viewOf, withReads, type Known } from './known';

export interface Conclusion<T> {
  readonly value: T;
  readonly known: Known;
  /** Keys of the queries that it was concluded from. */
  readonly lookedAt: readonly string[];
  /** Seconds after which a question that Azure refused for now may be put again. */
  readonly retryAfter: number | undefined;
}

/** A rule that asks for something new in each round would never end. */
const mostRounds = 20;

/**
 * Concludes from what is known; what the conclusion asked for and is not known is read, and it is drawn again. So
 * nothing is ever concluded from what was not looked at, and nothing is read that no rule asks for.
 */
export async function conclude<T>(
  world: World,
  known: Known,
  draw: (inventory: Inventory) => T,
  freshness: Freshness = {},
): Promise<Conclusion<T>> {
  let retryAfter: number | undefined;
  let current = known;
  for (let round = 0; round < mostRounds; round += 1) {
    const view = viewOf(current, world.now());
    const value = draw(view.inventory);
    if (view.missing.size === 0) return { value, known: current, lookedAt: [...view.lookedAt], retryAfter };
    const answers = await Promise.all([...view.missing.values()].map((query) => answer(world, query, freshness)));
    current = withReads(
      current,
      answers.map(({ read }) => read),
    );
    retryAfter = latest([retryAfter, ...answers.map((one) => one.retryAfter)]);
  }
  throw new Error(`a rule asked for more in each of ${mostRounds} rounds`);
}

interface Answer {
  readonly read: Read;
  readonly retryAfter?: number | undefined;
}

/** What Azure refuses to show is unread with its reason; anything else that goes wrong is a bug and propagates. */
async function answer(world: World, query: Query, freshness: Freshness): Promise<Answer> {
  try {
    return { read: await world.reader.read(query, freshnessOf(world, query, freshness)) };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const read: Read = { query, readAt: world.now(), result: { state: 'unread', reason: explain(error) } };
    return { read, retryAfter: error.retryable ? (error.retryAfter ?? 0) : undefined };
  }
}

function freshnessOf(world: World, query: Query, freshness: Freshness): Freshness {
  if (isUntold(query)) return {};
  return freshness.anew?.has(keyOfQuery(query)) === true ? { notBefore: world.now() } : freshness;
}

export function latest(seconds: readonly (number | undefined)[]): number | undefined {
  const known = seconds.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
