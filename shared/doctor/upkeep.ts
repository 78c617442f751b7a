import type { Reading } from '../core/inventory';
import type { World } from '../core/ports';
import type { OwnStorage } from '../core/surroundings';
import { on, type Check } from './check';

const storageTopic = {
  id: 'own-storage',
  title: 'The app reaches its own storage',
  wanted: 'tables, queues and blobs of the app’s own storage account answer',
};

/** What Steward keeps and whether it keeps going. Asks the app's own storage; throws nothing that it refuses. */
export async function upkeep(world: World, subscriptionIds: readonly string[]): Promise<readonly Check[]> {
  const storage = await world.surroundings.storage();
  return [
    ...reached(storage),
    await poison(world, storage.queues),
    ...(await Promise.all(subscriptionIds.map((id) => sweep(world, id, storage.tables)))),
    ...(await Promise.all(subscriptionIds.map((id) => exemptions(world, id)))),
  ];
}

const parts = [
  ['tables', 'Storage Table Data Contributor'],
  ['queues', 'Storage Queue Data Contributor'],
  ['blobs', 'Storage Blob Data Contributor'],
] as const;

function reached(storage: OwnStorage): readonly Check[] {
  return parts.map(([part, role]) => {
    const answer = storage[part];
    const conclude = on(storageTopic, part);
    if (answer.state === 'read') return conclude.ok('the service answers');
    const todo = `grant ${role} on the account, let the app through its firewall, or correct AzureWebJobsStorage__accountName`;
    return conclude.wrong(answer.reason, todo);
  });
}

const poisonTopic = {
  id: 'poison',
  title: 'No message was set aside',
  wanted: 'an empty queue steward-scopes-poison',
};

const first = 'let the app reach its own storage first';

async function poison({ queue, surroundings }: World, queues: Reading<unknown>): Promise<Check> {
  const conclude = on(poisonTopic, 'steward-scopes-poison');
  const count = queues.state === 'unread' ? queues : await surroundings.attempt(() => queue.poisoned());
  if (count.state === 'unread') return conclude.unknown(count.reason, first);
  if (count.value === 0) return conclude.ok('it is empty');
  const todo = 'look at GET /api/poison; POST /api/poison/put-back has them judged anew';
  return conclude.wrong(`${count.value} messages wait for somebody to look at them`, todo);
}

const sweepTopic = {
  id: 'timer',
  title: 'The timer looks after the subscription',
  wanted: 'the activity log compared with the events within the last two hours',
};

/** Milliseconds: the timer runs every 15 minutes, and the log is compared until 20 minutes ago. */
const longestSilence = 2 * 3_600_000;

async function sweep({ surroundings, now }: World, subscriptionId: string, tables: Reading<unknown>): Promise<Check> {
  const conclude = on(sweepTopic, `/subscriptions/${subscriptionId}`);
  const gaps = tables.state === 'unread' ? tables : await surroundings.attempt(() => surroundings.gaps(subscriptionId));
  if (gaps.state === 'unread') return conclude.unknown(gaps.reason, first);
  const look =
    'wait 15 minutes; if it stays so, look at the function reconcile in the app, and at the role for the activity log';
  if (gaps.value === undefined) return conclude.wrong('it has never been looked after', look);
  const { watermark } = gaps.value;
  const age = Date.parse(now()) - Date.parse(watermark);
  const found = `compared until ${watermark}`;
  return age > longestSilence ? conclude.wrong(found, look) : conclude.ok(found);
}

const exemptionTopic = {
  id: 'exemptions',
  title: 'Exemptions can be read',
  wanted: 'the policy exemptions of the subscription and the file of exemptions are readable and valid',
};

async function exemptions(world: World, subscriptionId: string): Promise<Check> {
  const conclude = on(exemptionTopic, `/subscriptions/${subscriptionId}`);
  const read = await world.surroundings.attempt(() => world.exemptions.read(subscriptionId));
  if (read.state === 'unread') return conclude.unknown(read.reason, first);
  const { exemptions: valid, invalid, unreadable } = read.value;
  const wrong = invalid.map(({ title, complaints }) => `${title}: ${complaints.join(', ')}`);
  const unread = unreadable.map(({ title, reason }) => `${title}: ${reason}`);
  if (wrong.length > 0)
    return conclude.wrong([...wrong, ...unread].join('; '), 'correct what is named: until then it exempts nothing');
  if (unread.length > 0)
    return conclude.unknown(unread.join('; '), 'let it be read: until then nothing at all is written');
  return conclude.ok(`${valid.length} exemptions`);
}
