import type { Control } from '../core/control';
import type { Announcement, Turn } from '../core/finding';
import type { World } from '../core/ports';
import { postureTable, type RowOf } from '../core/tables';
import { mayWrite } from './consent';
import { eventsMissed } from './gaps';
import { deliver } from './publish';
import { mostAnnouncements } from './aspects';
import { nothingFound, type Tally } from './tally';
import { watches } from './watches';

/** What a row is about: a control, or something that Steward watches of itself. */
type Subject = Pick<Control, 'id' | 'title' | 'severity'> & {
  readonly requirement?: string;
  readonly mayWrite: boolean;
};

/**
 * Sends a row for each control, whatever it found, and for each watch that found something, once an hour however often it
 * is asked and by whomever. Without these rows Steward is silent.
 */
export async function tellPosture(world: World, subscriptionId: string, tally: Tally): Promise<void> {
  const at = world.now();
  const all = subjectsOf(world, tally);
  for (let start = 0; start < all.length; start += mostAnnouncements) {
    const turn = { subscriptionId, name: `posture-${start / mostAnnouncements}`, at: hourOf(at) };
    if (((await world.findings.lastTurn(subscriptionId, turn.name)) ?? '') >= turn.at) continue;
    const facts = await factsOf(world, subscriptionId, at);
    const some = all.slice(start, start + mostAnnouncements);
    const announcements = some.map((subject) => announcementOf(turn, { subject, tally, facts }));
    if (await world.findings.announce(turn, announcements)) await deliver(world, announcements);
  }
}

function hourOf(time: string): string {
  return time.slice(0, 'yyyy-mm-ddThh'.length);
}

function subjectsOf(world: World, tally: Tally): readonly Subject[] {
  return [
    ...world.controls.map((control) => ({ ...control, mayWrite: mayWrite(world, control) })),
    ...Object.values(watches)
      .filter(({ id }) => tally.of(id) !== undefined)
      .map((watch) => ({ ...watch, mayWrite: false })),
  ];
}

/** What is the same in all rows of a subscription. */
interface Facts {
  readonly at: string;
  readonly sweeps: ReadonlyMap<string, string>;
  readonly missed: number;
  readonly poisoned: number;
  readonly waiting: number;
}

async function factsOf(world: World, subscriptionId: string, at: string): Promise<Facts> {
  const [sweeps, gaps, poisoned, waiting] = await Promise.all([
    world.sweeps.of(subscriptionId),
    world.receipts.gaps(subscriptionId),
    world.queue.poisoned(),
    Array.fromAsync(world.findings.outbox(subscriptionId), () => 1),
  ]);
  return { at, sweeps, missed: eventsMissed([gaps], at).lastDay, poisoned, waiting: waiting.length };
}

interface Told {
  readonly subject: Subject;
  readonly tally: Tally;
  readonly facts: Facts;
}

/** `EventId` is the same whoever tells of the hour. */
function announcementOf({ subscriptionId, at: hour }: Turn, { subject, tally, facts }: Told): Announcement {
  const { at, sweeps, missed, poisoned, waiting } = facts;
  const counts = tally.of(subject.id) ?? nothingFound;
  const row: RowOf<typeof postureTable> = {
    TimeGenerated: at,
    EventId: `posture-${subscriptionId}-${subject.id}-${hour}`,
    CountedAt: at,
    SubscriptionIdText: subscriptionId,
    ControlId: subject.id,
    ControlTitle: subject.title,
    Requirement: subject.requirement ?? null,
    ControlSeverity: subject.severity,
    MayWrite: subject.mayWrite ? 'yes' : 'no',
    Compliant: counts.compliant,
    Open: counts.open,
    Unknown: counts.unknown,
    Exempt: counts.exempt,
    NotApplicable: counts.notApplicable,
    OldestOpenAt: counts.oldestOpenAt,
    SweptAt: sweeps.get(subject.id) ?? null,
    EventsMissed: missed,
    PoisonedMessages: poisoned,
    WaitingRows: waiting,
  };
  return { table: postureTable.name, key: `${at}-posture-${subject.id}`, subscriptionId, row };
}
