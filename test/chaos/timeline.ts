/** What runs at a virtual time. Nothing waits for real. */
export interface Timeline {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Background work, as a renewal, does not keep the simulation from coming to rest. */
  at(time: number, work: () => void, kind?: 'background'): Cancel;
  /** How many have run. */
  steps(): number;
  runUntil(time: number): Promise<void>;
  /** Runs until only background work is left; false when that does not come to pass before `limit`. */
  runToRest(limit: number): Promise<boolean>;
}

export type Cancel = () => void;

interface Item {
  readonly time: number;
  readonly order: number;
  readonly work: () => void;
  readonly background: boolean;
  cancelled: boolean;
}

export function timeline(start: number): Timeline {
  const heap: Item[] = [];
  let now = start;
  let order = 0;
  let foreground = 0;
  let steps = 0;

  const settle = (item: Item): void => {
    if (!item.background && !item.cancelled) foreground -= 1;
    item.cancelled = true;
  };

  /** One item, and then everything that its promises set going. */
  const step = async (): Promise<void> => {
    const item = pop(heap);
    if (item === undefined || item.cancelled) return;
    settle(item);
    steps += 1;
    now = Math.max(now, item.time);
    item.work();
    await new Promise((resolve) => setImmediate(resolve));
  };

  return {
    now: () => now,
    steps: () => steps,
    at: (time, work, kind) => {
      const item: Item = {
        time: Math.max(now, time),
        order: (order += 1),
        work,
        background: kind === 'background',
        cancelled: false,
      };
      push(heap, item);
      if (!item.background) foreground += 1;
      return () => {
        settle(item);
      };
    },
    runUntil: async (time) => {
      while (heap[0] !== undefined && heap[0].time <= time) await step();
      now = Math.max(now, time);
    },
    runToRest: async (limit) => {
      while (foreground > 0 && now < limit) await step();
      return foreground === 0;
    },
  };
}

function isBefore(a: Item, b: Item): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Item[], item: Item): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(item, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Item[]): Item | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    if (left >= heap.length) break;
    const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
    if (!isBefore(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return first;
}
