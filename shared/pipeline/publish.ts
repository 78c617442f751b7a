import { AzureError } from '../core/errors';
import { singleFindings, type Announcement, type Finding } from '../core/finding';
import type { Change, World } from '../core/ports';
import { tables, type TableName } from '../core/tables';
import { mostAnnouncements } from './aspects';
import { announcementOf } from './row';
import { explain } from './explain';

/** Hands rows to Sentinel at once. What is not taken stays in the outbox, and the timer sends it. */
export async function deliver(world: World, announcements: readonly Announcement[]): Promise<number> {
  if (announcements.length === 0) return 0;
  try {
    const taken = await world.sentinel.ingest(announcements);
    await world.findings.delivered(taken);
    return taken.length;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    world.journal({ step: 'failed', text: `${announcements.length} rows wait for ingestion: ${explain(error)}` });
    return 0;
  }
}

const batchSize = 500;
/** Younger rows are being delivered by whoever wrote them. */
const handsOffMs = 120_000;

/** Sends what the outbox holds, oldest first, and of each table stops at the first batch that is not taken. */
export async function publishBacklog(world: World, subscriptionId: string): Promise<number> {
  const until = new Date(Date.parse(world.now()) - handsOffMs).toISOString();
  const batches = new Map<TableName, Announcement[]>();
  const stopped = new Set<TableName>();
  let sent = 0;
  const send = async (table: TableName, batch: readonly Announcement[]): Promise<void> => {
    batches.delete(table);
    const taken = await deliver(world, batch);
    sent += taken;
    if (taken < batch.length) stopped.add(table);
  };
  for await (const announcement of world.findings.outbox(subscriptionId)) {
    const { key, table } = announcement;
    if (key >= until || stopped.size === tables.length) break;
    if (stopped.has(table)) continue;
    const batch = batches.get(table) ?? [];
    batch.push(announcement);
    batches.set(table, batch);
    if (batch.length === batchSize) await send(table, batch);
  }
  for (const [table, batch] of [...batches]) await send(table, batch);
  return sent;
}

const dayMs = 86_400_000;

/**
 * One row a day for each finding that is still open, so that a table with a short memory shows it. Shows each finding of
 * the subscription to `look`, too.
 */
export async function sendHeartbeats(
  world: World,
  subscriptionId: string,
  look: (finding: Finding) => void,
): Promise<void> {
  const now = world.now();
  const due = new Date(Date.parse(now) - dayMs).toISOString();
  for await (const finding of world.findings.of(subscriptionId)) {
    look(finding);
    if (!singleFindings(finding).some((one) => isDue(one, due))) continue;
    const { findingId } = finding;
    const change = await world.findings.update(
      { subscriptionId, findingId },
      (current) => current && reminder(current, due, now),
    );
    await deliver(world, change?.announcements ?? []);
  }
}

function isDue({ state, announced = '' }: Finding, due: string): boolean {
  return state === 'open' && announced <= due;
}

function reminder(finding: Finding, due: string, now: string): Change | undefined {
  const singles = singleFindings(finding);
  const chosen = new Set(singles.filter((one) => isDue(one, due)).slice(0, mostAnnouncements));
  if (chosen.size === 0) return undefined;
  const told = singles.map((one) => (chosen.has(one) ? { ...one, announced: now } : one));
  const announcements = told
    .filter(({ announced }) => announced === now)
    .map((one) => announcementOf(one, 'heartbeat'));
  const [only = finding] = told;
  return { finding: singles.includes(finding) ? only : { ...finding, aspects: told }, announcements };
}
