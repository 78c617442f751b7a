import { resolve } from 'node:path';
import { controls } from '../../shared/controls/index';
import { keyOfQuery, type Inventory, type Query, type Reading } from '../../shared/core/inventory';
import { judgementOf } from '../../shared/core/judgement';
import { keyOf, same, type Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import { answered, settings as given } from '../given';
import { loadEstate } from '../sandbox/subscription/index';

const sample = resolve('test/sandbox/estate');

/**
 * All controls on an estate of so many resources, in one thread and without any reading: the sample landing zone over and
 * over, each in resource groups of its own.
 */
export async function benchJudge(size: number): Promise<readonly object[]> {
  const estate = await loadEstate(sample);
  const settings: Settings = { ...given, subscriptionIds: [estate.subscriptionId.toLowerCase()] };
  const all = multiplied(estate.resources as readonly Resource[], size);
  const asked = judgeAll(all, settings, inventoryIn(all)).queries;
  // Reading is done before: what was asked is there, in lists that no control has seen yet.
  const { cpuMs, judged, queries, byControl } = judgeAll(all, settings, inventoryIn(all, asked.values()));
  const kinds = [...queries.values()];
  const lists = kinds.filter((query) => query.kind === 'list' && /^\/subscriptions\/[^/]+$/i.test(query.scope));
  return [
    {
      bench: 'judge',
      resources: all.length,
      subjects: judged,
      controls: controls.length,
      cpuMs: Math.round(cpuMs),
      cpuMsOf5000: Math.round((cpuMs * 5_000) / all.length),
      typesListedOnce: lists.length,
      otherQuestions: kinds.length - lists.length,
    },
    { bench: 'judge', cpuMsByControl: Object.fromEntries(byControl) },
  ];
}

/**
 * The landing zone in as many copies as make up the size, each in resource groups of its own; what belongs to the subscription
 * or to a region, as its Network Watcher, is there once.
 */
function multiplied(resources: readonly Resource[], size: number): readonly Resource[] {
  const isOnce = ({ id, type }: Resource): boolean =>
    !/\/resourceGroups\//i.test(id) || same(type, 'Microsoft.Network/networkWatchers');
  const once = resources.filter(isOnce);
  const others = resources.filter((one) => !isOnce(one));
  const copies = Math.max(1, Math.round((size - once.length) / others.length));
  return [...once, ...Array.from({ length: copies }, (_, number) => others.map((one) => copyOf(one, number))).flat()];
}

/** A flow log is of another network, and of the same watcher. */
function copyOf(original: Resource, number: number): Resource {
  const text = JSON.stringify(original).replace(/(\/resourceGroups\/[^/"]+)/gi, `$1-${number}`);
  const copy = JSON.parse(text) as Resource;
  if (!same(original.type, 'Microsoft.Network/networkWatchers/flowLogs')) return copy;
  return { ...copy, id: `${original.id}-${number}`, name: `${original.name}-${number}` };
}

function judgeAll(all: readonly Resource[], settings: Settings, { inventory, queries }: ReadAll) {
  const byControl = new Map<string, number>();
  let [judged, cpuMs] = [0, 0];
  for (const control of controls) {
    const subjects = all.filter(({ type }) => control.subjects.some((one) => same(one, type)));
    const start = process.cpuUsage();
    for (const subject of subjects) judgementOf(control, subject, inventory, settings);
    const { user, system } = process.cpuUsage(start);
    byControl.set(control.id, Math.round((user + system) / 1_000));
    judged += subjects.length;
    cpuMs += (user + system) / 1_000;
  }
  return { cpuMs, judged, queries, byControl };
}

interface ReadAll {
  readonly inventory: Inventory;
  readonly queries: ReadonlyMap<string, Query>;
}

/** Each question is answered once, as the readings of a sweep are. */
function inventoryIn(all: readonly Resource[], asked: Iterable<Query> = []): ReadAll {
  const byId = new Map(all.map((one) => [keyOf(one.id), one]));
  const byType = Map.groupBy(all, ({ type }) => keyOf(type));
  const queries = new Map<string, Query>();
  const answers = new Map<string, Reading<never>>();
  const read = <T>(query: Query): Reading<T> => {
    const key = keyOfQuery(query);
    const known = answers.get(key);
    if (known !== undefined) return known;
    queries.set(key, query);
    const some = query.kind === 'list' ? (byType.get(keyOf(query.type)) ?? []) : all;
    const value = (query.kind === 'get' ? byId.get(keyOf(query.id)) : answered(some, query)) as never;
    answers.set(key, { state: 'read', value });
    return { state: 'read', value };
  };
  for (const query of asked) read(query);
  const inventory: Inventory = {
    now: '2026-03-01T08:00:00.000Z',
    get: (id) => read({ kind: 'get', id }),
    list: (type, scope) => read({ kind: 'list', type, scope }),
    provider: (namespace, scope) => read({ kind: 'provider', namespace, scope }),
    blobs: (endpoint, container, prefix) => read({ kind: 'blobs', endpoint, container, prefix }),
    objects: () => ({ state: 'read', value: [] }),
  };
  return { inventory, queries };
}
