import type { ItemPlace, World } from '../core/ports';
import type { Run, RunItem } from '../core/run';

export interface ItemPage {
  readonly items: readonly RunItem[];
  /** Where the next page begins after; absent: this is the last. */
  readonly next?: ItemPlace;
}

const [mostItems, mostCharacters] = [100, 1_000_000];

/** Items of a run after a place, as many as an answer may hold. */
export async function pageOfItems(world: World, run: Run, after: ItemPlace | undefined): Promise<ItemPage> {
  const items: RunItem[] = [];
  const counts = new Map<string, number>();
  let characters = 0;
  for await (const item of world.runs.items(run.id, after)) {
    if (items.length === mostItems || characters > mostCharacters) return { items, next: placeOf(items, after) };
    if (!(await isOfRun(world, run, item, counts))) continue;
    items.push(item);
    characters += JSON.stringify(item).length;
  }
  return { items };
}

function placeOf(items: readonly RunItem[], after: ItemPlace | undefined): ItemPlace {
  const { subscriptionId = '', number = -1 } = items.at(-1) ?? {};
  return { subscriptionId, number, ...(after?.only && { only: after.only }) };
}

/** A crash may have left items of a plan behind whose numbers were not counted. */
async function isOfRun(world: World, run: Run, item: RunItem, counts: Map<string, number>): Promise<boolean> {
  if (run.kind === 'apply') return true;
  const { subscriptionId, number } = item;
  const count = counts.get(subscriptionId) ?? (await world.runs.part(run.id, subscriptionId))?.items ?? 0;
  counts.set(subscriptionId, count);
  return number < count;
}
