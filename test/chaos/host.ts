import hostJson from '../../host.json';
import type { World } from '../../shared/core/ports';
import { judgeMessage } from '../../shared/judge-message';
import { receive } from '../../shared/pipeline/receive';
import { reconcile } from '../../shared/pipeline/reconcile';
import type { Change } from './azure';
import { chanceOf } from './chance';
import { isQueueDown } from './faults';
import { instance, type Instance } from './instance';
import type { Sim } from './sim';

/** The Functions host: queue, Event Grid's webhook and the timer on several instances. */
export interface Host {
  /** Puts a message into the queue. */
  send(text: string, delayMs: number): void;
  /** Event Grid delivers, again and again until an instance has taken it. */
  deliver(change: Change): void;
  /** Runs the timer's function once. */
  tick(): void;
  readonly waiting: () => number;
}

interface Item {
  readonly id: number;
  readonly text: string;
  dequeueCount: number;
  /** Whoever holds another one has lost the message. */
  receipt: number;
}

const mostAtOnce = 24;
const { maxDequeueCount } = hostJson.extensions.queues;
const visibilityMs = 30_000;
const leaseMs = 600_000;
const gridDelays = [10, 30, 60, 300, 600, 1_800, 3_600].map((seconds) => seconds * 1_000);
export const ownId = 'steward-identity';

export function host(sim: Sim): Host {
  const items = new Map<number, Item>();
  const seed = sim.schedule.seed;
  const later = (ms: number, work: () => void): void => void sim.time.at(sim.time.now() + ms, work);

  const offer = (item: Item, ms: number): void => {
    const { receipt } = item;
    later(ms + 1_000 * chanceOf(seed, `poll|${item.id}|${receipt}`) ** 3, () => {
      if (!items.has(item.id) || item.receipt !== receipt) return;
      const one = free(`message|${item.id}|${receipt}`);
      if (one === undefined || isQueueDown(sim.schedule, sim.time.now() - sim.start)) return offer(item, 1_000);
      attend(item, one);
    });
  };

  const setAside = (item: Item, reason: string): void => {
    items.delete(item.id);
    sim.poison.push(`${item.text}: ${reason}`);
    sim.note('host', `POISON ${item.text}: ${reason}`);
  };

  const attend = (item: Item, one: Instance): void => {
    item.dequeueCount += 1;
    if (item.dequeueCount > maxDequeueCount) return setAside(item, 'it came too often');
    const receipt = (item.receipt += 1);
    if (sim.verbose) sim.note('host', `${one.name} takes ${item.text}, try ${item.dequeueCount}`);
    const again = (ms: number): void => {
      if (item.receipt !== receipt) return;
      item.receipt += 1;
      offer(item, ms);
    };
    const back = (ms: number, reason: string): void => {
      if (item.receipt === receipt && item.dequeueCount >= maxDequeueCount) return setAside(item, reason);
      again(ms);
    };
    const remove = (): void => void (item.receipt === receipt && items.delete(item.id));
    one.run((world) => judgeMessage(world, item.text, item.dequeueCount), {
      done: () => {
        one.run(() => one.call('queue.delete', item.text, remove), {
          done: () => undefined,
          failed: () => again(leaseMs),
          crashed: () => again(visibilityMs),
        });
      },
      failed: (error) => {
        sim.note(one.name, `FAILS ${item.text}: ${String(error)}`);
        back(visibilityMs, String(error));
      },
      crashed: () => {
        // The worker alone dies, and the host sees it; or both, and the lease has to end.
        const both = chanceOf(seed, `lease|${item.id}|${receipt}`);
        back(both < 0.5 ? visibilityMs : leaseMs * both, 'the process died');
      },
    });
  };

  const free = (key: string): Instance | undefined => {
    const some = instances.filter((one) => one.isAlive() && one.busy() < mostAtOnce);
    return some[Math.floor(chanceOf(seed, key) * some.length)];
  };

  const deliver = (change: Change, number: number, tries: number): void => {
    const again = (): void => {
      if (tries < gridDelays.length) later(gridDelays[tries] ?? 0, () => deliver(change, number, tries + 1));
    };
    const one = free(`grid|${number}|${tries}`);
    if (one === undefined) return again();
    const eventAt = new Date(Math.floor(sim.time.now())).toISOString();
    one.run((world) => take(world, change, eventAt), { done: () => undefined, failed: again, crashed: again });
  };

  const send = (text: string, delayMs: number): void => {
    const item: Item = { id: sim.count('message'), text, dequeueCount: 0, receipt: 0 };
    items.set(item.id, item);
    offer(item, delayMs);
  };

  const instances = Array.from({ length: sim.schedule.instances }, (_, number) => instance(sim, number, send));
  return {
    send,
    deliver: (change) => {
      deliver(change, sim.count('delivery'), 0);
    },
    tick: () => {
      const one = free(`tick|${sim.time.now()}`);
      sim.note('host', one === undefined ? 'timer: no instance' : `timer on ${one.name}`);
      one?.run(reconcile, { done: () => undefined, failed: () => undefined, crashed: () => undefined });
    },
    waiting: () => items.size,
  };
}

/** As `functions/resource-changed.ts`. */
async function take(world: World, { id, kind, by }: Change, eventAt: string): Promise<void> {
  const event = { id, kind, eventAt, by: by === 'steward' ? [ownId] : ['somebody'] };
  const reception = receive(event, world.now(), { ...world, ownIds: [ownId] });
  if ('message' in reception) await world.queue.send(reception.message);
}
