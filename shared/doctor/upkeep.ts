import type { ExemptionSources } from '../core/exemption';
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
  ['containers', 'Storage Blob Data Contributor'],
] as const;

function reached(storage: OwnStorage): readonly Check[] {
  return parts.map(([part, role]) => {
    const answer = storage[part];
    const conclude = on(storageTopic, part === 'containers' ? 'blobs' : part);
    if (answer.state === 'read') return conclude.ok(`${answer.value.length} ${part}`);
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
const receiptsTable = 'StewardReceipts';

async function sweep(world: World, subscriptionId: string, tables: Reading<readonly string[]>): Promise<Check> {
  const conclude = on(sweepTopic, `/subscriptions/${subscriptionId}`);
  const begun = tables.state === 'read' && tables.value.includes(receiptsTable);
  const none = { state: 'read', value: undefined } as const;
  const asked = begun ? await world.surroundings.attempt(() => world.receipts.gaps(subscriptionId)) : none;
  const gaps = tables.state === 'unread' ? tables : asked;
  if (gaps.state === 'unread') return conclude.unknown(gaps.reason, first);
  const look =
    'wait 15 minutes; if it stays so, look at the function reconcile in the app, and at the role for the activity log';
  if (gaps.value === undefined) return conclude.wrong('it has never been looked after', look);
  const { watermark } = gaps.value;
  const age = Date.parse(world.now()) - Date.parse(watermark);
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
  const problem = problemIn(read.value);
  if (problem !== undefined)
    return conclude.wrong(
      problem,
      'correct what is named: until then it exempts nothing, and what cannot be read stops every write',
    );
  return conclude.ok(`${read.value.exemptions.length} exemptions`);
}

function problemIn({ unreadable, invalid }: ExemptionSources): string | undefined {
  const texts = [
    ...unreadable.map(({ title, reason }) => `${title}: ${reason}`),
    ...invalid.map(({ title, complaints }) => `${title}: ${complaints.join(', ')}`),
  ];
  return texts.length === 0 ? undefined : texts.join('; ');
}
